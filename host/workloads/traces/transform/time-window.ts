import { DROP, STOP, pickRows, withChunks } from "./pass-through.js";
import type { RequestSource } from "../../requests.js";
import { InputError } from "../../../specs/input-error.js";

export interface TimeWindow {
  /** Seconds; default 0. */
  fromS?: number;
  /** Seconds, not included; default: to the end. */
  toS?: number;
}

/**
 * The requests with `fromS <= arrival < toS`, their arrivals counted from `fromS`. What lies behind is not read.
 *
 * @throws InputError if `fromS` is negative or not finite, or `toS` does not lie behind it.
 */
export function timeWindow(source: RequestSource, { fromS = 0, toS = Infinity }: TimeWindow): RequestSource {
  if (!(fromS >= 0 && fromS < Infinity)) throw new InputError(`from: is ${fromS}; allowed are seconds from 0.`);
  if (!(toS > fromS)) throw new InputError(`to: is ${toS}; it must lie behind from, ${fromS} s.`);
  const arrivalOf = (arrivalS: number) => {
    if (arrivalS < fromS) return DROP;
    return arrivalS < toS ? arrivalS - fromS : STOP;
  };
  return withChunks(source, () => pickRows(source, arrivalOf));
}

import { InputError } from "../specs/input-error.js";
import type { ArrivalProcess } from "../workloads/models.js";
import type { TraceOptions } from "../workloads/traces/trace-source.js";
import type { TraceChangeOptions } from "./change-trace.js";
import type { SharedPrefixes } from "./prefix-plan.js";

/** How requests, or arrivals alone, are drawn. */
export interface DrawOptions {
  /**
   * Mean rate, requests/s. Default: the workload's own; a CDF has none. With a trace: its arrivals are drawn anew at this rate, which a
   * trace without arrival times needs.
   */
  rateRps?: number;
  /** How many requests to draw. Default {@link DEFAULT_DRAWN_REQUESTS}. */
  count?: number;
  /** How arrivals are drawn. Default Poisson. */
  arrivals?: ArrivalProcess;
  /** Share of a request's tokens that is input, for a CDF of totals. Default 0.8. */
  inputShare?: number;
  /** Prefixes that drawn requests share. Default: none. */
  prefixes?: SharedPrefixes;
  /** Nobody looks at arrival times: a workload without a rate of its own needs none. */
  isClosedLoop?: boolean;
}

/** How the input of a replay is understood. */
export interface RequestOptions extends DrawOptions, Omit<TraceOptions, "name" | "arrivalless">, TraceChangeOptions {
  /** Take the input for a CDF, whatever it begins with. */
  isCdf?: boolean;
}

/** Requests drawn from a workload where the caller names no number. */
export const DEFAULT_DRAWN_REQUESTS = 100_000;

/** How messages call the options: as flags of the command line. */
const FLAGS: Record<keyof RequestOptions, string> = {
  rateRps: "--rate",
  count: "--n",
  arrivals: "--arrivals",
  inputShare: "--input-share",
  prefixes: "--prefix-groups",
  isClosedLoop: "--concurrency",
  isCdf: "--cdf",
  format: "--format",
  columns: "--columns",
  arrivalUnit: "--arrival-unit",
  fieldMap: "--field-map",
  blockSize: "--block-size",
  spreadTicks: "--spread-ticks",
  maxUnusableShare: "--max-unusable",
  fromS: "--from",
  toS: "--to",
  repeat: "--repeat",
  scale: "--scale",
  speed: "--speed",
  limit: "--limit",
};

/** Options that say how a file is read. */
export const READING: readonly (keyof RequestOptions)[] = [
  "format",
  "columns",
  "arrivalUnit",
  "fieldMap",
  "blockSize",
  "spreadTicks",
  "maxUnusableShare",
];

/** Options that change a trace. */
export const CHANGES: readonly (keyof TraceChangeOptions)[] = ["fromS", "toS", "repeat", "scale", "speed", "limit"];

/**
 * Refuses options that have no meaning here.
 *
 * @param why The beginning of the sentence: what the input is.
 * @throws InputError naming the first of them.
 */
export function refuse(options: RequestOptions, names: readonly (keyof RequestOptions)[], why: string): void {
  const given = names.find((name) => options[name] !== undefined && options[name] !== false);
  if (given !== undefined) throw new InputError(`${why}; ${FLAGS[given]} has no meaning for it.`);
}

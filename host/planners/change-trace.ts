import type { RequestSource } from "../workloads/requests.js";
import { limit } from "../workloads/traces/transform/limit.js";
import { repeat } from "../workloads/traces/transform/repeat.js";
import { scale } from "../workloads/traces/transform/scale.js";
import { speed } from "../workloads/traces/transform/speed.js";
import { timeWindow } from "../workloads/traces/transform/time-window.js";

/** Changes to a trace before it is played. They are made in the order in which they stand here. */
export interface TraceChangeOptions {
  /** Play from this time of the trace on, s after its first arrival. */
  fromS?: number;
  /** Play up to this time of the trace, not included, s. */
  toS?: number;
  /** Play it so many times, one after the other. */
  repeat?: number;
  /** Multiply its rate: copies of each request nearby in time, or a part of the requests. */
  scale?: number;
  /** Divide its times: 2 plays an hour in half an hour. */
  speed?: number;
  /** Play the first so many requests of what has come of it. */
  limit?: number;
}

/**
 * A trace with its changes made.
 *
 * @param open Opens the trace; called once for every repetition.
 * @param seed Of the draws of `scale`.
 * @throws InputError if a change is out of range.
 */
export async function changeTrace(
  open: () => Promise<RequestSource>,
  options: TraceChangeOptions,
  seed: number,
): Promise<RequestSource> {
  const { fromS, toS, repeat: times = 1, scale: factor } = options;
  const isCut = fromS !== undefined || toS !== undefined;
  const window = { ...(fromS === undefined ? {} : { fromS }), ...(toS === undefined ? {} : { toS }) };
  const openCut = async () => (isCut ? timeWindow(await open(), window) : open());
  let source = times === 1 ? await openCut() : repeat(openCut, times);
  if (factor !== undefined) source = scale(source, { factor, seed });
  if (options.speed !== undefined) source = speed(source, options.speed);
  if (options.limit !== undefined) source = limit(source, options.limit);
  return source;
}

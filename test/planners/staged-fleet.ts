import type { FleetInput } from "../../host/specs/fleet-spec.js";
import { inPieces, traceText } from "./small-fleet.js";

/** What a test changes of {@link stagedFleet}. */
export interface StagedChanges {
  prefill?: object;
  decode?: object;
  link?: object;
}

/**
 * A fleet whose figures can be worked out by hand: every iteration takes 10 ms, whatever is in it; a prompt of 100 tokens has 1 MB of keys and values, which cross a link of 0.1 GB/s in
 * 10 ms and another 1 ms of latency.
 */
export function stagedFleet({ prefill = {}, decode = {}, link = {} }: StagedChanges = {}): FleetInput {
  const iteration_model = { type: "linear", c0_ms: 10 };
  const crossing = { bandwidth_GBps: 0.1, efficiency: 1, latency_us: 1000, kv_bytes_per_token: 10_000, ...link };
  const both = { n_replicas: 1, max_ctx: 8192, iteration_model };
  return {
    engine: "iterations",
    slo_ms: 100,
    pools: [
      { id: "prompts", role: "prefill", link: crossing, ...both, ...prefill },
      { id: "outputs", role: "decode", ...both, ...decode },
    ],
  } as FleetInput;
}

/** A trace of `[arrival, input, output]`. */
export function traceOf(rows: readonly (readonly number[])[]) {
  return { name: "t.csv", open: () => inPieces(traceText(rows)) };
}

/** So many requests, evenly spread. */
export function every(gapS: number, count: number, input = 100, output = 3): number[][] {
  return Array.from({ length: count }, (_, i) => [i * gapS, input, output]);
}

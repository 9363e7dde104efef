import type { FleetInput } from "../../host/specs/fleet-spec.js";
import type { WorkloadModel } from "../../host/workloads/models.js";

/** Requests that are all of the same length. */
export function fixedLengths(input: number, output: number): WorkloadModel {
  return {
    name: "fixed",
    lengths: {
      windowS: Infinity,
      windowCell: Uint32Array.of(0, 1),
      cumulative: Float64Array.of(1),
      inputLow: Uint32Array.of(input),
      inputHigh: Uint32Array.of(input),
      outputLow: Uint32Array.of(output),
      outputHigh: Uint32Array.of(output),
    },
  };
}

type Linear = { c0_ms?: number; c1_ms?: number; c4_ms?: number };

/** A fleet of one pool: `seats` sequences at once in each replica, iterations by a linear model. */
export function linearFleet(seats: number, model: Linear, pool: Partial<FleetInput["pools"][number]> = {}): FleetInput {
  return {
    pools: [
      {
        id: "only",
        n_replicas: 1,
        max_ctx: 1024,
        serving: { max_num_seqs: seats },
        iteration_model: { type: "linear", ...model },
        ...pool,
      },
    ],
  };
}

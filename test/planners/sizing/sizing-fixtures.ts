import { loadCore } from "../../../host/core/load.js";
import { openProblem, type OpenProblem, type SizingOptions } from "../../../host/planners/sizing/open-problem.js";
import type { ReplicaOption } from "../../../host/planners/sizing/replica-option.js";
import type { PlanningInput } from "../../../host/planners/planning-requests.js";
import type { RequestChunk, RequestSource } from "../../../host/workloads/requests.js";
import type { Cdf } from "../../../host/workloads/cdf.js";

/** One core for all runs of a file: loading it takes longer than most of them. */
export const core = await loadCore();

/** A kind of replica whose every iteration takes `iterationMs`, whatever the batch, under either engine: `slots` requests at once. */
export function evenReplica(name: string, more: EvenOptions = {}): ReplicaOption {
  const { iterationMs = 10, slots = 4, costPerHr = 1, gpus = 1, idleW = 100, fullW = 300 } = more;
  return {
    name,
    replica: {
      profile: {
        name,
        W: iterationMs / 1000,
        H: 0,
        chunk: 512,
        cost_per_hr: costPerHr,
        gpus_per_replica: gpus,
        power_idle_w: idleW,
        power_nominal_w: fullW,
      },
      slots,
      serving: { max_num_seqs: slots, num_blocks: 100_000 },
      iteration_model: { type: "linear", c0_ms: iterationMs },
    },
  };
}

interface EvenOptions {
  iterationMs?: number;
  slots?: number;
  costPerHr?: number;
  gpus?: number;
  idleW?: number;
  fullW?: number;
}

/** Totals from 1 to 4000, most of them short. */
export const SMALL_CDF: Cdf = [
  [100, 0.4],
  [500, 0.7],
  [1000, 0.9],
  [2000, 0.97],
  [4000, 1],
];

/** A question about requests of {@link SMALL_CDF}, unless others are asked for. */
export function openSmall(options: Partial<PlanningInput> & SizingOptions = {}): Promise<OpenProblem> {
  return openProblem({ cdf: SMALL_CDF, rateRps: 10, requests: 2000, core, ...options });
}

/** One request of a made stream. */
export interface Row {
  arrivalS: number;
  input: number;
  output: number;
  label?: number;
  category?: number;
  priority?: number;
  blocks?: readonly number[];
}

/** A source of rows in chunks of a size; `reads` counts the chunks that were handed on, all times together. */
export function sourceOfRows(rows: readonly Row[], chunkRows: number): RequestSource & { reads: number } {
  const source = {
    labels: ["", "a", "b"],
    categories: ["", "prose", "code"],
    reads: 0,
    async *chunks(): AsyncGenerator<RequestChunk, void, undefined> {
      for (let from = 0; from < rows.length; from += chunkRows) {
        source.reads++;
        yield chunkOf(rows.slice(from, from + chunkRows));
      }
    },
  };
  return source;
}

function chunkOf(rows: readonly Row[]): RequestChunk {
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach(({ blocks = [] }, i) => (offsets[i + 1] = offsets[i]! + blocks.length));
  return {
    count: rows.length,
    arrivalS: Float64Array.from(rows, ({ arrivalS }) => arrivalS),
    inputTokens: Uint32Array.from(rows, ({ input }) => input),
    outputTokens: Uint32Array.from(rows, ({ output }) => output),
    label: Uint16Array.from(rows, ({ label = 0 }) => label),
    category: Uint8Array.from(rows, ({ category = 0 }) => category),
    ...(rows.some(({ priority }) => priority !== undefined)
      ? { priority: Uint8Array.from(rows, ({ priority = 0 }) => priority) }
      : {}),
    ...(rows.some(({ blocks }) => blocks !== undefined)
      ? { blocks: { offsets, ids: Uint32Array.from(rows.flatMap(({ blocks = [] }) => [...blocks])) } }
      : {}),
  };
}

/** Whole numbers that look random and are the same each time: 0 to below `below`. */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

import { MAX_SECONDS } from "../../assembly/contract.js";
import { loadCore } from "../core/load.js";
import { Simulation } from "../core/simulation.js";
import type { WorkloadModel } from "../workloads/models.js";
import { CHUNK_ROWS, type RequestChunk, type RequestSource } from "../workloads/requests.js";
import { checkDrawn, tooSlow } from "./draw-limits.js";
import { coreDraw, type DrawnRequests } from "./feed.js";

/** How requests are drawn; see {@link drawnSource}. */
export interface DrawnSourceOptions {
  /** Whole number, 0 to 2^53 - 1. */
  seed: number;
  /** Number of the replication: another one has other draws. Default 0. */
  replication?: number;
  /** Label of every request. Default: none. */
  label?: string;
  /** Rows in a chunk, at most {@link CHUNK_ROWS}, the default. Changes nothing about the requests. */
  chunkRows?: number;
}

/**
 * Requests drawn from a workload, as a source like a trace: the very ones that a replay draws from the same workload, seed and
 * replication. Its chunks are made as they are asked for, by an instance of the core of their own.
 *
 * @throws InputError if the rate, the count or the process is out of range.
 */
export function drawnSource(drawn: DrawnRequests, options: DrawnSourceOptions): RequestSource {
  checkDrawn(drawn);
  const model = withUnnamedCategory(drawn.model);
  return {
    labels: options.label === undefined ? [""] : ["", options.label],
    categories: model.categories?.map(({ name }) => name) ?? [""],
    chunks: () => drawChunks({ ...drawn, model }, options),
  };
}

async function* drawChunks(
  drawn: DrawnRequests,
  { seed, replication = 0, label, chunkRows = CHUNK_ROWS }: DrawnSourceOptions,
): AsyncGenerator<RequestChunk, void, undefined> {
  // Without a pool nothing is played; the router is one that needs none.
  const spec = { pools: [], router: { type: "random" }, seed, replication, draw: coreDraw(drawn) } as const;
  const simulation = new Simulation(await loadCore(), spec);
  for (let left = drawn.count; left > 0;) {
    const count = Math.min(chunkRows, left);
    const chunk = simulation.draw(count);
    if (!(chunk.arrivalS[count - 1]! <= MAX_SECONDS)) throw tooSlow(drawn.rateRps, drawn.count);
    if (label !== undefined) chunk.label.fill(1);
    left -= count;
    yield chunk;
  }
}

/** The categories of a source begin with the empty one, "not said"; a model's need not. */
function withUnnamedCategory(model: WorkloadModel): WorkloadModel {
  const { categories } = model;
  if (categories === undefined || categories[0]?.name === "") return model;
  return { ...model, categories: [{ name: "", probability: 0 }, ...categories] };
}

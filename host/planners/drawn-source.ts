import { MAX_SECONDS } from "../../assembly/contract.js";
import { loadCore } from "../core/load.js";
import type { CoreDraw } from "../core/run-spec.js";
import { Simulation } from "../core/simulation.js";
import type { WorkloadModel } from "../workloads/models.js";
import { CHUNK_ROWS, type RequestChunk, type RequestSource } from "../workloads/requests.js";
import { withChunks } from "../workloads/traces/transform/pass-through.js";
import { checkArrivals, checkDrawn, tooSlow } from "./draw-limits.js";
import { coreDraw, type DrawnArrivals, type DrawnRequests } from "./feed.js";

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
  const simulation = await drawingOnly(coreDraw(drawn), seed, replication);
  for (let left = drawn.count; left > 0;) {
    const count = Math.min(chunkRows, left);
    const chunk = simulation.draw(count);
    if (!(chunk.arrivalS[count - 1]! <= MAX_SECONDS)) throw tooSlow(drawn.rateRps, drawn.count);
    if (label !== undefined) chunk.label.fill(1);
    left -= count;
    yield chunk;
  }
}

/**
 * A source with arrivals drawn in place of its own: those that a replay of it draws.
 *
 * @throws InputError if the rate or the process is out of range.
 */
export function redrawnSource(
  source: RequestSource,
  arrivals: DrawnArrivals,
  options: DrawnSourceOptions,
): RequestSource {
  checkArrivals(arrivals);
  return withChunks(source, () => redrawChunks(source, arrivals, options));
}

async function* redrawChunks(
  source: RequestSource,
  arrivals: DrawnArrivals,
  { seed, replication = 0 }: DrawnSourceOptions,
): AsyncGenerator<RequestChunk, void, undefined> {
  const simulation = await drawingOnly(coreDraw(arrivals), seed, replication);
  let drawn = 0;
  for await (const chunk of source.chunks()) {
    chunk.arrivalS.set(simulation.draw(chunk.count).arrivalS);
    drawn += chunk.count;
    if (!(chunk.arrivalS[chunk.count - 1]! <= MAX_SECONDS)) throw tooSlow(arrivals.rateRps, drawn);
    yield chunk;
  }
}

/** A run that draws and plays nothing: it has no pool, and a router that needs none. */
async function drawingOnly(draw: CoreDraw, seed: number, replication: number): Promise<Simulation> {
  return new Simulation(await loadCore(), { pools: [], router: { type: "random" }, seed, replication, draw });
}

/** The categories of a source begin with the empty one, "not said"; a model's need not. */
function withUnnamedCategory(model: WorkloadModel): WorkloadModel {
  const { categories } = model;
  if (categories === undefined || categories[0]?.name === "") return model;
  return { ...model, categories: [{ name: "", probability: 0 }, ...categories] };
}

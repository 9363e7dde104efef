import { SAFE_CATEGORY } from "../core/core-fleet.js";
import type { CoreDraw } from "../core/run-spec.js";
import type { ResultRows, Simulation } from "../core/simulation.js";
import type { Fleet } from "../specs/fleet.js";
import { CHUNK_ROWS, type RequestChunk, type RequestSource } from "../workloads/requests.js";
import type { ArrivalProcess, WorkloadModel } from "../workloads/models.js";

/** Requests to draw: from which workload, how fast, how many. */
export interface DrawnRequests {
  model: WorkloadModel;
  /** Mean rate, requests/s. */
  rateRps: number;
  /** How many. */
  count: number;
  process: ArrivalProcess;
}

/** One request, as a user's own function sees it. */
export interface RequestView {
  arrivalS: number;
  inputTokens: number;
  outputTokens: number;
  /** Its label in the trace; empty = none. */
  label: string;
  /** Its category in the trace; empty = none. */
  category: string;
}

/** Names the pool (by id) of a request; `undefined`: the router's default pool. Called on the host, a chunk at a time. */
export type Classify = (request: RequestView) => string | undefined;

/** Labels a run can tell apart. */
export const MAX_LABELS = 65_536;

/** What the feeding of a run needs to know besides its requests. */
export interface FeedOptions {
  fleet: Fleet;
  classify?: Classify;
  /** Takes the rows that were settled, before the next chunk is played. */
  onResults?: (rows: ResultRows) => void | Promise<void>;
  /** Told how many requests have been played. */
  onProgress?: (played: number) => void;
}

/** Plays requests read from a source, to its end or to the horizon. */
export async function feedSource(simulation: Simulation, source: RequestSource, options: FeedOptions): Promise<void> {
  const prepare = preparation(simulation, source, options);
  let played = 0;
  for await (const chunk of source.chunks()) {
    simulation.play(prepare(chunk));
    played += chunk.count;
    await handOn(simulation, played, options);
    if (simulation.closed) return;
  }
}

/** Draws requests in the core and plays them. */
export async function feedDrawn(simulation: Simulation, drawn: DrawnRequests, options: FeedOptions): Promise<void> {
  const named = { labels: [""], categories: drawn.model.categories?.map(({ name }) => name) ?? [""] };
  const prepare = preparation(simulation, named, options);
  for (let played = 0; played < drawn.count && !simulation.closed;) {
    const count = Math.min(CHUNK_ROWS, drawn.count - played);
    prepare(simulation.draw(count));
    simulation.playWindow(count);
    played += count;
    await handOn(simulation, played, options);
  }
}

/** What the core draws `drawn` from. Categories are drawn by their index in the model. */
export function coreDraw({ model, rateRps, process }: Omit<DrawnRequests, "count">): CoreDraw {
  return {
    process,
    rateRps,
    lengths: model.lengths,
    ...(model.profile ? { profile: model.profile } : {}),
    ...(model.categories ? { categoryProbabilities: model.categories.map(({ probability }) => probability) } : {}),
  };
}

async function handOn(simulation: Simulation, played: number, options: FeedOptions): Promise<void> {
  await options.onResults?.(simulation.results());
  options.onProgress?.(played);
}

type Names = Pick<RequestSource, "labels" | "categories">;

/** What the router of the fleet wants done to a chunk before it is played: labels turned into pools, categories into safe or not. */
function preparation<Chunk extends RequestChunk>(
  simulation: Simulation,
  names: Names,
  { fleet, classify }: FeedOptions,
): (chunk: Chunk) => Chunk {
  const { router } = fleet;
  if (router.type === "compress_route") {
    const isSafe = new Set(router.safeCategories);
    return (chunk) => {
      const codes = names.categories.map((name) => (isSafe.has(name) ? SAFE_CATEGORY : 0));
      for (let i = 0; i < chunk.count; i++) chunk.category[i] = codes[chunk.category[i]!] ?? 0;
      return chunk;
    };
  }
  const poolOf = new Map(fleet.pools.map(({ id }, index) => [id, index]));
  if (router.type === "semantic" && classify) {
    fleet.pools.forEach((_, index) => simulation.setLabelPool(index + 1, index));
    return (chunk) => classified(chunk, names, classify, poolOf);
  }
  if (router.type === "model" || router.type === "semantic") {
    let told = 0;
    return (chunk) => {
      for (; told < names.labels.length; told++) simulation.setLabelPool(told, poolOf.get(names.labels[told]!) ?? -1);
      return chunk;
    };
  }
  return (chunk) => chunk;
}

function classified<Chunk extends RequestChunk>(
  chunk: Chunk,
  names: Names,
  classify: Classify,
  poolOf: ReadonlyMap<string, number>,
): Chunk {
  for (let i = 0; i < chunk.count; i++) {
    const pool = classify({
      arrivalS: chunk.arrivalS[i]!,
      inputTokens: chunk.inputTokens[i]!,
      outputTokens: chunk.outputTokens[i]!,
      label: names.labels[chunk.label[i]!] ?? "",
      category: names.categories[chunk.category[i]!] ?? "",
    });
    chunk.label[i] = pool === undefined ? 0 : (poolOf.get(pool) ?? -1) + 1;
  }
  return chunk;
}

import { MAX_SECONDS } from "../../assembly/contract.js";
import { SAFE_CATEGORY } from "../core/core-fleet.js";
import type { CoreDraw } from "../core/run-spec.js";
import type { ResultRows, Simulation } from "../core/simulation.js";
import type { Fleet } from "../specs/fleet.js";
import { MAX_INT32 } from "../specs/fields.js";
import { InputError } from "../specs/input-error.js";
import { CHUNK_ROWS, type RequestChunk, type RequestSource } from "../workloads/requests.js";
import type { ArrivalProcess, WorkloadModel } from "../workloads/models.js";
import { callClassify, type Classify } from "./classify.js";
import { tooSlow } from "./draw-limits.js";
import { BLOCK_IDS_AT_ONCE, partsByBlocks, type SharedPrefixes } from "./prefix-plan.js";

/** Arrivals to draw: how fast, in which manner. */
export interface DrawnArrivals {
  /** Mean rate, requests/s. */
  rateRps: number;
  process: ArrivalProcess;
}

/** Requests to draw: from which workload, how fast, how many. */
export interface DrawnRequests extends DrawnArrivals {
  model: WorkloadModel;
  /** How many. */
  count: number;
  /** Prefixes that they share. Default: none. */
  prefixes?: SharedPrefixes;
}

/** Labels a run can tell apart. */
export const MAX_LABELS = 65_536;

/** What the feeding of a run needs to know besides its requests. */
export interface FeedOptions {
  fleet: Fleet;
  classify?: Classify;
  /** Takes the rows that were settled, before the next chunk is played. */
  onResults?: (rows: ResultRows) => void | Promise<void>;
  /** Told how many requests have been played. Waited for, so that it can let other work have its turn. */
  onProgress?: (played: number) => void | Promise<void>;
  /** Requests of a chunk that is drawn, at most {@link CHUNK_ROWS}, the default. Changes nothing about them. */
  chunkRows?: number;
  /** Asked after each chunk whether enough was seen: then the rest is not played. */
  isEnough?: () => boolean;
}

/**
 * Plays requests read from a source, to its end or to the horizon.
 *
 * @param redraw The rate at which new arrivals are drawn in place of those of the source, by the run's own `draw`.
 * @throws InputError if a request is beyond what a run can hold.
 */
export async function feedSource(
  simulation: Simulation,
  source: RequestSource,
  options: FeedOptions,
  redraw?: DrawnArrivals,
): Promise<void> {
  const prepare = preparation(simulation, source, options);
  let played = 0;
  for await (const chunk of source.chunks()) {
    if (redraw) chunk.arrivalS.set(simulation.draw(chunk.count).arrivalS);
    checkChunk(chunk, played, redraw);
    prepare(chunk);
    for (const part of partsByBlocks(chunk)) {
      simulation.play(part);
      played += part.count;
      await handOn(simulation, played, options);
      if (simulation.closed || options.isEnough?.()) return;
    }
  }
}

function checkChunk(
  { count, arrivalS, inputTokens, outputTokens }: RequestChunk,
  before: number,
  redraw?: DrawnArrivals,
) {
  for (let i = 0; i < count; i++) {
    const tokens = inputTokens[i]! + outputTokens[i]!;
    if (tokens <= MAX_INT32) continue;
    throw new InputError(
      `request ${before + i + 1} has ${tokens} tokens, input and output; at most ${MAX_INT32} are allowed.`,
    );
  }
  const last = arrivalS[count - 1]!;
  if (last <= MAX_SECONDS) return;
  if (redraw) throw tooSlow(redraw.rateRps, before + count);
  throw new InputError(`request ${before + count} arrives at ${last} s; the clock holds at most ${MAX_SECONDS} s.`);
}

/**
 * Draws requests in the core and plays them.
 *
 * @param units Units of the prefix that each shares with others; 0: none.
 */
export async function feedDrawn(
  simulation: Simulation,
  drawn: DrawnRequests,
  options: FeedOptions,
  units = 0,
): Promise<void> {
  const named = { labels: [""], categories: drawn.model.categories?.map(({ name }) => name) ?? [""] };
  const prepare = preparation(simulation, named, options);
  const { chunkRows = CHUNK_ROWS } = options;
  for (let played = 0; played < drawn.count && !simulation.closed;) {
    const count = Math.min(chunkRows, Math.floor(BLOCK_IDS_AT_ONCE / (units || 1)), drawn.count - played);
    const window = simulation.draw(count);
    if (!(window.arrivalS[count - 1]! <= MAX_SECONDS)) throw tooSlow(drawn.rateRps, drawn.count);
    prepare(window);
    simulation.playWindow(count);
    played += count;
    await handOn(simulation, played, options);
    if (options.isEnough?.()) return;
  }
}

/** What the core draws `drawn` from; with no model arrivals alone. Categories are drawn by their index in the model. */
export function coreDraw({ model, rateRps, process }: DrawnArrivals & { model?: WorkloadModel }): CoreDraw {
  if (!model) return { process, rateRps };
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
  await options.onProgress?.(played);
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
    let before = 0;
    return (chunk) => {
      classifyChunk(chunk, before, names, classify, poolOf);
      before += chunk.count;
      return chunk;
    };
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

/** Puts the pool that `classify` names in the place of each label, counted from 1; 0 = none. */
function classifyChunk(
  chunk: RequestChunk,
  before: number,
  names: Names,
  classify: Classify,
  poolOf: ReadonlyMap<string, number>,
): void {
  for (let i = 0; i < chunk.count; i++) {
    const request = {
      arrivalS: chunk.arrivalS[i]!,
      inputTokens: chunk.inputTokens[i]!,
      outputTokens: chunk.outputTokens[i]!,
      label: names.labels[chunk.label[i]!] ?? "",
      category: names.categories[chunk.category[i]!] ?? "",
    };
    const pool = callClassify(classify, request, before + i + 1);
    chunk.label[i] = pool === undefined ? 0 : (poolOf.get(pool) ?? -1) + 1;
  }
}

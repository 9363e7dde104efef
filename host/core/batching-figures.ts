import * as C from "../../assembly/contract.js";
import type { Pool } from "../specs/fleet.js";
import type { Course, Moment } from "./course.js";
import { type InterTokenLatency, readGaps } from "./gap-sketch.js";
import { type PoolCourse, readPoolCourse } from "./pool-course.js";
import type { Simulation } from "./simulation.js";

/** What the engine `iterations` says of how the replicas of a pool batched. Averages are over the measured window, counts over the whole run. */
export interface Batching {
  /** Requests in an iteration, averaged over the time with an iteration running. */
  mean_batch: number;
  /** Most requests in one iteration. */
  largest_batch: number;
  /** Share of the time with an iteration running. */
  busy: number;
  iterations: number;
  mean_iteration_ms: number | null;
  prefill_tokens: number;
  decode_tokens: number;
  /** How often a request lost its KV blocks to another, and computed all of its tokens again. */
  preemptions: number;
  /** Tokens that had been computed and were lost. */
  recomputed_tokens: number;
  /** Prompt tokens looked for in the prefix cache, and found. `null` where prefix caching is off. */
  prefix_cache: { prompt_tokens: number; cached_tokens: number; hit_rate: number } | null;
  /** Model FLOPs and bytes over the peaks of the hardware, over the measured window; `null` where the pool's model does not know them. */
  mfu: number | null;
  mbu: number | null;
  course: PoolCourse;
}

const TICKS_PER_SECOND = 1e9;
const TICKS_PER_MS = 1e6;

/** Reads the gaps between the tokens of some pools, merged. */
export function readInterTokenLatency(simulation: Simulation, pools: readonly number[]): InterTokenLatency {
  const all = simulation.gaps();
  const merged = new Float64Array(C.ITL_BUCKETS);
  const totals = { tokens: 0, sumTicks: 0, largestTicks: 0 };
  for (const pool of pools) {
    for (let bucket = 0; bucket < C.ITL_BUCKETS; bucket++) merged[bucket]! += all[pool * C.ITL_BUCKETS + bucket]!;
    const row = simulation.figures(pool);
    totals.tokens += row[C.FIGURE_ITL_TOKENS]!;
    totals.sumTicks += row[C.FIGURE_ITL_SUM]!;
    totals.largestTicks = Math.max(totals.largestTicks, row[C.FIGURE_ITL_LARGEST]!);
  }
  return readGaps(merged, totals);
}

/** Reads how the replicas of a pool batched. */
export function readBatching(simulation: Simulation, course: Course, pool: Pool, index: number): Batching {
  const row = simulation.figures(index);
  const { begin, end } = course.window(index);
  const grown = (field: keyof Moment) => end[field] - begin[field];
  const lanesBusy = grown("lanesBusyArea");
  const iterations = grown("iterations");
  const lanes = pool.replicas * pool.serving.pp;
  const ticks = end.tick - begin.tick;
  const promptTokens = row[C.FIGURE_PROMPT]!;
  const cachedTokens = row[C.FIGURE_CACHED]!;
  return {
    mean_batch: lanesBusy > 0 ? grown("busyArea") / lanesBusy : 0,
    largest_batch: row[C.FIGURE_LARGEST_BATCH]!,
    busy: ticks > 0 ? lanesBusy / (lanes * ticks) : 0,
    iterations: row[C.FIGURE_ITERATIONS]!,
    mean_iteration_ms: iterations > 0 ? lanesBusy / iterations / TICKS_PER_MS : null,
    prefill_tokens: row[C.FIGURE_PREFILL_TOKENS]!,
    decode_tokens: row[C.FIGURE_DECODE_TOKENS]!,
    preemptions: row[C.FIGURE_PREEMPTIONS]!,
    recomputed_tokens: row[C.FIGURE_RECOMPUTED]!,
    prefix_cache: pool.serving.enablePrefixCaching
      ? {
          prompt_tokens: promptTokens,
          cached_tokens: cachedTokens,
          hit_rate: promptTokens > 0 ? cachedTokens / promptTokens : 0,
        }
      : null,
    ...readUtilisation(pool, grown, ticks),
    course: readPoolCourse(course, index, pool.replicas * pool.serving.numBlocks, pool.stage !== undefined),
  };
}

function readUtilisation(pool: Pool, grown: (field: keyof Moment) => number, ticks: number) {
  const { peaks } = pool;
  if (!peaks || ticks <= 0) return { mfu: null, mbu: null };
  const tokens = grown("prefillTokens") + grown("decodeTokens");
  const flops =
    tokens * peaks.flopsPerToken +
    // A sequence that emits a token goes through the output projection, at the end of a prompt too.
    (grown("decodeTokens") + promptsEnded(pool, grown)) * peaks.flopsPerSequence +
    grown("prefillWork") * peaks.flopsPerWork +
    grown("contextTokens") * peaks.flopsPerContext;
  // An iteration reads the weights once, decodes their contexts, and every token writes its own keys and values.
  const bytes = grown("iterations") * peaks.weightBytes + (grown("contextTokens") + tokens) * peaks.kvBytesPerToken;
  const seconds = (ticks / TICKS_PER_SECOND) * pool.replicas;
  return { mfu: flops / (seconds * peaks.peakFlops), mbu: bytes / (seconds * peaks.peakBandwidth) };
}

/** Prompts that were computed to their end, by those that left: what a decode pool completes was prefilled elsewhere. */
function promptsEnded({ stage }: Pool, grown: (field: keyof Moment) => number): number {
  if (stage?.role === "decode") return 0;
  return grown("completed") + grown("handedOver");
}

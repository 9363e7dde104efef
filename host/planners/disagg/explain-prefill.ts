import { promptChunks } from "../../profiles/computed-profile.js";
import type { IterationModel } from "../../profiles/iteration-model.js";
import { meanIterationS } from "../../profiles/mean-iteration.js";
import { condense, type WeightedValues } from "../../queueing/condense.js";
import {
  crossoverRps,
  interOp,
  oneDevice,
  prefillTtft,
  prefillTtftPercentileS,
  type PrefillUnit,
  saturationRps,
} from "../../queueing/prefill-phase.js";
import { type WeightedMoments, weightedMoments } from "../../queueing/weighted-moments.js";
import type { Pool } from "../../specs/fleet.js";
import type { LengthNodes } from "../../workloads/length-law/node-list.js";
import type { PrefillAlternative } from "./explain-alternatives.js";

/** Values that stand for the lengths of prompts. */
const PROMPT_VALUES = 128;

/** Load up to which the P99 of a wait is worked out. */
const MOST_RHO = 0.9995;

/** A way to cut a model over GPUs, under the rate that falls to its GPUs. Times in seconds; `null`: it cannot keep up. */
export interface ExplainedPrefill {
  tp: number;
  pp: number;
  gpus: number;
  /** Whether the weights fit. */
  fits: boolean;
  /** Whether the pool has it. */
  is_pool: boolean;
  /** D_s: a prompt alone, on average. */
  execution_s: number;
  /** D_m: its slowest stage. */
  bottleneck_s: number;
  /** K: how many times as fast as one device. */
  speed_up: number;
  /** Requests a second that a replica of it gets. */
  rate_rps: number;
  /** Requests a second that a replica of it could take at most. */
  saturation_rps: number;
  rho: number;
  /** Of prompts that all take `execution_s`. */
  mean_wait_s: number | null;
  mean_ttft_s: number | null;
  /** Of prompts as they are: M/G/1 for one stage; several have no closed form, and `null`. */
  mean_ttft_of_lengths_s: number | null;
  /** `null` also where the load is so close to 1 that it cannot be worked out. */
  p99_ttft_s: number | null;
}

/** Rates between which one way has the shortest mean TTFT of those with as many GPUs. */
export interface ExplainedRange {
  tp: number;
  pp: number;
  /** Requests a second of a replica. */
  from_rps: number;
  to_rps: number;
}

/** Why a prefill replica is cut as it is, or should be cut otherwise. */
export interface PrefillExplanation {
  /** Tokens. */
  mean_prompt: number;
  /** What a prompt takes alone in a replica of the pool, on average, s. */
  mean_execution_s: number;
  /** Squared coefficient of variation of that. Prompts of such a spread wait `1 + execution_cv2` times as long as equal ones, where there is one stage. */
  execution_cv2: number;
  /** How many times as fast two mean prompts in one batch are as one after the other: above 1, batches help, of which the formulas know none. */
  gain_of_two: number;
  /** One device first, then by size of the tensor-parallel group. */
  alternatives: ExplainedPrefill[];
  /** GPUs of those in `best`. */
  compared_gpus: number;
  /** From rate 0 to that which none keeps up with; empty where none of that many GPUs holds the weights. */
  best: ExplainedRange[];
  /** The range in which the rate of this pool lies; `null` where none keeps up. */
  best_now: ExplainedRange | null;
}

/** What a pool is asked. */
export interface PrefillQuestion {
  pool: Pool;
  alternatives: readonly PrefillAlternative[];
  /** Requests a second of the whole pool. */
  rateRps: number;
  lengths: LengthNodes;
}

/**
 * The prefill phase in closed form, one prompt at a time: docs/reference/queueing.md, section Prefill. Rates are compared by GPU: a replica of twice as many GPUs gets twice as many requests.
 */
export function explainPrefill({ pool, alternatives, rateRps, lengths }: PrefillQuestion): PrefillExplanation {
  const prompts = condense(lengths.input, lengths.weight, PROMPT_VALUES);
  const budget = budgetOf(pool);
  const units = alternatives.map((alternative) => ({
    ...alternative,
    ...unitOf(alternative, executions(alternative.model, prompts, budget)),
  }));
  const one = units[0]!.unit.latencyS;
  const rateOfGpu = rateRps / pool.gpus;
  const comparedGpus = units.reduce((most, { gpus }) => Math.max(most, gpus), 0);
  const best = bestRanges(units.filter(({ gpus, fits }) => gpus === comparedGpus && fits));
  const meanPrompt = weightedMoments(prompts.values, prompts.weights).mean;
  const own = executions(pool.iterationModel, prompts, budget);
  return {
    mean_prompt: meanPrompt,
    mean_execution_s: own.mean,
    execution_cv2: own.cv2,
    gain_of_two: gainOfTwo(pool.iterationModel, meanPrompt),
    alternatives: units.map(({ tp, pp, gpus, fits, unit, cv2 }) => ({
      tp,
      pp,
      gpus,
      fits,
      is_pool: gpus === pool.gpus / pool.replicas && pp === pool.serving.pp,
      execution_s: unit.latencyS,
      bottleneck_s: unit.bottleneckS,
      speed_up: one / unit.latencyS,
      ...under(unit, rateOfGpu * gpus, pp === 1 ? cv2 : undefined),
    })),
    compared_gpus: comparedGpus,
    best,
    best_now: best.find(({ to_rps }) => rateOfGpu * comparedGpus < to_rps) ?? null,
  };
}

function unitOf({ pp }: PrefillAlternative, { mean, cv2 }: WeightedMoments): { unit: PrefillUnit; cv2: number } {
  return { unit: interOp(oneDevice(mean), pp), cv2 };
}

/** @param cv2 of executions, where it says what they wait. */
function under(unit: PrefillUnit, rateRps: number, cv2: number | undefined) {
  const { rho, meanS, meanWaitS } = prefillTtft(unit, rateRps);
  const isStable = rho < 1;
  return {
    rate_rps: rateRps,
    saturation_rps: saturationRps(unit),
    rho,
    mean_wait_s: isStable ? meanWaitS : null,
    mean_ttft_s: isStable ? meanS : null,
    mean_ttft_of_lengths_s: isStable && cv2 !== undefined ? unit.latencyS + meanWaitS * (1 + cv2) : null,
    p99_ttft_s: rho < MOST_RHO ? prefillTtftPercentileS(unit, rateRps, 0.99) : null,
  };
}

interface Cut {
  tp: number;
  pp: number;
  unit: PrefillUnit;
}

/** From the shortest execution to the fastest bottleneck: each is best up to the first rate at which another is as good. */
function bestRanges(cuts: readonly Cut[]): ExplainedRange[] {
  const ranges: ExplainedRange[] = [];
  let now = cuts.reduce<Cut | undefined>((least, cut) => (least && !isQuicker(cut, least) ? least : cut), undefined);
  let fromRps = 0;
  while (now) {
    const { tp, pp, unit }: Cut = now;
    let next: Cut | undefined;
    let toRps = saturationRps(unit);
    for (const cut of cuts) {
      if (cut.unit.bottleneckS >= unit.bottleneckS) continue;
      const at = crossoverRps(unit, cut.unit);
      if (at === null || at >= toRps) continue;
      toRps = at;
      next = cut;
    }
    ranges.push({ tp, pp, from_rps: fromRps, to_rps: toRps });
    fromRps = toRps;
    now = next;
  }
  return ranges;
}

function isQuicker({ unit: a }: Cut, { unit: b }: Cut): boolean {
  return a.latencyS < b.latencyS || (a.latencyS === b.latencyS && a.bottleneckS < b.bottleneckS);
}

/** Prompt tokens of an iteration that has nothing else to do. */
function budgetOf({ serving }: Pool): number {
  if (!serving.enableChunkedPrefill) return Infinity;
  return Math.min(serving.chunk ?? Infinity, serving.maxNumBatchedTokens ?? Infinity);
}

/** What prompts take alone, s. */
function executions(model: IterationModel, { values, weights }: WeightedValues, budget: number): WeightedMoments {
  const own = values.map((tokens) => executionS(model, tokens, budget));
  return weightedMoments(own, weights);
}

function executionS(model: IterationModel, tokens: number, budget: number): number {
  if (tokens <= budget) return iterationS(model, { tokens, processed: 0 });
  return promptChunks(tokens, budget).reduce((sum, chunk) => sum + iterationS(model, chunk), 0);
}

function iterationS(
  model: IterationModel,
  { tokens, processed }: { tokens: number; processed: number },
  prompts = 1,
): number {
  const work = tokens * (processed + tokens / 2);
  const all = { promptTokens: prompts * tokens, work: prompts * work, prompts };
  return meanIterationS(model, { decodes: 0, context: 0, ...all });
}

function gainOfTwo(model: IterationModel, tokens: number): number {
  const prompt = { tokens, processed: 0 };
  return (2 * iterationS(model, prompt)) / iterationS(model, prompt, 2);
}

import { buildProfile } from "../../profiles/profile-builder.js";
import { manualPerformance } from "../../profiles/manual-performance.js";
import type { ReplicaPerformance } from "../../profiles/replica-performance.js";
import { condense } from "../../queueing/condense.js";
import { mgcWait } from "../../queueing/mgc.js";
import { percentileOfSum } from "../../queueing/sum-percentile.js";
import { weightedMoments } from "../../queueing/weighted-moments.js";
import type { Pool } from "../../specs/fleet.js";
import { InputError } from "../../specs/input-error.js";
import type { LengthNodes } from "../../workloads/length-law/node-list.js";
import { ESTIMATE_VALUES } from "../sizing/pool-estimate.js";
import { fleetOf, poolInput, type ReplicaOption } from "../sizing/replica-option.js";

/** Shares of their rates that workers keep beside each other, and what the way of the keys and values from one to the other makes of TTFT: AIConfigurator, arXiv:2601.06288, algorithm 3. */
export const DISAGG_CONSTANTS = { prefillShare: 0.9, decodeShare: 0.92, ttftFactor: 1.8 } as const;

/** The percentile that is judged. */
const P = 0.99;

/** A kind of worker, under the requests that it is to serve. */
export interface WorkerKind {
  name: string;
  gpusPerWorker: number;
  costPerHr: number;
  /** Requests a second that one of them could serve if nothing ever waited, the loss beside the others taken off. */
  rateRps: number;
  /** So many of them. */
  at(workers: number): WorkerLoad;
}

/** Workers under load. */
export interface WorkerLoad {
  /** Arrivals as a share of what they can serve. */
  rho: number;
  /** P99 of the wait for one of them, s; `Infinity` where `rho` is 1 or more. */
  p99WaitS: number;
}

/** Workers that prefill. */
export interface PrefillKind extends WorkerKind {
  /** Prompt tokens that a worker takes a second. */
  promptTokensPerS: number;
  /** Mean prefill, s, without the way to the decode workers. */
  meanPrefillS: number;
  /** P99 of wait, prefill and way together, s. */
  p99TtftS(workers: number): number;
}

/** Workers that decode. */
export interface DecodeKind extends WorkerKind {
  /** Requests that one decodes at once. */
  slots: number;
  /** An iteration of a full one: the time per output token, s. */
  iterationS: number;
}

/** What workers have to serve. */
export interface DisaggLoad {
  rateRps: number;
  nodes: LengthNodes;
  maxCtx: number;
}

/**
 * Workers that prefill one prompt at a time, a chunk an iteration: with compute what prefill is bound by, several prompts at once would take as long as one after the other. They wait as in M/G/c.
 */
export function prefillKind(option: ReplicaOption, { rateRps, nodes, maxCtx }: DisaggLoad): PrefillKind {
  const pool = poolOf(option, maxCtx);
  const performance = performanceOf(pool);
  const { prefillShare, ttftFactor } = DISAGG_CONSTANTS;
  const inputs = condense(nodes.input, nodes.weight, ESTIMATE_VALUES);
  const own = inputs.values.map((tokens) => performance.prefillS(tokens));
  const { mean: meanPrefillS, cv2 } = weightedMoments(own, inputs.weights);
  const meanServiceS = meanPrefillS / prefillShare;
  const delayed = own.map((seconds) => ttftFactor * seconds);
  const waitAt = (workers: number) => mgcWait({ servers: workers, arrivalRps: rateRps, meanServiceS, cv2 });
  return {
    ...kindOf(option, performance, 1 / meanServiceS),
    promptTokensPerS: weightedMoments(inputs.values, inputs.weights).mean / meanPrefillS,
    meanPrefillS,
    at: (workers) => loadOf((rateRps * meanServiceS) / workers, () => waitAt(workers).percentileS(P)),
    p99TtftS: (workers) =>
      rateRps * meanServiceS < workers ? percentileOfSum(waitAt(workers), delayed, inputs.weights, P) : Infinity,
  };
}

/** Workers that decode as many requests at once as they have slots, each iteration that of a full worker at the mean context. Requests wait for a slot as in M/G/c. */
export function decodeKind(option: ReplicaOption, { rateRps, nodes, maxCtx }: DisaggLoad): DecodeKind {
  const pool = poolOf(option, maxCtx);
  const performance = performanceOf(pool);
  const slots = performance.slots(maxCtx);
  if (slots < 1) throw new InputError(`a replica of ${option.name} has no slot for a request of ${maxCtx} tokens.`);
  // The first token comes from the prefill.
  const decodes = nodes.output.map((tokens) => tokens - 1);
  const { mean, cv2 } = weightedMoments(decodes, nodes.weight);
  const iterationS = performance.iterationS({ sequences: slots, context: contextOf(nodes) });
  const meanServiceS = (mean * iterationS) / DISAGG_CONSTANTS.decodeShare;
  const servers = (workers: number) => workers * slots;
  return {
    ...kindOf(option, performance, meanServiceS > 0 ? slots / meanServiceS : Infinity),
    slots,
    iterationS,
    at: (workers) =>
      loadOf((rateRps * meanServiceS) / servers(workers), () =>
        mgcWait({ servers: servers(workers), arrivalRps: rateRps, meanServiceS, cv2 }).percentileS(P),
      ),
  };
}

function kindOf(option: ReplicaOption, performance: ReplicaPerformance, rateRps: number) {
  const { gpusPerReplica, replicaCostPerHr } = performance;
  return { name: option.name, gpusPerWorker: gpusPerReplica, costPerHr: replicaCostPerHr, rateRps };
}

function loadOf(rho: number, p99WaitS: () => number): WorkerLoad {
  return { rho, p99WaitS: rho < 1 ? p99WaitS() : Infinity };
}

function poolOf(option: ReplicaOption, maxCtx: number): Pool {
  return fleetOf([poolInput(option, { id: "workers", replicas: 1, maxCtx })]).pools[0]!;
}

function performanceOf({ profile, roofline, serving }: Pool): ReplicaPerformance {
  if (!roofline) return manualPerformance(profile);
  const { pp, blockSize, maxNumSeqs, maxNumBatchedTokens } = serving;
  const chunk = maxNumBatchedTokens === null ? {} : { chunk: maxNumBatchedTokens };
  return buildProfile(roofline, { pp, blockSize, maxNumSeqs, ...chunk });
}

/** Mean context of a decoding request, tokens. */
function contextOf({ input, output, weight }: LengthNodes): number {
  let [read, decodes] = [0, 0];
  for (let i = 0; i < weight.length; i++) {
    const own = weight[i]! * (output[i]! - 1);
    decodes += own;
    read += own * (input[i]! + output[i]! / 2);
  }
  return decodes > 0 ? read / decodes : weightedMoments(input, weight).mean;
}

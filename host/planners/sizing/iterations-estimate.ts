import { meanIterationS } from "../../profiles/mean-iteration.js";
import { condense, type WeightedValues } from "../../queueing/condense.js";
import { mgcWait } from "../../queueing/mgc.js";
import { percentileOfSum, tailOfSum } from "../../queueing/sum-percentile.js";
import type { WaitLaw } from "../../queueing/wait-law.js";
import type { Pool } from "../../specs/fleet.js";
import type { LengthNodes } from "../../workloads/length-law/node-list.js";
import { weightedPercentile } from "../../workloads/length-law/length-law.js";
import { type LengthMoments, lengthMoments } from "./length-moments.js";
import { BEYOND, ESTIMATE_VALUES, type PoolEstimate, type PoolEstimator, type PoolLoad } from "./pool-estimate.js";

const P = 1 - BEYOND;
/** Relative change between rounds at which the time of an iteration has settled: far finer than the approximation is. */
const SETTLED = 1e-6;
/**
 * Most rounds. Each leaves of the error about the share r of the iteration that grows with the load, so that {@link SETTLED} takes ln(1e-6) / ln(r) rounds: 62 at r = 0.8, 200 at 0.933. Where r is higher, in a replica
 * close to full, the time comes out too short, as rounds begin with an empty iteration and rise; simulation decides there, as everywhere.
 */
const ROUNDS = 200;

/**
 * Estimates for the engine `iterations`, by flow balance: an iteration of t seconds at `rate` requests a second and replica sees `rate * t` prompts, and `rate * t` times the decodes of a request; and
 * takes what a batch of those takes. Prompts wait for those before them in their replica as in M/G/1 (a pool balances by how many requests a replica has, not by how long they are), and for a seat (or for
 * memory) as in M/G/c with all seats as servers. TTFT is the longer of both waits, the rest of the iteration that is under way, and the own prefill.
 *
 * An approximation of ours: where it stands beside a simulated figure, that one is right.
 */
export function estimateIterations(pool: Pool, load: PoolLoad): PoolEstimator {
  const { moments, inputs } = lengthsOf(load.nodes);
  const seats = seatsOf(pool, moments);
  const capacityRps = capacityOf(pool, moments, seats);
  const aloneS = prefillTimes(pool, { inputs, moments, decoding: 0, iterationS: 0 }).seconds;
  const settingOf = (replicas: number) => ({ moments, inputs, seats, capacityRps, replicas });
  return {
    leastReplicas: load.rateRps / capacityRps,
    aloneS: weightedPercentile(aloneS, inputs.weights, P),
    at: (replicas) => estimate(pool, load.rateRps, settingOf(replicas)),
    keeps: (replicas, { ttftMs, tpotMs }) => {
      if (load.rateRps / replicas >= capacityRps) return false;
      const { wait, prefillS, iterationS } = balanceOf(pool, load.rateRps, settingOf(replicas));
      if (wait.meanS === Infinity || (tpotMs !== undefined && iterationS * 1000 > tpotMs)) return false;
      return tailOfSum(wait, prefillS, inputs.weights, ttftMs / 1000 - iterationS) <= BEYOND;
    },
  };
}

interface Lengths {
  moments: LengthMoments;
  inputs: WeightedValues;
}

/** Nodes can be many, and kinds of replica share them. */
const known = new WeakMap<LengthNodes, Lengths>();

function lengthsOf(nodes: LengthNodes): Lengths {
  const lengths = known.get(nodes) ?? {
    moments: lengthMoments(nodes),
    inputs: condense(nodes.input, nodes.weight, ESTIMATE_VALUES),
  };
  known.set(nodes, lengths);
  return lengths;
}

interface Setting {
  moments: LengthMoments;
  inputs: WeightedValues;
  seats: number;
  capacityRps: number;
  replicas: number;
}

/** Requests that decode at a time where none is idle: bounded by `max_num_seqs`, and by memory at the context that they have on average. */
function seatsOf({ serving }: Pool, { contextRead, decodes, input }: LengthMoments): number {
  const context = decodes > 0 ? contextRead / decodes : input;
  const held = Math.ceil(context / serving.blockSize + 0.5) * serving.blockSize;
  return Math.max(1, Math.min(serving.maxNumSeqs, (serving.numBlocks * serving.blockSize) / held));
}

/** Requests a second of one replica that is always full. */
function capacityOf(pool: Pool, moments: LengthMoments, seats: number): number {
  const { decodes, input } = moments;
  const budget = pool.serving.maxNumBatchedTokens ?? Infinity;
  // A batch of n decodes comes with n / decodes prompts.
  const full = decodes > 0 ? Math.min(seats, (budget * decodes) / (input + decodes)) : 0;
  const prompts =
    decodes > 0
      ? full / decodes
      : Math.max(1, Math.min(budget, pool.serving.numBlocks * pool.serving.blockSize) / input);
  return prompts / mixedIterationS(pool, moments, prompts);
}

/** An iteration with so many prompts and their decodes, s. */
function mixedIterationS(pool: Pool, { input, decodes, contextRead, work }: LengthMoments, prompts: number): number {
  return meanIterationS(pool.iterationModel, {
    decodes: prompts * decodes,
    context: prompts * contextRead,
    promptTokens: prompts * input,
    work: prompts * work,
    prompts,
  });
}

/** The iteration that flow balance gives at a rate a replica, s. */
function settledIterationS(pool: Pool, moments: LengthMoments, rateRps: number): number {
  let t = mixedIterationS(pool, moments, 0);
  for (let round = 0; round < ROUNDS; round++) {
    const next = mixedIterationS(pool, moments, rateRps * t);
    if (Math.abs(next - t) <= SETTLED * t) return next;
    t = next;
  }
  return t;
}

/** A pool that keeps up, in the middle of its work. */
interface Balance {
  iterationS: number;
  /** From first to last iteration of a request, mean, s. */
  residenceS: number;
  /** Until the first iteration of a prompt. */
  wait: WaitLaw;
  /** From it to the first token, by prompt: weights are those of the prompts. */
  prefillS: Float64Array;
}

function balanceOf(pool: Pool, rateRps: number, { moments, inputs, seats, replicas }: Setting): Balance {
  const perReplicaRps = rateRps / replicas;
  const iterationS = settledIterationS(pool, moments, perReplicaRps);
  const decoding = perReplicaRps * iterationS * moments.decodes;
  const prefill = prefillTimes(pool, { inputs, moments, decoding, iterationS });
  const residenceS = prefill.meanS + moments.decodes * iterationS;
  const prompts = mgcWait({
    servers: 1,
    arrivalRps: perReplicaRps,
    meanServiceS: prefill.service.meanS,
    cv2: prefill.service.cv2,
  });
  const forSeat = mgcWait({
    servers: Math.max(1, Math.floor(replicas * seats)),
    arrivalRps: rateRps,
    meanServiceS: residenceS,
    cv2: 1,
  });
  const wait = forSeat.meanS > prompts.meanS ? forSeat : prompts;
  return { iterationS, residenceS, wait, prefillS: prefill.seconds };
}

function estimate(pool: Pool, rateRps: number, setting: Setting): PoolEstimate {
  const { moments, inputs, seats, capacityRps, replicas } = setting;
  const rho = rateRps / replicas / capacityRps;
  const contextPerRequest = moments.decodes > 0 ? moments.contextRead / moments.decodes : moments.input;
  const balance = rho < 1 ? balanceOf(pool, rateRps, setting) : undefined;
  if (!balance || balance.wait.meanS === Infinity) {
    const never = { p99WaitS: Infinity, p99TtftS: Infinity, tpotS: Infinity, meanE2eS: Infinity };
    return { replicas, rho, running: replicas * seats, contextPerRequest, ...never };
  }
  const { iterationS, residenceS, wait, prefillS } = balance;
  return {
    replicas,
    rho,
    p99WaitS: wait.percentileS(P) + iterationS,
    p99TtftS: percentileOfSum(wait, prefillS, inputs.weights, P) + iterationS,
    running: rateRps * residenceS,
    contextPerRequest,
    tpotS: iterationS,
    meanE2eS: wait.meanS + iterationS / 2 + residenceS,
  };
}

/**
 * The own prefill of each prompt: its chunks, each in an iteration with those that decode. And for how long it keeps others from theirs: its share of the budgets of iterations, or what it adds to them where that is more.
 */
function prefillTimes(
  pool: Pool,
  at: { inputs: WeightedValues; moments: LengthMoments; decoding: number; iterationS: number },
) {
  const { inputs, moments, decoding, iterationS } = at;
  const { maxNumBatchedTokens, chunk } = pool.serving;
  const room = Math.max(1, Math.min((maxNumBatchedTokens ?? Infinity) - decoding, chunk ?? Infinity));
  const context = moments.decodes > 0 ? (decoding * moments.contextRead) / moments.decodes : 0;
  const decodeS = meanIterationS(pool.iterationModel, {
    decodes: decoding,
    context,
    promptTokens: 0,
    work: 0,
    prompts: 0,
  });
  const sum = { weight: 0, own: 0, first: 0, second: 0 };
  const seconds = inputs.values.map((input, i) => {
    const passes = Math.max(1, Math.ceil(input / room));
    const work = (input * input) / 2 / passes;
    const mix = { decodes: decoding, context, promptTokens: input / passes, work, prompts: 1 };
    const passS = meanIterationS(pool.iterationModel, mix);
    const servedS = Math.max((input / room) * iterationS, passes * (passS - decodeS));
    const weight = inputs.weights[i]!;
    sum.weight += weight;
    sum.own += weight * passes * passS;
    sum.first += weight * servedS;
    sum.second += weight * servedS * servedS;
    return passes * passS;
  });
  const meanS = sum.first / sum.weight;
  const cv2 = Math.max(0, sum.second / sum.weight / (meanS * meanS) - 1);
  return { seconds, meanS: sum.own / sum.weight, service: { meanS, cv2 } };
}

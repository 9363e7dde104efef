import { meanIterationS } from "../../profiles/mean-iteration.js";
import { mgcWait } from "../../queueing/mgc.js";
import { percentileOfSum } from "../../queueing/sum-percentile.js";
import type { Pool } from "../../specs/fleet.js";
import { condense, type WeightedValues } from "./condense.js";
import { type LengthMoments, lengthMoments } from "./length-moments.js";
import type { PoolEstimate, PoolEstimator, PoolLoad } from "./pool-estimate.js";

/** The percentile that is sized. */
const P = 0.99;
/** Rounds in which the time of an iteration settles. */
const ROUNDS = 200;
const SETTLED = 1e-6;

/**
 * Estimates for the engine `iterations`, by flow balance: an iteration of t seconds at `rate` requests a second and replica sees `rate * t` prompts, and `rate * t` times the decodes of a request; and
 * takes what a batch of those takes. Prompts are served by the replicas as by the servers of M/G/c, a prompt's iterations being its service; requests wait for a seat (or for memory) as in M/G/c
 * with all seats as servers. TTFT is the longer of both waits, the rest of the iteration that is under way, and the own prefill.
 *
 * An approximation of ours: where it stands beside a simulated figure, that one is right.
 */
export function estimateIterations(pool: Pool, load: PoolLoad): PoolEstimator {
  const moments = lengthMoments(load.nodes);
  const seats = seatsOf(pool, moments);
  const capacityRps = capacityOf(pool, moments, seats);
  const inputs = condense(load.nodes.input, load.nodes.weight);
  return {
    leastReplicas: load.rateRps / capacityRps,
    at: (replicas) => estimate(pool, load.rateRps, { moments, inputs, seats, capacityRps, replicas }),
  };
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
  const prompts = decodes > 0 ? full / decodes : Math.max(1, Math.min(budget, pool.serving.numBlocks * 16) / input);
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

function estimate(pool: Pool, rateRps: number, setting: Setting): PoolEstimate {
  const { moments, inputs, seats, capacityRps, replicas } = setting;
  const perReplicaRps = rateRps / replicas;
  const rho = perReplicaRps / capacityRps;
  const contextPerRequest = moments.decodes > 0 ? moments.contextRead / moments.decodes : moments.input;
  if (rho >= 1) {
    const running = replicas * seats;
    const never = { p99WaitS: Infinity, p99TtftS: Infinity, meanE2eS: Infinity };
    return { replicas, rho, running, contextPerRequest, ...never };
  }
  const iterationS = settledIterationS(pool, moments, perReplicaRps);
  const decoding = perReplicaRps * iterationS * moments.decodes;
  const prefill = prefillTimes(pool, { inputs, moments, decoding });
  const residenceS = prefill.meanS + moments.decodes * iterationS;
  const prompts = mgcWait({ servers: replicas, arrivalRps: rateRps, meanServiceS: prefill.meanS, cv2: prefill.cv2 });
  const forSeat = mgcWait({
    servers: Math.max(1, Math.floor(replicas * seats)),
    arrivalRps: rateRps,
    meanServiceS: residenceS,
    cv2: 1,
  });
  const wait = forSeat.percentileS(P) > prompts.percentileS(P) ? forSeat : prompts;
  const p99WaitS = wait.percentileS(P) + iterationS;
  return {
    replicas,
    rho,
    p99WaitS,
    p99TtftS: percentileOfSum(wait, prefill.seconds, inputs.weights, P) + iterationS,
    running: rateRps * residenceS,
    contextPerRequest,
    meanE2eS: wait.meanS + iterationS / 2 + residenceS,
  };
}

/** The own prefill of each prompt: its chunks, each in an iteration with those that decode. */
function prefillTimes(pool: Pool, at: { inputs: WeightedValues; moments: LengthMoments; decoding: number }) {
  const { inputs, moments, decoding } = at;
  const { maxNumBatchedTokens, chunk } = pool.serving;
  const room = Math.max(1, Math.min((maxNumBatchedTokens ?? Infinity) - decoding, chunk ?? Infinity));
  const context = moments.decodes > 0 ? (decoding * moments.contextRead) / moments.decodes : 0;
  const sum = { weight: 0, first: 0, second: 0 };
  const seconds = inputs.values.map((input, i) => {
    const passes = Math.max(1, Math.ceil(input / room));
    const work = (input * input) / 2 / passes;
    const mix = { decodes: decoding, context, promptTokens: input / passes, work, prompts: 1 };
    const prefillS = passes * meanIterationS(pool.iterationModel, mix);
    sum.weight += inputs.weights[i]!;
    sum.first += inputs.weights[i]! * prefillS;
    sum.second += inputs.weights[i]! * prefillS * prefillS;
    return prefillS;
  });
  const meanS = sum.first / sum.weight;
  return { seconds, meanS, cv2: Math.max(0, sum.second / sum.weight / (meanS * meanS) - 1) };
}

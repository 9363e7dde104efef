import type { CoreDraw, CorePool, CoreServing, RunSpec } from "../../host/core/run-spec.js";
import { getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";
import { AFFINE } from "./models.js";

/** A fleet of one pool, what it is asked to serve, and how. */
export interface Scenario {
  name: string;
  spec: RunSpec;
  requests: number;
  /** Tokens of every request; absent: the core draws them. */
  lengths?: { input: number; output: number };
}

const SEED = 42;
const BLOCK_SIZE = 16;
/** The longest request of the Azure conversation workload fits. */
const MAX_CTX = 16_384;
const RATE_RPS = 5;

const VLLM: CoreServing = {
  scheduler: "vllm",
  policy: "fcfs",
  maxNumBatchedTokens: 8192,
  chunk: null,
  chunked: true,
  watermark: 0,
  pp: 1,
  prefixBlock: null,
  model: AFFINE,
};

/** What differs from one replica of vLLM under the Azure conversation workload. */
export interface Difference {
  pool?: Partial<CorePool>;
  serving?: Partial<CoreServing>;
  spec?: Partial<RunSpec>;
  workload?: string;
  /** Of a replica, requests/s. */
  rateRps?: number;
  prefixes?: NonNullable<CoreDraw["prefixes"]>;
}

/** Requests drawn from a built-in workload, lengths and rate through time as it has them. */
export function drawn(name: string, requests: number, difference: Difference = {}): Scenario {
  const { workload = "azure-conv", rateRps = RATE_RPS, prefixes } = difference;
  const { lengths, profile } = getBuiltinWorkload(workload);
  const own = pool(difference);
  const draw: CoreDraw = {
    process: { type: "poisson" },
    rateRps: rateRps * own.replicas,
    lengths,
    ...(profile ? { profile } : {}),
    ...(prefixes ? { prefixes } : {}),
  };
  return { name, requests, spec: { ...onePool(own), draw, ...difference.spec } };
}

/** So many users who ask again at once, all requests alike, every user with a seat. */
export function closedLoop(
  name: string,
  requests: number,
  users: number,
  lengths: { input: number; output: number },
): Scenario {
  const blocks = Math.ceil((lengths.input + lengths.output) / BLOCK_SIZE);
  const own = pool({ pool: { slots: users, kvBlocks: Math.max(users * blocks, MAX_CTX / BLOCK_SIZE) } });
  const loop = { concurrency: users, rampS: timeOfRequestS(users, lengths) };
  return { name, requests, lengths, spec: { ...onePool(own), closedLoop: loop } };
}

/** What a request takes by {@link AFFINE} while so many are served: over this long the users start, so that they do not move in step. */
function timeOfRequestS(users: number, { input, output }: { input: number; output: number }): number {
  const decodeS = 0.01 + users * (5e-5 + 2e-8 * (input + output / 2));
  return output * decodeS + users * input * 5e-5;
}

export function pool(difference: Difference = {}): CorePool {
  return {
    replicas: 1,
    slots: 256,
    maxCtx: MAX_CTX,
    kvBlocks: 26_312,
    blockSize: BLOCK_SIZE,
    W: 0.01,
    H: 0.0001,
    calibrationCtx: 8192,
    chunk: 512,
    queue: "replica",
    maxQueue: null,
    balance: "least_outstanding",
    serving: { ...VLLM, ...difference.serving },
    ...difference.pool,
  };
}

export function onePool(own: CorePool): RunSpec {
  return { engine: "iterations", pools: [own], router: { type: "length" }, seed: SEED };
}

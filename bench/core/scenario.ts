import type { Core } from "../../host/core/load.js";
import type { CoreDraw, CorePool, RunSpec } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import { CHUNK_ROWS } from "../../host/workloads/requests.js";

/** Requests as whole columns, in order of arrival: what every contestant of the bench is given. */
export interface Columns {
  count: number;
  arrivalS: Float64Array;
  inputTokens: Uint32Array;
  outputTokens: Uint32Array;
}

/** A pool of the engine `slots`, which has no prefix caches to balance by. */
export interface SlotsPool extends CorePool {
  balance: Exclude<CorePool["balance"], "prefix_affinity">;
}

/** A fleet behind a `length` router, and what it is asked to serve. Pools are in order of `maxCtx`. */
export interface Scenario {
  pools: readonly SlotsPool[];
  draw: CoreDraw;
  requests: number;
}

const SEED = 42;

/** An A100 with a model of 70 billion parameters: iteration times of the order that ManualProfile.a100_80gb of the Python tool has. */
const A100 = { W: 0.008, H: 0.00065, calibrationCtx: 8192, chunk: 512, blockSize: 16, kvBlocks: 65536 };

export function pool(replicas: number, slots: number, maxCtx: number): SlotsPool {
  return { ...A100, replicas, slots, maxCtx, queue: "replica", maxQueue: null, balance: "least_outstanding" };
}

/** Lengths from short chat to long prompts; one request in fifteen is longer than 4,096 tokens. */
export const MIXED_LENGTHS = {
  windowS: Infinity,
  windowCell: Uint32Array.of(0, 5),
  cumulative: Float64Array.of(0.3, 0.6, 0.78, 0.935, 1),
  inputLow: Uint32Array.of(16, 256, 1024, 512, 4096),
  inputHigh: Uint32Array.of(256, 1024, 3000, 2000, 7000),
  outputLow: Uint32Array.of(16, 64, 32, 256, 128),
  outputHigh: Uint32Array.of(256, 512, 512, 1024, 1024),
};

/** Two pools of 24 replicas in all, 5,120 slots, three quarters busy. */
export const REPRESENTATIVE: Scenario = {
  pools: [pool(16, 256, 4096), pool(8, 128, 8192)],
  draw: { process: { type: "poisson" }, rateRps: 290, lengths: MIXED_LENGTHS },
  requests: 1_000_000,
};

export function runSpec({ pools, draw }: Scenario): RunSpec {
  return { pools, router: { type: "length" }, seed: SEED, draw };
}

/** Draws the requests of a scenario: the same ones on every machine. */
export function drawColumns(core: Core, scenario: Scenario): Columns {
  const simulation = new Simulation(core, runSpec(scenario));
  const { requests } = scenario;
  const columns = {
    count: requests,
    arrivalS: new Float64Array(requests),
    inputTokens: new Uint32Array(requests),
    outputTokens: new Uint32Array(requests),
  };
  for (let from = 0; from < requests; from += CHUNK_ROWS) {
    const window = simulation.draw(Math.min(CHUNK_ROWS, requests - from));
    columns.arrivalS.set(window.arrivalS, from);
    columns.inputTokens.set(window.inputTokens, from);
    columns.outputTokens.set(window.outputTokens, from);
  }
  return columns;
}

/** The first `count` of the requests. */
export function firstOf(columns: Columns, count: number): Columns {
  return {
    count,
    arrivalS: columns.arrivalS.subarray(0, count),
    inputTokens: columns.inputTokens.subarray(0, count),
    outputTokens: columns.outputTokens.subarray(0, count),
  };
}

/** The same requests, so close together that they keep a share `load` of the pool's slots busy. */
export function atLoad(drawn: Columns, pool: CorePool, load: number): Columns {
  const { W, H, calibrationCtx, slots, chunk, replicas } = pool;
  let workS = 0;
  for (let i = 0; i < drawn.count; i++) {
    const input = drawn.inputTokens[i]!;
    const output = drawn.outputTokens[i]!;
    workS += (Math.ceil(input / chunk) + output) * (W + ((H * (input + output)) / calibrationCtx) * slots);
  }
  const scale = workS / (load * slots * replicas) / drawn.arrivalS[drawn.count - 1]!;
  return { ...drawn, arrivalS: drawn.arrivalS.map((arrivalS) => arrivalS * scale) };
}

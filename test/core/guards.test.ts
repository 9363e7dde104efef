/** Every ERROR_ code of the contract is reached by a mistake, and told in one sentence. */
import { beforeAll, describe, expect, it } from "vitest";
import * as C from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import type { CoreDraw, CorePool, RunSpec } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import type { LengthModel } from "../../host/workloads/models.js";
import type { RequestChunk } from "../../host/workloads/requests.js";
import { windowsOfCells } from "../theory/length-models.js";
import { loadBuild } from "./wasm-builds.js";

let core: Core;
beforeAll(async () => {
  core = await loadBuild("debug");
});

const POOL: CorePool = {
  replicas: 1,
  slots: 2,
  maxCtx: 1000,
  kvBlocks: 1000,
  blockSize: 16,
  W: 0.01,
  H: 0.001,
  calibrationCtx: 8192,
  chunk: 512,
  queue: "replica",
  maxQueue: null,
  balance: "least_outstanding",
};

const SPEC: RunSpec = { pools: [POOL], router: { type: "length" }, seed: 1 };

const begin = (change: Partial<RunSpec>) => () => new Simulation(core, { ...SPEC, ...change });

const draw = (change: Partial<CoreDraw>): Partial<RunSpec> => {
  return { draw: { process: { type: "poisson" }, rateRps: 1, ...change } };
};

/** Requests that arrive at these times, of one token each way unless changed. */
function requests(arrivalS: readonly number[], change: Partial<RequestChunk> = {}): RequestChunk {
  const count = arrivalS.length;
  return {
    count,
    arrivalS: Float64Array.from(arrivalS),
    inputTokens: new Uint32Array(count).fill(1),
    outputTokens: new Uint32Array(count).fill(1),
    label: new Uint16Array(count),
    category: new Uint8Array(count),
    ...change,
  };
}

/** Expects a RangeError whose message begins so. */
function expectRefused(attempt: () => unknown, message: string): void {
  let thrown: unknown;
  try {
    attempt();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(RangeError);
  expect((thrown as RangeError).message.slice(0, message.length)).toBe(message);
}

describe("ERROR_POOL_FIELD: a figure of a pool that is out of range", () => {
  it.each<[string, number, Partial<CorePool>]>([
    ["no replica", C.POOL_REPLICAS, { replicas: 0 }],
    ["half a replica", C.POOL_REPLICAS, { replicas: 1.5 }],
    ["no slot", C.POOL_SLOTS, { slots: 0 }],
    ["more slots than memory", C.POOL_SLOTS, { replicas: 1e6, slots: 1000 }],
    ["a context of 2^31", C.POOL_MAX_CTX, { maxCtx: 2 ** 31 }],
    ["fewer blocks than the longest request", C.POOL_KV_BLOCKS, { kvBlocks: 62 }],
    ["blocks of no token", C.POOL_BLOCK_SIZE, { blockSize: 0 }],
    ["a W that is not a number", C.POOL_W, { W: NaN }],
    ["a service longer than the clock", C.POOL_W, { W: 1e6 }],
    ["a negative H", C.POOL_H, { H: -1 }],
    ["a calibration context of 0", C.POOL_CALIBRATION_CTX, { calibrationCtx: 0 }],
    ["an infinite chunk", C.POOL_CHUNK, { chunk: Infinity }],
    ["a negative limit of its queue", C.POOL_MAX_QUEUE, { maxQueue: -2 }],
    ["no known balance", C.POOL_BALANCE, { balance: "none" as CorePool["balance"] }],
  ])("%s", (_, field, change) => {
    const spec = { pools: [POOL, { ...POOL, ...change }] };
    expectRefused(begin(spec), `core: pool 1: field ${field} of the pool table is out of range`);
  });
});

describe("ERROR_RUN_FIELD: a figure of the run that is out of range", () => {
  const compress = {
    type: "compress_route",
    bShort: 1,
    gamma: 1,
    pCompress: 1,
    safeCategories: [],
    compressLatencyS: 0,
  };
  const router = (change: object) => ({ router: { ...compress, ...change } as RunSpec["router"] });
  it.each<[string, number, Partial<RunSpec>]>([
    ["a threshold that is not a number", C.RUN_THRESHOLD, router({ bShort: NaN })],
    ["a negative gamma", C.RUN_GAMMA, router({ gamma: -1 })],
    ["a probability above 1", C.RUN_P_COMPRESS, router({ pCompress: 1.1 })],
    ["an endless compression", C.RUN_COMPRESS_LATENCY, router({ compressLatencyS: Infinity })],
    ["a default pool that does not exist", C.RUN_DEFAULT_POOL, { router: { type: "label", defaultPool: 1 } }],
    ["a negative horizon", C.RUN_HORIZON, { horizonS: -1 }],
    ["a horizon beyond the clock", C.RUN_HORIZON, { horizonS: 2e9 }],
    ["an infinite rate", C.RUN_RATE, draw({ rateRps: Infinity })],
    ["a negative coefficient of variation", C.RUN_CV, draw({ process: { type: "gamma", cv: -1 } })],
    [
      "profile steps of no time",
      C.RUN_PROFILE_STEP,
      draw({ profile: { stepS: 0, relativeRate: Float64Array.of(1, 1) } }),
    ],
    ["length windows of no time", C.RUN_WINDOW_SECONDS, draw({ lengths: twoWindows(0) })],
  ])("%s", (_, field, change) => {
    expectRefused(begin(change), `core: field ${field} of the run table is out of range`);
  });

  it("drawing at a rate of 0", () => {
    const simulation = begin(draw({ rateRps: 0 }))();
    expectRefused(() => simulation.draw(1), `core: field ${C.RUN_RATE} of the run table is out of range`);
  });
});

describe("ERROR_ARRIVAL_ORDER: an arrival before its predecessor, or at no time", () => {
  it.each([
    [[1, 0.5], 1, 0.5],
    [[-1], 0, -1],
    [[0, NaN], 1, NaN],
  ])("%j", (arrivals, index, arrival) => {
    const message = `core: request ${index} of the chunk arrives at ${arrival} s, before its predecessor or at no time`;
    expectRefused(() => begin({})().play(requests(arrivals)), message);
  });

  it("also where the predecessor is in the chunk before, by less than a tick", () => {
    const simulation = begin({})();
    simulation.play(requests([1.0000000006]));
    expectRefused(() => simulation.play(requests([1.0000000001])), "core: request 0 of the chunk arrives at");
  });

  it("but not at the same time as its predecessor in the chunk before, however late", () => {
    for (const arrival of [0, 4783492.231431277, 606802533.2711427, C.MAX_SECONDS]) {
      const simulation = begin({})();
      simulation.play(requests([arrival]));
      simulation.play(requests([arrival]));
      simulation.finish();
      expect(simulation.figures(0)[C.FIGURE_COMPLETED]).toBe(2);
    }
  });
});

describe("ERROR_TOKENS: a request of too few or too many tokens", () => {
  it.each<[number, number, number]>([
    [0, 1, 1],
    [1, 0, 1],
    [0, 0, 0],
    [2 ** 31 - 1, 1, 2 ** 31],
    [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 33 - 2],
  ])("%i and %i", (input, output, total) => {
    const chunk = requests([0], { inputTokens: Uint32Array.of(input), outputTokens: Uint32Array.of(output) });
    expectRefused(() => begin({})().play(chunk), `core: request 0 of the chunk has ${total} tokens`);
  });
});

describe("ERROR_LABEL: a label or category that does not exist", () => {
  it("a label without an entry", () => {
    const simulation = begin({ router: { type: "label", defaultPool: 0 }, labelPools: [-1, 0] })();
    const message = "core: request 1 of the chunk has label or category 2, which does not exist";
    expectRefused(() => simulation.play(requests([0, 1], { label: Uint16Array.of(1, 2) })), message);
  });

  it("category 64", () => {
    const message = "core: request 0 of the chunk has label or category 64, which does not exist";
    expectRefused(() => begin({})().play(requests([0], { category: Uint8Array.of(64) })), message);
  });
});

describe("ERROR_COUNT: more requests than the window holds", () => {
  it.each([65_537, -1, 2 ** 31 - 1])("%i", (count) => {
    const message = `core: ${count} requests in one call; at most 65536 are allowed`;
    const simulation = begin(draw({}))();
    expectRefused(() => simulation.playWindow(count), message);
    expectRefused(() => begin(draw({}))().draw(count), message);
  });

  it("in a chunk", () => {
    const chunk = requests(new Array<number>(65_537).fill(0));
    expectRefused(() => begin({})().play(chunk), "a chunk holds at most 65536 requests, this one 65537");
  });
});

describe("ERROR_PHASE: a call out of turn", () => {
  const finished = () => {
    const simulation = begin(draw({}))();
    simulation.finish();
    return simulation;
  };

  it.each<[string, (simulation: Simulation) => unknown]>([
    ["play", (simulation) => simulation.play(requests([0]))],
    ["draw", (simulation) => simulation.draw(1)],
    ["finish", (simulation) => simulation.finish()],
  ])("%s after the end", (_, call) => {
    expectRefused(() => call(finished()), "core: call in phase 3, needs phase 2");
  });
});

describe("ERROR_TIME_LIMIT: an arrival beyond the clock", () => {
  it.each([C.MAX_SECONDS * 1.001, Infinity])("%d s", (arrival) => {
    const message = `core: request 0 of the chunk arrives at ${arrival} s; the clock ends at 1000000000 s`;
    expectRefused(() => begin({})().play(requests([arrival])), message);
  });
});

function twoWindows(windowS: number): LengthModel {
  const cell = { share: 1, input: [1, 2], output: [3, 4] } as const;
  return windowsOfCells(windowS, [[cell], [cell]]);
}

describe("ERROR_LENGTH_MODEL: lengths that cannot be drawn from", () => {
  const model = twoWindows(10);
  it.each<[string, Partial<LengthModel>, number, number]>([
    ["weights that fall", { windowCell: Uint32Array.of(0, 2, 2), cumulative: Float64Array.of(0.9, 0.1) }, 0, 1],
    ["weights that do not reach 1", { cumulative: Float64Array.of(1, 0.99) }, 1, 1],
    ["weights that are no numbers", { cumulative: Float64Array.of(NaN, 1) }, 0, 0],
    ["inputs of no token", { inputLow: Uint32Array.of(0, 1) }, 0, 0],
    ["bounds that cross", { outputLow: Uint32Array.of(3, 5) }, 1, 1],
    ["lengths above 2^30", { inputHigh: Uint32Array.of(2 ** 30 + 1, 2) }, 0, 0],
    ["a window without a cell", { windowCell: Uint32Array.of(0, 0, 2) }, 0, 0],
    ["cells beyond the last", { windowCell: Uint32Array.of(0, 1, 3) }, 1, 1],
  ])("%s", (_, change, window, cell) => {
    const message = `core: length model: window ${window}, cell ${cell}: weights must rise to 1`;
    expectRefused(begin(draw({ lengths: { ...model, ...change } })), message);
  });
});

describe("ERROR_PROFILE: a rate profile that cannot be gone through", () => {
  it.each([
    [[1, -0.1], 1],
    [[NaN, 1], 0],
    [[1, 1, Infinity], 2],
    [[0, 0], 0],
  ])("%j", (rates, step) => {
    const profile = { stepS: 1, relativeRate: Float64Array.from(rates) };
    const message = `core: rate profile: step ${step} must be a number not below 0, and not all steps 0`;
    expectRefused(begin(draw({ profile })), message);
  });
});

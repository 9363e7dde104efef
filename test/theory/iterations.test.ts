/** The iteration-level engine at the limits where its answer is known in closed form. */
import { beforeAll, describe, expect, it } from "vitest";
import * as C from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import type { CorePool, CoreServing, RunSpec } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import type { AffineModel } from "../../host/profiles/iteration-model.js";
import type { RequestChunk } from "../../host/workloads/requests.js";
import { loadBuild } from "../core/wasm-builds.js";

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

const C0 = 0.01;
const C1 = 5e-5;
const C2 = 2e-8;
const C3 = 1e-9;

/** c0 + c1 T + c2 S + c3 sum of n (p + n / 2), s. */
function linear(c0 = C0, c1 = C1, c2 = C2, c3 = C3): AffineModel {
  return {
    type: "affine",
    knots: [
      { tokens: 0, compute: c0, memory: 0, other: 0 },
      { tokens: 1, compute: c0 + c1, memory: 0, other: 0 },
    ],
    tokenGranularity: 1,
    computePerContext: c2,
    computePerWork: c3,
    memoryPerContext: 0,
    memoryPerProcessed: 0,
    otherPerSequence: 0,
  };
}

function pool(serving: Partial<CoreServing> = {}, change: Partial<CorePool> = {}): CorePool {
  return {
    replicas: 1,
    slots: 64,
    maxCtx: 100_000,
    kvBlocks: 1_000_000,
    blockSize: 16,
    W: 0.01,
    H: 0,
    calibrationCtx: 8192,
    chunk: 512,
    queue: "replica",
    maxQueue: null,
    balance: "least_outstanding",
    ...change,
    serving: {
      scheduler: "vllm",
      policy: "fcfs",
      maxNumBatchedTokens: 8192,
      chunk: null,
      chunked: true,
      watermark: 0,
      pp: 1,
      prefixBlock: null,
      model: linear(),
      ...serving,
    },
  };
}

/** `[arrival, input, output]` of requests. */
function chunkOf(rows: readonly (readonly [number, number, number])[]): RequestChunk {
  return {
    count: rows.length,
    arrivalS: Float64Array.from(rows, ([arrival]) => arrival),
    inputTokens: Uint32Array.from(rows, ([, input]) => input),
    outputTokens: Uint32Array.from(rows, ([, , output]) => output),
    label: new Uint16Array(rows.length),
    category: new Uint8Array(rows.length),
  };
}

function play(one: CorePool, rows: Parameters<typeof chunkOf>[0], change: Partial<RunSpec> = {}): Simulation {
  const simulation = new Simulation(core, {
    engine: "iterations",
    pools: [one],
    router: { type: "length" },
    seed: 1,
    ...change,
  });
  simulation.play(chunkOf(rows));
  simulation.finish();
  return simulation;
}

/** The largest value of a figure, s. */
function largest(simulation: Simulation, metric: "ttft" | "e2e" | "tpot"): number {
  return simulation.gather(metric, "all", 0, false).largestTicks / 1e9;
}

const TICK = 1e-9;

describe("one request alone", () => {
  it.each([
    [1000, 200, 8192],
    [20_000, 50, 8192],
    [20_000, 50, 512],
    [1, 1, 8192],
    [1, 1000, 1],
  ])("of %i input and %i output tokens, %i tokens an iteration", (input, output, budget) => {
    const simulation = play(pool({ maxNumBatchedTokens: budget }), [[3, input, output]]);
    let ttft = 0;
    for (let done = 0; done < input; done += budget) {
      const n = Math.min(budget, input - done);
      ttft += C0 + C1 * n + C3 * n * (done + n / 2);
    }
    const decodes = output - 1;
    // Contexts input, input + 1, ...: an arithmetic series.
    const decode = decodes * (C0 + C1) + C2 * (decodes * input + (decodes * (decodes - 1)) / 2);
    expect(Math.abs(largest(simulation, "ttft") - ttft)).toBeLessThanOrEqual(2 * TICK);
    expect(Math.abs(largest(simulation, "e2e") - ttft - decode)).toBeLessThanOrEqual(3 * TICK);
    if (decodes > 0) expect(Math.abs(largest(simulation, "tpot") - decode / decodes)).toBeLessThanOrEqual(2 * TICK);
  });
});

describe("a queue without end", () => {
  const H = 1e-5;
  /** Time of an iteration of n decodes whose only price is the context that they read. */
  const iteration = (n: number, context: number) => C0 + H * n * context;

  it.each([1, 8, 64, 256])("keeps %i sequences decoding at n / iteration(n) tokens/s", (seats) => {
    const input = 1;
    const output = 1000;
    const model = linear(C0, 0, H, 0);
    const rows = Array.from({ length: seats * 20 }, () => [0, input, output] as const);
    const simulation = play(pool({ model, maxNumBatchedTokens: null }, { slots: seats }), rows);
    // All begin and end together, so that every batch reads the contexts 1 to 999; a prefill costs c0.
    const perBatch =
      C0 + Array.from({ length: output - 1 }, (_, i) => iteration(seats, input + i)).reduce((a, b) => a + b);
    expect(simulation.figures(0)[C.FIGURE_END]! / 1e9 / (20 * perBatch)).toBeCloseTo(1, 9);
  });

  it("of prompts alone is as fast as the budget: one full iteration after another", () => {
    const rows = Array.from({ length: 1000 }, () => [0, 1024, 1] as const);
    const simulation = play(pool({ model: linear(C0, C1, 0, 0), maxNumBatchedTokens: 2048 }), rows);
    expect(simulation.figures(0)[C.FIGURE_END]! / 1e9 / (500 * (C0 + 2048 * C1))).toBeCloseTo(1, 9);
  });
});

describe("a closed loop", () => {
  it("of n users, no think time and seats for all gives n / (time of a request) requests/s", () => {
    const users = 16;
    const rows = Array.from({ length: 1600 }, () => [0, 1, 101] as const);
    const model = linear(C0, 0, 0, 0);
    const simulation = play(pool({ model }), rows, { closedLoop: { concurrency: users } });
    // 101 iterations each, all users in step.
    expect(simulation.figures(0)[C.FIGURE_END]! / 1e9).toBeCloseTo(100 * 101 * C0, 6);
  });

  it("obeys the response time law: throughput x (response + think time) = users", () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => [0, 50 + (i % 400), 20 + ((i * 7) % 100)] as const);
    const users = 50;
    const thinkS = 2;
    const closedLoop = { concurrency: users, thinkS, think: "exponential" } as const;
    const simulation = play(pool(), rows, { closedLoop });
    const gathered = simulation.gather("e2e", "all", 0, false);
    const throughput = rows.length / (simulation.figures(0)[C.FIGURE_END]! / 1e9);
    const response = gathered.sumTicks / 1e9 / gathered.reached;
    // (Denning and Buzen, "The operational analysis of queueing network models", 1978.)
    expect((throughput * (response + thinkS)) / users).toBeCloseTo(1, 2);
  });
});

describe("tight memory", () => {
  it("never holds more blocks than there are, preempts, and ends", () => {
    const blocks = 200;
    const rows = Array.from({ length: 3000 }, (_, i) => [i * 0.001, 16 + (i % 300), 16 + ((i * 13) % 700)] as const);
    const simulation = play(pool({}, { kvBlocks: blocks, maxCtx: 1100 }), rows);
    const figures = simulation.figures(0);
    const { points, rows: width, values } = simulation.series();
    expect(figures[C.FIGURE_COMPLETED]).toBe(rows.length);
    expect(figures[C.FIGURE_PREEMPTIONS]).toBeGreaterThan(100);
    for (let point = 0; point < points; point++) {
      // Up to the last iteration that has ended.
      const at = (field: number) => values[point * width * C.SERIES_FIELDS + field]!;
      expect(at(C.SERIES_KV_AREA)).toBeLessThanOrEqual(blocks * at(C.SERIES_TICK));
    }
    // What was lost was computed again: all prompts once, and every lost token once more.
    const prompts = rows.reduce((sum, [, input]) => sum + input, 0);
    const decodes = rows.reduce((sum, [, , output]) => sum + output - 1, 0);
    const computed = figures[C.FIGURE_PREFILL_TOKENS]! + figures[C.FIGURE_DECODE_TOKENS]!;
    expect(computed).toBe(prompts + decodes + figures[C.FIGURE_RECOMPUTED]!);
  });
});

describe("flow", () => {
  it("Little's law: requests in the pool, integrated, are their times in it, summed", () => {
    const rows = Array.from({ length: 5000 }, (_, i) => [i * 0.05, 100 + (i % 1000), 1 + (i % 300)] as const);
    const figures = play(pool({}, { kvBlocks: 6300 }), rows).figures(0);
    expect(figures[C.FIGURE_E2E_SUM]! / figures[C.FIGURE_SYSTEM_AREA]!).toBeCloseTo(1, 12);
  });
});

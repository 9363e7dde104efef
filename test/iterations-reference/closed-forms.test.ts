/** Runs whose times have a closed form. */
import { describe, expect, it } from "vitest";
import type { IterationModel } from "../../host/profiles/iteration-model.js";
import { tick } from "../reference/demand.js";
import { caseOf, crossing, linear, pool, request } from "./building.js";
import { ticksOf } from "./clock.js";
import { type BatchLoad, durationOf } from "./duration.js";
import { simulateIterations } from "./simulate.js";
import { drawnThinkS } from "./streams.js";

const model = linear(2, 0.01, 0.0003, 0.00002, 0.05);

/** Tick at which a run of iterations ends that begins at tick 0. */
function endOf(loads: readonly BatchLoad[], of: IterationModel = model): number {
  return Number(ticksOf(loads.reduce((sum, load) => sum + durationOf(of, load), 0n)));
}

const prompt = (n: number, input: number): BatchLoad => ({
  decodes: 0,
  context: 0,
  chunks: Array.from({ length: n }, () => ({ tokens: input, processed: 0 })),
});

/** Decode iterations of `n` requests whose first tokens are out. */
const decoding = (n: number, input: number, output: number): BatchLoad[] =>
  Array.from({ length: output - 1 }, (_, i) => ({ decodes: n, context: n * (input + i), chunks: [] }));

describe.each(["vllm", "vllm-v0", "sarathi", "orca", "static"] as const)("%s", (scheduler) => {
  it("serves one request in its prefill and its decodes", () => {
    const { requests } = simulateIterations(caseOf([pool({ model, scheduler })], [request(0, 100, 50)]));
    const ttft = endOf([prompt(1, 100)]);
    const e2e = endOf([prompt(1, 100), ...decoding(1, 100, 50)]);
    expect(requests[0]).toMatchObject({ waitTick: 0, ttft, e2e, tpot: Math.round((e2e - ttft) / 49) });
  });

  it("serves n equal requests as one batch", () => {
    const batch = Array.from({ length: 8 }, () => request(0, 10, 20));
    const { requests, pools } = simulateIterations(caseOf([pool({ model: crossing(), scheduler })], batch));
    const e2e = endOf([prompt(8, 10), ...decoding(8, 10, 20)], crossing());
    expect(requests.map((row) => row.e2e)).toEqual(batch.map(() => e2e));
    expect(pools[0]).toMatchObject({ iterations: 20, largestBatch: 8, decodeTokens: 8 * 19, busyTicks: e2e });
  });
});

it("a prompt is cut into chunks of the budget", () => {
  const { requests } = simulateIterations(caseOf([pool({ model, maxNumBatchedTokens: 16 })], [request(0, 40, 1)]));
  const chunks = [16, 16, 8].map((tokens, i) => ({ decodes: 0, context: 0, chunks: [{ tokens, processed: 16 * i }] }));
  expect(requests[0]!.ttft).toBe(endOf(chunks));
});

it("a decode token costs the iteration of its batch", () => {
  const batch = Array.from({ length: 6 }, () => request(0, 1, 101));
  const perSequence = linear(2, 0, 0, 0, 0.5);
  const { requests } = simulateIterations(caseOf([pool({ model: perSequence })], batch));
  expect(requests.map((row) => row.tpot)).toEqual(batch.map(() => (2 + 6 * 0.5) * 1e6));
});

it("an idle lane forgets the grains of its clock", () => {
  const { requests } = simulateIterations(caseOf([pool({ model })], [request(0, 7, 3), request(1000, 7, 3)]));
  expect(requests[1]!.e2e).toBe(requests[0]!.e2e);
});

it("a pipeline with all its lanes full gives a token for every stage time", () => {
  const requests = Array.from({ length: 3 }, () => request(0, 1, 200));
  const result = simulateIterations(caseOf([pool({ model: linear(3, 0), pp: 3 })], requests));
  expect(result.requests.map((row) => row.tpot)).toEqual([3e6, 3e6, 3e6]);
  expect(result.requests.map((row) => row.ttft)).toEqual([3e6, 4e6, 5e6]);
});

it("a pipeline stage takes a tick at least", () => {
  const { requests } = simulateIterations(caseOf([pool({ model: linear(0, 0), pp: 3 })], [request(0, 1, 4)]));
  expect(requests[0]!.e2e).toBe(4 * 3);
});

it("TPOT is rounded to the nearest tick, halves to even", () => {
  // Decodes take 1 + 2, 2 + 3 and 3 + 4 ns: 1.5, 2.5 and 3.5 ns a token.
  const tpots = [1, 2, 3].map((input) => {
    const one = caseOf([pool({ model: linear(0, 0, 1e-6) })], [request(0, input, 3)]);
    return simulateIterations(one).requests[0]!.tpot;
  });
  expect(tpots).toEqual([2, 2, 4]);
});

it("a request of one token has no TPOT", () => {
  expect(simulateIterations(caseOf([pool({ model })], [request(0, 5, 1)])).requests[0]!.tpot).toBeNull();
});

it("a user thinks an exponential time after each answer", () => {
  const loop = { concurrency: 1, thinkS: 0.01, think: "exponential" as const };
  const one = caseOf(
    [pool({ model })],
    [0, 0, 0, 0].map((at) => request(at, 5, 2)),
    { closedLoop: loop },
  );
  const { requests } = simulateIterations(one);
  const think = requests.slice(1).map((row, k) => row.arrivalTick - requests[k]!.endTick);
  expect(think).toEqual([0, 1, 2].map((k) => tick(drawnThinkS(one, k, 0.01))));
});

it("think times are drawn in the order in which requests are settled", () => {
  const loop = { concurrency: 2, thinkS: 0.01, think: "exponential" as const };
  const one = caseOf(
    [pool({ model })],
    [0, 0, 0, 0].map((at) => request(at, 5, 2)),
    { closedLoop: loop },
  );
  const { requests } = simulateIterations(one);
  const think = requests.slice(2).map((row) => row.arrivalTick - requests[0]!.endTick);
  expect(requests[1]!.endTick).toBe(requests[0]!.endTick);
  expect(think).toEqual([0, 1].map((k) => tick(drawnThinkS(one, k, 0.01))).sort((a, b) => a - b));
});

it("the load of a pool of pipelines is shared among all seats of a replica", () => {
  // Two lanes of two seats, and a fifth that is nobody's: the fourth request finds three of four seats taken, the fifth four.
  const pools = [pool({ pp: 2 }, { slots: 5, maxCtx: 500 }), pool()];
  const router = { type: "spillover" as const, threshold: 500, spillThreshold: 1 };
  const requests = Array.from({ length: 6 }, () => request(0, 1, 100));
  const { requests: rows } = simulateIterations(caseOf(pools, requests, { router }));
  expect(rows.map((row) => row.pool)).toEqual([0, 0, 0, 0, 1, 1]);
});

import { describe, expect, test } from "vitest";
import { openScalable, type ScalableRequests } from "../../host/planners/capacity-requests.js";
import { holdRequests } from "../../host/planners/capacity-held-requests.js";
import { drawnSource } from "../../host/planners/drawn-source.js";
import type { ReplayRequests } from "../../host/planners/replay.js";
import type { RequestChunk, RequestSource } from "../../host/workloads/requests.js";
import { InputError } from "../../host/specs/input-error.js";
import { fixedLengths } from "./capacity-fixtures.js";
import { inPieces, traceText } from "./small-fleet.js";

const runs = { seed: 7, replications: 1, isClosedLoop: false };
const trace = (rows: readonly (readonly (number | string)[])[]) => ({
  name: "t.csv",
  open: () => inPieces(traceText(rows)),
});
const three = trace([
  [10, 512, 10, "a", "prose"],
  [12, 600, 20, "b", "code"],
  [20, 700, 30],
]);

async function played(source: RequestSource): Promise<{ arrivalS: number[]; lengths: number[][]; names: string[][] }> {
  const all = { arrivalS: [] as number[], lengths: [] as number[][], names: [] as string[][] };
  for await (const chunk of source.chunks()) {
    for (let i = 0; i < chunk.count; i++) {
      all.arrivalS.push(chunk.arrivalS[i]!);
      all.lengths.push([chunk.inputTokens[i]!, chunk.outputTokens[i]!]);
      all.names.push([source.labels[chunk.label[i]!]!, source.categories[chunk.category[i]!]!]);
    }
  }
  return all;
}

async function at(requests: ScalableRequests, rateRps: number, count = requests.count, replication = 0) {
  const given: ReplayRequests = requests.at(rateRps, count);
  if ("drawn" in given) return played(drawnSource(given.drawn, { seed: runs.seed, replication }));
  return played(await given.open(replication));
}

describe("drawn requests", () => {
  test.each(["azure", "azure-conv", "mooncake-conversation"])("of %s are the same at every rate", async (name) => {
    const requests = await openScalable(name, { count: 20_000, rateRps: 5 }, runs);
    const slow = await at(requests, 5);
    const fast = await at(requests, 50);
    expect(fast.lengths).toEqual(slow.lengths);
    for (const [i, time] of fast.arrivalS.entries()) expect(time).toBeCloseTo(slow.arrivalS[i]! / 10, 6);
  });

  test("come at the workload's own rate, unless another is given", async () => {
    expect(await openScalable("azure-conv", {}, runs)).toMatchObject({ isDrawn: true, ownRateRps: 5.906666666666666 });
    expect(await openScalable("azure-conv", { rateRps: 3 }, runs)).toMatchObject({ ownRateRps: 3 });
    expect(await openScalable("azure-conv", { arrivals: { type: "deterministic" } }, runs)).toMatchObject({
      ownRateRps: 5.906666666666666,
    });
    expect((await openScalable(fixedLengths(1, 1), {}, runs)).ownRateRps).toBeUndefined();
  });

  test("repeat themselves after a round of a workload that varies in time", async () => {
    expect((await openScalable("azure-conv", {}, runs)).cycle).toBeCloseTo(14_176, 6);
    expect((await openScalable("azure", {}, runs)).cycle).toBeUndefined();
  });

  test("can be had in any number", async () => {
    const requests = await openScalable("azure", {}, runs);
    expect((await at(requests, 5, 123)).arrivalS.length).toBe(123);
  });

  test("that vary in time at no rate of their own need one", async () => {
    const model = { ...fixedLengths(1, 1), profile: { stepS: 60, relativeRate: Float64Array.of(0.5, 1.5) } };
    await expect(openScalable(model, {}, runs)).rejects.toThrow("--rate must say at which");
    expect((await openScalable(model, { rateRps: 2 }, runs)).cycle).toBe(240);
    expect((await openScalable(model, {}, { ...runs, isClosedLoop: true })).isDrawn).toBe(true);
  });

  test("end before the clock does at the slowest rate", async () => {
    const requests = await openScalable("azure-conv", { arrivals: { type: "gamma", cv: 5 }, count: 3000 }, runs);
    const { arrivalS } = await at(requests, requests.slowestRps(3000));
    expect(arrivalS.at(-1)).toBeLessThan(1e9);
  });
});

describe("a trace", () => {
  test("is played faster or slower, from its first request on", async () => {
    const requests = await openScalable(three, {}, runs);
    expect(requests).toMatchObject({ isDrawn: false, count: 3, ownRateRps: 0.2 });
    const { arrivalS, lengths, names } = await at(requests, 0.4);
    const own = await at(requests, 0.2);
    expect(arrivalS.map((time, i) => [time, own.arrivalS[i]! / 2])).toEqual(arrivalS.map((time) => [time, time]));
    expect(arrivalS[2]! - arrivalS[0]!).toBeCloseTo(5, 12);
    expect(lengths).toEqual([
      [512, 10],
      [600, 20],
      [700, 30],
    ]);
    expect(names).toEqual([
      ["a", "prose"],
      ["b", "code"],
      ["", ""],
    ]);
  });

  test("is the same again after a run has written into what it was lent", async () => {
    const requests = await openScalable(three, {}, runs);
    const before = await at(requests, 0.2);
    const given = requests.at(0.2, 3);
    if ("drawn" in given) throw new Error("a trace is not drawn");
    for await (const chunk of (await given.open(0)).chunks()) {
      for (const column of [chunk.arrivalS, chunk.label, chunk.category]) column.fill(1);
    }
    expect(await at(requests, 0.2)).toEqual(before);
  });

  test("that can be read only once is held all the same", async () => {
    const requests = await openScalable(
      inPieces(
        traceText([
          [0, 1, 1],
          [4, 1, 1],
        ]),
      ),
      {},
      runs,
    );
    expect((await at(requests, 0.25)).arrivalS).toEqual((await at(requests, 0.25)).arrivalS);
  });

  test("gets drawn arrivals if a rate or a process is given", async () => {
    for (const [options, type] of [
      [{ rateRps: 3 }, "poisson"],
      [{ arrivals: { type: "deterministic" } }, "deterministic"],
    ] as const) {
      expect((await openScalable(three, options, runs)).at(8, 3)).toMatchObject({
        arrivals: { rateRps: 8, process: { type } },
      });
    }
  });

  test("is changed before it is held", async () => {
    expect((await openScalable(three, { limit: 2 }, runs)).count).toBe(2);
    expect((await openScalable(three, { repeat: 4 }, runs)).count).toBe(12);
    await expect(openScalable(three, { fromS: 100 }, runs)).rejects.toThrow("nothing to play");
  });

  test("has replications of its own where they are drawn", async () => {
    const several = { ...runs, replications: 2 };
    const many = trace(Array.from({ length: 200 }, (_, i) => [i, 1 + i, 1]));
    const scaled = await openScalable(many, { scale: 0.5 }, several);
    expect((await at(scaled, 1, 0, 1)).lengths).not.toEqual((await at(scaled, 1, 0, 0)).lengths);
    const plain = await openScalable(many, {}, several);
    expect(await at(plain, 1, 0, 1)).toEqual(await at(plain, 1, 0, 0));
  });

  test("of requests that arrive at one moment has no rate to change", async () => {
    const burst = trace([
      [5, 1, 1],
      [5, 1, 1],
    ]);
    await expect(openScalable(burst, {}, runs)).rejects.toThrow("--arrivals poisson draws new arrivals");
    expect((await openScalable(burst, { arrivals: { type: "poisson" } }, runs)).count).toBe(2);
    expect((await openScalable(burst, {}, { ...runs, isClosedLoop: true })).count).toBe(2);
  });

  test("is refused --n, as by replay", async () => {
    await expect(openScalable(three, { count: 5 }, runs)).rejects.toThrow(InputError);
  });
});

describe("holding requests", () => {
  const chunk = (count: number, ids = 0): RequestChunk => ({
    count,
    arrivalS: new Float64Array(count),
    inputTokens: new Uint32Array(count),
    outputTokens: new Uint32Array(count),
    label: new Uint16Array(count),
    category: new Uint8Array(count),
    ...(ids > 0
      ? {
          blocks: {
            offsets: Uint32Array.from({ length: count + 1 }, (_, i) => 100 + i * ids),
            ids: new Uint32Array(100 + count * ids).map((_, i) => i),
          },
        }
      : {}),
  });
  const source = (chunks: Iterable<RequestChunk>): RequestSource => ({
    labels: [""],
    categories: [""],
    chunks: async function* () {
      yield* chunks;
    },
  });

  test("keeps the blocks of each chunk", async () => {
    const held = await holdRequests(source([chunk(3, 2), chunk(2, 2)]), "t");
    expect(held).toMatchObject({ count: 5, blockIds: 10 });
    expect(held.chunks.map(({ blocks }) => [[...blocks!.offsets], [...blocks!.ids]])).toEqual([
      [
        [0, 2, 4, 6],
        [100, 101, 102, 103, 104, 105],
      ],
      [
        [0, 2, 4],
        [100, 101, 102, 103],
      ],
    ]);
  });

  test("stops at a trace without end", async () => {
    function* endless() {
      for (;;) yield chunk(65_536);
    }
    await expect(holdRequests(source(endless()), "t.csv")).rejects.toThrow("t.csv: has more than 4000000 requests");
  });
});

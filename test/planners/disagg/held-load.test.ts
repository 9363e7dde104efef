import { describe, expect, test } from "vitest";
import { holdLoad } from "../../../host/planners/disagg/held-load.js";
import { openPlanningRequests } from "../../../host/planners/planning-requests.js";
import type { RequestChunk, RequestSource } from "../../../host/workloads/requests.js";
import { fixedLengths } from "../capacity-fixtures.js";
import { inPieces, traceText } from "../small-fleet.js";

async function rowsOf(source: RequestSource): Promise<[arrivalS: number, input: number, output: number][]> {
  const rows: [number, number, number][] = [];
  for await (const chunk of source.chunks()) {
    const { count, arrivalS, inputTokens, outputTokens }: RequestChunk = chunk;
    for (let i = 0; i < count; i++) rows.push([arrivalS[i]!, inputTokens[i]!, outputTokens[i]!]);
  }
  return rows;
}

const trace = (rows: readonly (readonly number[])[]) =>
  openPlanningRequests({ trace: { name: "t.csv", open: () => inPieces(traceText(rows)) } });

const OPTIONS = { maxCtx: 1000, count: 100, isCount: false, seed: 1 };

describe("a trace", () => {
  const rows = [
    [0, 100, 10],
    [1, 2000, 10],
    [2, 300, 30],
    [4, 200, 20],
  ];

  test("is held whole but for what is too long, and keeps its order and gaps", async () => {
    const opened = await trace(rows);
    const load = await holdLoad(opened, { ...OPTIONS, count: 2 });
    expect(await rowsOf(load.at(opened.rateRps))).toEqual([rows[0], rows[2], rows[3]]);
    expect(load).toMatchObject({ count: 3, share: 0.75, tooLongShare: 0.25, meanInput: 200, meanOutput: 20 });
  });

  test("is played faster and slower, the same requests", async () => {
    const opened = await trace(rows);
    const load = await holdLoad(opened, OPTIONS);
    const fast = await rowsOf(load.at(2 * opened.rateRps));
    expect(fast.map(([arrivalS]) => arrivalS)).toEqual([0, 1, 2]);
    expect(await rowsOf(load.at(opened.rateRps))).toEqual([rows[0], rows[2], rows[3]]);
  });

  test("is cut where so many are asked for and no more", async () => {
    const opened = await trace(rows);
    expect((await holdLoad(opened, { ...OPTIONS, count: 2, isCount: true })).count).toBe(2);
  });

  test("has lengths that are given in place of its own", async () => {
    const opened = await trace(rows);
    const load = await holdLoad(opened, { ...OPTIONS, input: 64, output: 8 });
    expect((await rowsOf(load.at(1))).map(([, input, output]) => [input, output])).toEqual([
      [64, 8],
      [64, 8],
      [64, 8],
    ]);
  });

  test("without a request that is short enough is refused", async () => {
    const answer = holdLoad(await trace(rows), { ...OPTIONS, maxCtx: 50 });
    await expect(answer).rejects.toThrow("no request of t.csv has at most 50 tokens: the fleet would serve none.");
  });
});

describe("a workload", () => {
  test("is drawn as often as is wanted, the same for the same seed", async () => {
    const opened = await openPlanningRequests({ workload: "azure", rateRps: 10 });
    const once = await holdLoad(opened, { ...OPTIONS, count: 3000 });
    const again = await holdLoad(opened, { ...OPTIONS, count: 3000 });
    const other = await holdLoad(opened, { ...OPTIONS, count: 3000, seed: 2 });
    expect(once.count).toBe(3000);
    expect(await rowsOf(once.at(10))).toEqual(await rowsOf(again.at(10)));
    expect(await rowsOf(other.at(10))).not.toEqual(await rowsOf(once.at(10)));
  });

  test("comes at the rate that is asked for, what is left out counted", async () => {
    const opened = await openPlanningRequests({ workload: "azure", rateRps: 10 });
    const load = await holdLoad(opened, { ...OPTIONS, count: 20_000 });
    const rows = await rowsOf(load.at(40));
    expect((rows.length - 1) / (rows.at(-1)![0] - rows[0]![0])).toBeCloseTo(40 * load.share, 0);
    expect(load.share).toBeCloseTo(0.4, 1);
  });

  test("that varies in time is held in whole rounds", async () => {
    const opened = await openPlanningRequests({ workload: "azure-conv", rateRps: 20 });
    const load = await holdLoad(opened, { ...OPTIONS, maxCtx: 1_000_000, count: 8000 });
    expect(load.count % Math.round(opened.cycle!)).toBe(0);
    expect(load.count).toBeGreaterThanOrEqual(8000);
  });

  test("whose lengths are all too long is refused", async () => {
    const opened = await openPlanningRequests({ workload: fixedLengths(600, 600), rateRps: 1 });
    await expect(holdLoad(opened, { ...OPTIONS, count: 10 })).rejects.toThrow("the fleet would serve none");
  });
});

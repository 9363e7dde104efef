import { describe, expect, test } from "vitest";
import { drawnSource } from "../../host/planners/drawn-source.js";
import {
  openPlanningRequests,
  plannedRun,
  type PlanningInput,
  type PlanningRequests,
} from "../../host/planners/planning-requests.js";
import { InputError } from "../../host/specs/input-error.js";
import { fixedLengths } from "./capacity-fixtures.js";
import { inPieces, traceText } from "./small-fleet.js";

const file = (text: string, name = "t.csv") => ({ name, open: () => inPieces(text) });
const three = file(
  traceText([
    [10, 512, 10, "a", "prose"],
    [12, 600, 20, "b", "code"],
    [20, 700, 30],
  ]),
);

/** Arrivals and lengths at the planned rate. */
async function played(requests: PlanningRequests, count = requests.count): Promise<number[][]> {
  const run = requests.at(requests.rateRps, count);
  const source = "drawn" in run ? drawnSource(run.drawn, { seed: 1 }) : await run.open(0);
  const rows: number[][] = [];
  for await (const chunk of source.chunks()) {
    for (let i = 0; i < chunk.count; i++) {
      rows.push([chunk.arrivalS[i]!, chunk.inputTokens[i]!, chunk.outputTokens[i]!]);
    }
  }
  return rows;
}

describe("the rate that is planned for", () => {
  test.each<[PlanningInput, number]>([
    [{ workload: "azure" }, 200],
    [{ cdf: [[512, 1]] }, 200],
    [{ workload: "azure-conv" }, 5.906666666666666],
    [{ trace: three }, 0.2],
    [{ trace: three, arrivals: { type: "poisson" } }, 0.2],
    [{ workload: "azure", rateRps: 3 }, 3],
    [{ workload: "azure-conv", rateRps: 3 }, 3],
    [{ trace: three, rateRps: 3 }, 3],
  ])("of %o is %d requests/s", async (input, rateRps) => {
    expect((await openPlanningRequests(input)).rateRps).toBeCloseTo(rateRps, 12);
  });

  test("can be changed of requests that are open", async () => {
    const opened = await openPlanningRequests({ trace: three });
    expect((await openPlanningRequests({ opened, rateRps: 7 })).rateRps).toBe(7);
    expect(await openPlanningRequests({ opened })).toBe(opened);
  });
});

describe("a trace", () => {
  test("is played faster or slower, every request with its own lengths", async () => {
    const rows = await played(await openPlanningRequests({ trace: three, rateRps: 0.4 }));
    expect(rows.map((row) => row.slice(1))).toEqual([
      [512, 10],
      [600, 20],
      [700, 30],
    ]);
    expect(rows[1]![0]! - rows[0]![0]!).toBeCloseTo(1, 12);
    expect(rows[2]![0]! - rows[1]![0]!).toBeCloseTo(4, 12);
  });

  test("is held for analysis, labels and all", async () => {
    const { content, name, isDrawn, cdf } = await openPlanningRequests({ trace: three });
    expect({ name, isDrawn, cdf }).toEqual({ name: "t.csv", isDrawn: false, cdf: undefined });
    if (!("held" in content)) throw new Error("a trace is not drawn");
    expect(content.held.labels).toEqual(["", "a", "b"]);
    expect(content.held.count).toBe(3);
  });

  test("can be taken in part", async () => {
    expect((await openPlanningRequests({ trace: three, limit: 2 })).count).toBe(2);
    expect((await openPlanningRequests({ trace: three, repeat: 3 })).count).toBe(9);
    expect((await openPlanningRequests({ trace: three, fromS: 1, toS: 15 })).count).toBe(2);
  });

  test("is played whole", async () => {
    const requests = await openPlanningRequests({ trace: three });
    expect(plannedRun(requests, undefined, 1000).count).toBe(3);
    expect(() => plannedRun(requests, 2, 1000)).toThrow("t.csv: is a trace, and played whole; --n-req");
  });

  test("tells what was read of it, and its own rate", async () => {
    const bad = file(`${traceText([[0, 10, 10]])}\n1,x,10,,\n4,10,10,,`);
    const { told } = plannedRun(
      await openPlanningRequests({ trace: bad, maxUnusableShare: 0.5, rateRps: 1 }),
      undefined,
      1000,
    );
    expect(told.arrivals).toEqual([{ trace: "t.csv", rate_rps: 1, own_rate_rps: 0.25, requests: 2 }]);
    expect(told.trace).toMatchObject({ rows: 3, used: 2 });
  });

  test.each<[PlanningInput, string]>([
    [{ trace: "azure-conv" }, "azure-conv: is a workload to draw from, not a trace; give it as --workload"],
    [{ trace: fixedLengths(1, 1) }, "fixed: is a workload to draw from, not a trace"],
    [{ trace: file("[[512, 1]]", "cdf.json") }, "cdf.json: is a CDF to draw from, not a trace; give it as --cdf."],
    [{ trace: "/no/such.csv" }, "/no/such.csv: no such file"],
    [{ trace: file(traceText([[1, 1, 1]])) }, "t.csv: its 1 requests arrive at one moment"],
  ])("%o is refused", async (input, message) => {
    const answer = openPlanningRequests(input);
    await expect(answer).rejects.toThrow(InputError);
    await expect(answer).rejects.toThrow(message);
  });

  test("without arrival times gets drawn ones at a rate that is given", async () => {
    const timeless = file(
      traceText([
        [0, 1, 1],
        [0, 2, 2],
      ]),
    );
    const poisson = { trace: timeless, arrivals: { type: "poisson" } } as const;
    await expect(openPlanningRequests(poisson)).rejects.toThrow("--lam must give one");
    expect((await openPlanningRequests({ ...poisson, rateRps: 5 })).at(5, 2)).toMatchObject({
      arrivals: { rateRps: 5, process: { type: "poisson" } },
    });
  });
});

describe("a workload", () => {
  test("is drawn in any number, and known for analysis", async () => {
    const requests = await openPlanningRequests({ workload: "azure-conv" });
    expect((await played(requests, 123)).length).toBe(123);
    expect(requests.content).toMatchObject({ model: { name: "azure-conv" } });
    expect(plannedRun(requests, undefined, 1000).count).toBe(1000);
    expect(plannedRun(requests, 5, 1000).told).toEqual({
      arrivals: [{ workload: "azure-conv", rate_rps: requests.rateRps, own_rate_rps: 5.906666666666666, requests: 5 }],
    });
  });

  test("that varies in time is the same at every rate, stretched", async () => {
    const slow = await played(await openPlanningRequests({ workload: "azure-conv", rateRps: 5 }), 5000);
    const fast = await played(await openPlanningRequests({ workload: "azure-conv", rateRps: 50 }), 5000);
    expect(fast.map((row) => row.slice(1))).toEqual(slow.map((row) => row.slice(1)));
    expect(fast.at(-1)![0]).toBeCloseTo(slow.at(-1)![0]! / 10, 6);
  });

  test("of a CDF keeps its points", async () => {
    expect((await openPlanningRequests({ cdf: [[512, 1]] })).cdf).toEqual([[512, 1]]);
    expect((await openPlanningRequests({ workload: "azure" })).cdf).toHaveLength(18);
    expect((await openPlanningRequests({ workload: "azure-conv" })).cdf).toBeUndefined();
  });

  test("of a CDF has the share of input that is given", async () => {
    const rows = await played(await openPlanningRequests({ cdf: [[1000, 1]], inputShare: 0.25 }), 10);
    for (const [, input, output] of rows) expect(input).toBe(Math.max(1, Math.trunc((input! + output!) * 0.25)));
  });
});

import { describe, expect, test } from "vitest";
import { drawnSource } from "../../../host/planners/drawn-source.js";
import { drawnSupply } from "../../../host/planners/sizing/drawn-supply.js";
import { getBuiltinWorkload } from "../../../host/workloads/builtin/catalog.js";
import { cdfToModel } from "../../../host/workloads/cdf.js";
import { clipTotals } from "../../../host/workloads/clip-totals.js";
import { lengthLawOf } from "../../../host/workloads/length-law/law-of-model.js";
import type { WorkloadModel } from "../../../host/workloads/models.js";
import { fixedLengths } from "../capacity-fixtures.js";
import { SMALL_CDF } from "./sizing-fixtures.js";

const RANGES = [
  [0, 250],
  [250, 1000],
  [999, 1001],
  [1000, 3500],
  [0, 4000],
] as const;

const models: [string, WorkloadModel][] = [
  ["a CDF", cdfToModel(SMALL_CDF, "small")],
  ["a CDF of which 0.55 is input", cdfToModel(SMALL_CDF, "small", { inputShare: 0.55 })],
  ["azure", getBuiltinWorkload("azure")],
];

describe.each(models)("%s clipped to a range of totals", (_name, model) => {
  const law = lengthLawOf(model);

  test.each(RANGES)("has the share of the requests above %d up to %d", (above, upTo) => {
    expect(clipTotals(model, above, upTo)!.share).toBeCloseTo(law.share(above, upTo), 10);
  });

  test.each(RANGES)("has the law of lengths that those above %d up to %d have", (above, upTo) => {
    const own = lengthLawOf(clipTotals(model, above, upTo)!.model);
    expect(own.share(above, upTo)).toBeCloseTo(1, 10);
    for (const f of [
      (input: number) => input,
      (_input: number, output: number) => output,
      (input: number, output: number) => input * output,
      (input: number) => input ** 3,
    ]) {
      expect(own.mean(f) / law.mean(f, above, upTo)).toBeCloseTo(1, 9);
    }
    const middle = Math.round((above + upTo) / 2);
    const conditional = law.share(above, middle) / law.share(above, upTo);
    expect(own.share(0, middle)).toBeCloseTo(conditional, 9);
  });
});

test("a long draw agrees with the clipped law", async () => {
  const model = cdfToModel(SMALL_CDF, "small");
  const clipped = clipTotals(model, 250, 2000)!;
  const count = 60_000;
  const rateRps = 100 * clipped.share;
  const source = drawnSource({ model: clipped.model, rateRps, count, process: { type: "poisson" } }, { seed: 5 });
  const sums = { input: 0, output: 0, least: Infinity, most: 0, last: 0 };
  for await (const chunk of source.chunks()) {
    for (let i = 0; i < chunk.count; i++) {
      const total = chunk.inputTokens[i]! + chunk.outputTokens[i]!;
      sums.input += chunk.inputTokens[i]!;
      sums.output += chunk.outputTokens[i]!;
      sums.least = Math.min(sums.least, total);
      sums.most = Math.max(sums.most, total);
      sums.last = chunk.arrivalS[i]!;
    }
  }
  const law = lengthLawOf(model);
  expect(sums.least).toBeGreaterThan(250);
  expect(sums.most).toBeLessThanOrEqual(2000);
  expect(sums.input / count / law.mean((input) => input, 250, 2000)).toBeCloseTo(1, 1.8);
  expect(sums.output / count / law.mean((_input, output) => output, 250, 2000)).toBeCloseTo(1, 1.8);
  expect(count / sums.last / (100 * law.share(250, 2000))).toBeCloseTo(1, 1.8);
});

describe("a workload is not drawn part by part", () => {
  const drawn = { rateRps: 5, count: 100, process: { type: "poisson" } } as const;

  test("where input and output have lengths of their own", () => {
    expect(drawnSupply({ ...drawn, model: fixedLengths(100, 10) })).toBeUndefined();
  });

  test("where it varies in time", () => {
    expect(drawnSupply({ ...drawn, model: getBuiltinWorkload("azure-conv") })).toBeUndefined();
  });

  test("where arrivals are not Poisson: what is left of them would be other ones", () => {
    const process = { type: "gamma", cv: 3 } as const;
    expect(drawnSupply({ ...drawn, process, model: getBuiltinWorkload("azure") })).toBeUndefined();
  });
});

describe("a part that is drawn", () => {
  const supply = drawnSupply({
    model: getBuiltinWorkload("azure"),
    rateRps: 50,
    count: 1,
    process: { type: "poisson" },
  })!;

  test("comes at its share of the rate", async () => {
    const part = await supply.part({ above: 0, upTo: 2048 }, 1000);
    const share = lengthLawOf(getBuiltinWorkload("azure")).share(0, 2048);
    expect(part.draw!.rateRps).toBeCloseTo(50 * share, 8);
    expect(part.lookedAt).toBe(Math.ceil(1000 / share - 1e-9));
    expect(part.spanS).toBeCloseTo(1000 / (50 * share), 6);
  });

  test("is empty where there are no requests", async () => {
    expect((await supply.part({ above: 1e6, upTo: 2e6 }, 1000)).count).toBe(0);
  });
});

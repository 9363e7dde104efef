import { expect, test } from "vitest";
import { fleetCandidate } from "../../../host/planners/sizing/fleet-candidate.js";
import { tooLongShare, turnsTooManyAway, windowNeeded } from "../../../host/planners/sizing/too-long-share.js";
import { optimize } from "../../../host/planners/optimize.js";
import { plan } from "../../../host/planners/plan.js";
import { cdfToModel } from "../../../host/workloads/cdf.js";
import { lengthLawOf } from "../../../host/workloads/length-law/law-of-model.js";

// 2 % of the requests have from 1,001 to 2,000 tokens: up to 1,500 leaves 1 % out.
const model = cdfToModel(
  [
    [1000, 0.98],
    [2000, 1],
  ],
  "long ones",
);
const law = lengthLawOf(model);

test("a share that is too long is that above the window, and nothing where the window holds all", () => {
  expect(tooLongShare(law, 1500)).toBeCloseTo(0.01, 12);
  expect(tooLongShare(law, 2000)).toBe(0);
});

test("a window that leaves out more than a P99 does is too small, and the least that is not is told", () => {
  const candidate = (maxCtx: number) => fleetCandidate({ boundaries: [], maxCtx, optionsOf: () => [] });
  const needed = windowNeeded(law, 1000)!;
  expect(Math.abs(needed - 1500)).toBeLessThanOrEqual(1);
  expect([needed - 1, needed].map((maxCtx) => turnsTooManyAway(law, candidate(maxCtx)))).toEqual([true, false]);
  expect(windowNeeded(law, needed)).toBeNull();
});

test("no fleet is recommended that turns away more than a P99 leaves, and nothing is simulated for it", async () => {
  const question = { workload: model, rateRps: 1, requests: 1000 } as const;
  const planned = await plan({ ...question, maxCtx: 1200 });
  expect(planned).toMatchObject({ feasible: false, fleet: null, nearest_miss: null, search: { runs: 0 } });
  const optimized = await optimize({ ...question, bShort: 500, longMaxCtx: 1200 });
  expect(optimized).toMatchObject({ best: null, fleet: null, runs: 0, least_max_ctx: planned.least_max_ctx });
  expect(optimized.rows.map(({ slo_met }) => slo_met)).not.toContain(true);
});

test("a window that leaves out a little less is planned for", async () => {
  const planned = await plan({ workload: model, rateRps: 1, requests: 1000, maxCtx: 1600 });
  expect(planned).toMatchObject({
    feasible: true,
    least_max_ctx: null,
    too_long_share: expect.closeTo(0.008, 3) as number,
  });
});

import { describe, expect, test } from "vitest";
import { disaggCompat } from "../../host/planners/disagg-compat.js";
import { gridFlexCompat } from "../../host/planners/grid-flex-compat.js";
import { optimizeCompat } from "../../host/planners/optimize-compat.js";
import { paretoCompat } from "../../host/planners/pareto-compat.js";
import { openPlanningRequests, type PlanningInput } from "../../host/planners/planning-requests.js";
import { tokensPerWattCompat } from "../../host/planners/tok-per-watt-compat.js";

/** Every planner with formulas of the Python tool, asked about the same requests. */
const PLANNERS: readonly [string, (input: PlanningInput) => Promise<unknown>][] = [
  ["disagg", (input) => disaggCompat({ ...input, gpuPrefill: "h100", gpuDecode: "a100" })],
  ["grid-flex", (input) => gridFlexCompat({ ...input, gpu: "h100", gpus: 40 })],
  ["optimize", (input) => optimizeCompat(input)],
  ["pareto", (input) => paretoCompat(input)],
  ["tok-per-watt", (input) => tokensPerWattCompat(input)],
];

describe.each(PLANNERS)("%s by the formulas of the Python tool", (_name, ask) => {
  test("takes the rate of requests that are open", async () => {
    const given = { workload: "azure", rateRps: 37 };
    expect(await ask({ opened: await openPlanningRequests(given) })).toEqual(await ask(given));
    expect(await ask(given)).not.toEqual(await ask({ ...given, rateRps: 371 }));
  });

  test("refuses arrivals that it does not know", async () => {
    await expect(ask({ workload: "azure", arrivals: { type: "gamma", cv: 2 } })).rejects.toThrow(
      "arrivals are gamma, but the formulas of the Python tool know poisson arrivals alone.",
    );
  });
});

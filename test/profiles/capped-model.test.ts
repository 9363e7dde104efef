import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { underCap } from "../../host/profiles/capped-model.js";
import type { AffineModel, IterationModel } from "../../host/profiles/iteration-model.js";
import { linearModel, profileModel } from "../../host/profiles/linear-model.js";
import { meanIterationS, type BatchMix } from "../../host/profiles/mean-iteration.js";
import { rooflineModel } from "../../host/profiles/roofline.js";
import { tableModel } from "../../host/profiles/table-model.js";
import { gpuProfile } from "../../host/specs/gpu-catalog.js";
import { checkFleet } from "../../host/specs/fleet-spec.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import type { ManualProfile } from "../../host/specs/profile-spec.js";
import type { RooflineSpec } from "../../host/specs/roofline-spec.js";
import { roofline } from "./roofline-cases.js";

const BARE = { ...gpuProfile("h100") };
delete BARE.power;
const POWERED: ManualProfile = { ...BARE, power: { idleW: 100, nominalW: 400, k: 0, x0: 0 } };

function capped(spec: RooflineSpec, powerCapW?: number): IterationModel {
  const fields = { iterationModel: rooflineModel(spec), roofline: spec };
  return underCap(fields, { id: "p", profile: BARE, powerCapW }).iterationModel;
}

function cappedByCurve(iterationModel: IterationModel, powerCapW: number): IterationModel {
  return underCap({ iterationModel }, { id: "p", profile: POWERED, powerCapW }).iterationModel;
}

function decoding(decodes: number, context = 1000): BatchMix {
  return { decodes, context: decodes * context, promptTokens: 0, work: 0, prompts: 0 };
}

function prefilling(promptTokens: number): BatchMix {
  return { decodes: 0, context: 0, promptTokens, work: promptTokens ** 2 / 2, prompts: 1 };
}

function slower(model: IterationModel, full: IterationModel, mix: BatchMix): number {
  return meanIterationS(model, mix) / meanIterationS(full, mix);
}

const LINEAR = linearModel({
  type: "linear",
  c0Ms: 10,
  c1Ms: 0.05,
  c2Ms: 2e-5,
  c3Ms: 1e-6,
  c4Ms: 0.01,
  tokenGranularity: 1,
});
const TABLE = tableModel({
  type: "table",
  decode: {
    batch: [1, 128],
    context: [0, 4096],
    ms: [
      [7, 7.5],
      [10, 28],
    ],
  },
  prefill: { tokens: [1, 512, 2048], context: [0], ms: [[7], [17], [60]] },
  fixedMs: 7,
});

describe("an H100 capped from 700 to 350 W, as Splitwise measured it", () => {
  const cases = [
    ["llama-3.1-8b", 1],
    ["llama-3.1-70b", 4],
    ["llama-3.1-70b", 8],
  ] as const;

  it.each(cases)("decodes %s on %i as fast as before, within 3 %%, in batches up to 64", (model, tp) => {
    const spec = roofline({ model, tp });
    for (const batch of [1, 4, 16, 32, 64]) {
      expect(slower(capped(spec, 350), rooflineModel(spec), decoding(batch))).toBeLessThan(1.03);
    }
  });

  it.each(cases)("takes 1.25 to 1.6 times as long for prompts of %s on %i", (model, tp) => {
    const spec = roofline({ model, tp });
    for (const tokens of [1024, 2048, 8192]) {
      const times = slower(capped(spec, 350), rooflineModel(spec), prefilling(tokens));
      expect(times).toBeGreaterThan(1.25);
      expect(times).toBeLessThan(1.6);
    }
  });

  it("takes 1.3 times as long, and more, where no all-reduce interrupts the products", () => {
    const spec = roofline();
    expect(slower(capped(spec, 350), rooflineModel(spec), prefilling(2048))).toBeGreaterThan(1.3);
  });
});

describe("an iteration under a cap", () => {
  it.each([undefined, 700, 1000])("is the same, bit for bit, without a cap that matters: %s", (cap) => {
    const spec = roofline({ model: "llama-3.1-70b", tp: 4 });
    expect(capped(spec, cap)).toEqual(rooflineModel(spec));
  });

  it.each([
    ["linear", LINEAR],
    ["table", TABLE],
    ["profile", profileModel(POWERED)],
  ])("is the same by a model %s at a cap of nominal power or more", (_, model) => {
    expect(cappedByCurve(model, 400)).toBe(model);
    expect(cappedByCurve(model, 500)).toBe(model);
  });

  it("is the same, bit for bit, for a batch of decodes that draws less than the cap", () => {
    const spec = roofline();
    const [model, full] = [capped(spec, 640), rooflineModel(spec)];
    expect(slower(model, full, decoding(128))).toBe(1);
    expect(slower(model, full, prefilling(2048))).toBeGreaterThan(1.01);
  });

  const mix = fc.record({
    decodes: fc.integer({ min: 0, max: 300 }),
    contextOf: fc.integer({ min: 0, max: 8000 }),
    promptTokens: fc.integer({ min: 1, max: 9000 }),
  });
  const caps = fc.tuple(fc.double({ min: 110, max: 700, noNaN: true }), fc.double({ min: 110, max: 700, noNaN: true }));

  it.each([
    ["roofline, one GPU", (cap: number) => capped(roofline(), cap)],
    [
      "roofline, experts, fp8",
      (cap: number) => capped(roofline({ hardware: "h200-sxm", model: "mixtral-8x7b", tp: 2, dtype: "fp8" }), cap),
    ],
    ["linear", (cap: number) => cappedByCurve(LINEAR, cap)],
    ["table", (cap: number) => cappedByCurve(TABLE, cap)],
    ["profile", (cap: number) => cappedByCurve(profileModel(POWERED), cap)],
  ] as const)("never takes less at a lower cap: %s", (_, under) => {
    fc.assert(
      fc.property(mix, caps, ({ decodes, contextOf, promptTokens }, [one, other]) => {
        const batch = { decodes, context: decodes * contextOf, promptTokens, work: promptTokens ** 2 / 2, prompts: 1 };
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        expect(meanIterationS(under(low), batch)).toBeGreaterThanOrEqual(
          meanIterationS(under(high), batch) * (1 - 1e-12),
        );
      }),
      { numRuns: 60 },
    );
  });

  it.each([120, 210, 350, 490, 650])("takes no less for more tokens, at %i W", (cap) => {
    const { knots } = capped(roofline(), cap) as AffineModel;
    for (let i = 1; i < knots.length; i++) expect(knots[i]!.other).toBeGreaterThanOrEqual(knots[i - 1]!.other);
  });

  it("keeps decodes of a linear model as they are, and slows prompts down beyond the ridge", () => {
    const model = cappedByCurve(LINEAR, 200);
    expect(slower(model, LINEAR, decoding(64))).toBeCloseTo(1, 12);
    // The clock is sqrt(1 / 3).
    const added = (of: IterationModel) =>
      meanIterationS(of, prefilling(2048)) - meanIterationS(of, { ...prefilling(256), work: 0 });
    expect(added(model) / added(LINEAR)).toBeCloseTo(Math.sqrt(3), 9);
  });

  it("slows down by a table what prompts take beyond the common time", () => {
    const model = cappedByCurve(TABLE, 200);
    expect(meanIterationS(model, decoding(128))).toBeCloseTo(meanIterationS(TABLE, decoding(128)), 12);
    expect(meanIterationS(model, prefilling(2048))).toBeCloseTo(0.007 + 0.053 * Math.sqrt(3), 9);
  });

  it("slows all of a profile down once the clock is below half", () => {
    const model = profileModel(POWERED);
    expect(slower(cappedByCurve(model, 176), model, decoding(64))).toBeCloseTo(1, 12);
    // (112 - 100) / 300 is 0.2 squared: 2/5 of the half.
    expect(slower(cappedByCurve(model, 112), model, decoding(64))).toBeCloseTo(2.5, 9);
  });
});

describe("a cap that cannot be", () => {
  it.each([
    ["idle", 105],
    ["below", 50],
  ])("is refused at or below idle power: %s", (_, cap) => {
    expect(() => capped(roofline(), cap)).toThrow(
      `The pool "p": power_cap_w is ${cap}; it must be above 105, the watts that one of its GPUs draws idle.`,
    );
  });

  it("is refused where nothing is known of power", () => {
    const pool = { id: "p", max_ctx: 8192, n_replicas: 1, power_cap_w: 300 };
    const pools = [{ ...pool, iteration_model: { type: "linear", c0_ms: 10 } }];
    expect(() => checkFleet({ pools })).toThrow(/power_cap_w is 300, but needs a pool whose power is known/);
  });
});

describe("a pool of a fleet file", () => {
  it("has the iterations that its cap leaves", () => {
    const model = { type: "roofline", hardware: "h100-sxm", model: "llama-3.1-8b" } as const;
    const pool = { id: "p", max_ctx: 8192, n_replicas: 1, iteration_model: model };
    const resolved = resolveFleet(checkFleet({ pools: [{ ...pool, power_cap_w: 350 }] })).pools[0]!;
    expect(resolved.iterationModel).toEqual(capped(roofline(), 350));
    expect(resolved.powerCapW).toBe(350);
  });
});

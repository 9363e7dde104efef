import { describe, expect, it } from "vitest";
import { powerCoefficients } from "../../host/profiles/power-coefficients.js";
import { rooflineModel } from "../../host/profiles/roofline.js";
import { rooflineGpuPowerW, utilisedPowerW } from "../../host/profiles/roofline-power.js";
import { hardwareFacts } from "../../host/specs/hardware-catalog.js";
import { MEASURED_POWER, meanContext } from "./power-measured.js";
import { roofline } from "./roofline-cases.js";

function gpuPowerW(fields: Record<string, unknown>, sequences: number, context: number): number {
  const spec = roofline(fields);
  return rooflineGpuPowerW(spec, rooflineModel(spec), { sequences, context });
}

function errors(hardware: string): number[] {
  return MEASURED_POWER.filter((measured) => measured.hardware === hardware).flatMap(({ model, gpus, rows }) =>
    rows.map(([batch, outputTokens, watts]) => {
      const power = gpuPowerW({ hardware, model, tp: gpus }, batch, meanContext(outputTokens));
      return (power * gpus) / watts - 1;
    }),
  );
}

describe("power of a GPU that decodes", () => {
  it.each([
    ["h100-sxm", 0.07, 0.16],
    ["b200-sxm", 0.12, 0.25],
  ] as const)("is near what ML.ENERGY measured on %s: %f on average, %f at most", (hardware, mean, most) => {
    const sizes = errors(hardware).map(Math.abs);
    expect(sizes.length).toBeGreaterThan(6);
    expect(sizes.reduce((sum, size) => sum + size, 0) / sizes.length).toBeLessThan(mean);
    expect(Math.max(...sizes)).toBeLessThan(most);
  });

  it.each([
    [1, 191],
    [32, 373],
    [128, 383],
  ])("meets the anchors of an A100 within 5 %%: %i sequences of a 70B model on 8 draw %i W", (sequences, watts) => {
    const power = gpuPowerW({ hardware: "a100-sxm-80gb", model: "llama-3.1-70b", tp: 8 }, sequences, 500);
    expect(Math.abs(power / watts - 1)).toBeLessThan(0.05);
  });

  it.each([
    [1, 304],
    [128, 582],
  ])(
    "is within 16 %% of the Python tool's curve of an H100: %i sequences of a 70B model on 8 draw %i W",
    (sequences, watts) => {
      const power = gpuPowerW({ model: "llama-3.1-70b", tp: 8 }, sequences, 500);
      expect(Math.abs(power / watts - 1)).toBeLessThan(0.16);
    },
  );

  it("rises with the batch as long as that waits for memory", () => {
    let before = 0;
    for (const sequences of [0, 0.5, 1, 2, 8, 32, 64, 128]) {
      const power = gpuPowerW({}, sequences, 1000);
      expect(power).toBeGreaterThan(before);
      before = power;
    }
  });

  it("is never beyond the board's", () => {
    for (const sequences of [128, 1024, 65_536]) {
      expect(gpuPowerW({ hardware: "b200-sxm" }, sequences, 100)).toBeLessThanOrEqual(1000);
    }
  });

  it("is idle without a sequence, and in between with less than one on average", () => {
    const at = (sequences: number) => gpuPowerW({}, sequences, 1000);
    expect(at(0)).toBeCloseTo(105, 9);
    expect(at(0.25)).toBeCloseTo(at(0) + (at(1) - at(0)) / 4, 9);
  });

  it("is what the board is known to draw idle, where that is known", () => {
    const hardware = { ...hardwareFacts("h100-sxm"), idleW: 70 };
    expect(utilisedPowerW(hardware, { mbu: 0, mfu: 0 })).toBeCloseTo(70, 9);
  });

  it("rises with memory traffic and with the root of arithmetic", () => {
    const hardware = hardwareFacts("h100-sxm");
    const of = (mbu: number, mfu: number) => utilisedPowerW(hardware, { mbu, mfu });
    expect(of(0.2, 0) - of(0.1, 0)).toBeCloseTo(0.1 * 0.5 * 700, 9);
    expect(of(0, 0.04) - of(0, 0.01)).toBeCloseTo(0.1 * 0.86 * 700, 9);
  });
});

describe("quality", () => {
  it.each([
    ["h100-sxm", "HIGH"],
    ["a100-sxm-80gb", "FAIR"],
    ["b200-sxm", "FAIR"],
    ["h200-sxm", "FAIR"],
    ["l40s", "LOW"],
    ["h100-pcie", "LOW"],
    ["mi300x", "LOW"],
  ] as const)("of %s is %s", (name, quality) => {
    expect(powerCoefficients(hardwareFacts(name)).quality).toBe(quality);
  });
});

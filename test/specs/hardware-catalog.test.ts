import { describe, expect, it } from "vitest";
import { check } from "../../host/specs/check.js";
import { HARDWARE_NAMES, hardwareFacts, hardwareSchema } from "../../host/specs/hardware-catalog.js";
import { InputError } from "../../host/specs/input-error.js";

const read = (value: unknown) => check(hardwareSchema, value, (path) => ["hardware", ...path.map(String)].join("."));
const refusal = (value: unknown) => {
  try {
    read(value);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("accepted");
};
const gpu = { peak_bf16_flops: 1e14, memory_bytes: 24e9, memory_bandwidth: 1e12 };
const names =
  "must be one of h100-sxm, h100-pcie, h200-sxm, a100-sxm-80gb, l40s, b200-sxm, a10g, l4, rtx-pro-6000, or an object with the facts.";

describe("the catalog of hardware", () => {
  it("finds a GPU in any case", () => {
    expect(read("H100-SXM")).toEqual(hardwareFacts("h100-sxm"));
  });

  it("counts peaks without sparsity", () => {
    expect(hardwareFacts("h100-sxm")).toMatchObject({ peakBf16Flops: 989.5e12, peakFp8Flops: 1979e12 });
  });

  it.each(HARDWARE_NAMES)("has fp8 of %s at twice the bf16, or none", (name) => {
    const { peakBf16Flops, peakFp8Flops } = hardwareFacts(name);
    if (peakFp8Flops !== undefined) expect(Math.abs(peakFp8Flops / peakBf16Flops - 2)).toBeLessThan(0.03);
  });

  it("has no fp8 on Ampere", () => {
    expect(hardwareFacts("a100-sxm-80gb")).not.toHaveProperty("peakFp8Flops");
    expect(hardwareFacts("a10g")).not.toHaveProperty("peakFp8Flops");
  });

  it.each(HARDWARE_NAMES)("has less memory for programs in %s than 2^30 bytes for each GB on its sheet", (name) => {
    const sheet = { "h100-sxm": 80, "h100-pcie": 80, "h200-sxm": 141, "a100-sxm-80gb": 80, l40s: 48 };
    const others = { "b200-sxm": 180, a10g: 24, l4: 24, "rtx-pro-6000": 96 };
    const gigabytes = { ...sheet, ...others }[name];
    const { memoryBytes } = hardwareFacts(name);
    expect(memoryBytes).toBeLessThan(gigabytes * 2 ** 30);
    expect(memoryBytes).toBeGreaterThan(gigabytes * 0.91 * 2 ** 30);
  });

  it.each(HARDWARE_NAMES)("prices %s", (name) => {
    expect(hardwareFacts(name).costPerHr).toBeGreaterThan(0);
  });
});

describe("hardware as facts", () => {
  it("keeps every fact", () => {
    const rest = { peak_fp8_flops: 2e14, link_bandwidth: 5e10, cost_per_hr: 1.5, measured_as: "l40s" };
    expect(read({ name: "mine", ...gpu, ...rest })).toEqual({
      name: "mine",
      peakBf16Flops: 1e14,
      peakFp8Flops: 2e14,
      memoryBytes: 24e9,
      memoryBandwidth: 1e12,
      linkBandwidth: 5e10,
      costPerHr: 1.5,
      measuredAs: "l40s",
    });
  });

  it("has no fp8 and no price, a PCIe link and the kernels of an H100 unless told", () => {
    expect(read(gpu)).toEqual({
      name: "custom",
      peakBf16Flops: 1e14,
      memoryBytes: 24e9,
      memoryBandwidth: 1e12,
      linkBandwidth: 32e9,
      costPerHr: 0,
      measuredAs: "h100-sxm",
    });
  });
});

describe("hardware is refused in one sentence", () => {
  it.each([
    ["h300-sxm", `hardware is "h300-sxm", but ${names.replace(", or", " (did you mean h100-sxm?), or")}`],
    ["A100", `hardware is "A100", but ${names.replace(", or", " (did you mean a100-sxm-80gb?), or")}`],
    [7, `hardware is 7, but ${names}`],
    [undefined, `hardware is missing; it ${names}`],
    [
      { ...gpu, memory_bandwith: 1e12 },
      "hardware.memory_bandwith is not a known key (did you mean memory_bandwidth?); known here: name, peak_bf16_flops, peak_fp8_flops, memory_bytes, memory_bandwidth, link_bandwidth, cost_per_hr, measured_as.",
    ],
    [
      { ...gpu, memory_bandwidth: 3.35 },
      "hardware.memory_bandwidth is 3.35, but must be a number from 100000000 to 10000000000000000.",
    ],
    [
      { ...gpu, peak_bf16_flops: Infinity },
      "hardware.peak_bf16_flops is Infinity, but must be a number from 1000000000 to 1000000000000000000.",
    ],
    [{ ...gpu, cost_per_hr: -1 }, "hardware.cost_per_hr is -1, but must be a number from 0 to 1000000."],
    [
      { ...gpu, measured_as: "l4" },
      'hardware.measured_as is "l4", but must be one of h100-sxm, h200-sxm, a100-sxm-80gb, b200-sxm, l40s.',
    ],
    [
      { memory_bytes: 24e9, memory_bandwidth: 1e12 },
      "hardware.peak_bf16_flops is missing; it must be a number from 1000000000 to 1000000000000000000.",
    ],
  ])("%j", (value, sentence) => {
    expect(refusal(value)).toBe(sentence);
  });
});

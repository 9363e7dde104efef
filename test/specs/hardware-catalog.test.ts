import { describe, expect, it } from "vitest";
import { check } from "../../host/specs/check.js";
import {
  borrowsKernels,
  findHardware,
  HARDWARE_NAMES,
  hardwareEntry,
  hardwareFacts,
  hardwareSchema,
} from "../../host/specs/hardware-catalog.js";
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
  "must be a name of the catalog of hardware (`vllm-sr-sim hardware` lists them), or an object with the facts.";

const SHEET_GB: Readonly<Record<(typeof HARDWARE_NAMES)[number], number>> = {
  "h100-sxm": 80,
  "h100-pcie": 80,
  "h100-nvl": 94,
  "h200-sxm": 141,
  "a100-sxm-80gb": 80,
  "a100-sxm-40gb": 40,
  "a100-pcie-80gb": 80,
  "a100-pcie-40gb": 40,
  l40s: 48,
  l4: 24,
  a10g: 24,
  "rtx-4090": 24,
  "b200-sxm": 180,
  gb200: 186,
  gb300: 279,
  "rtx-pro-6000": 96,
  mi300x: 192,
  mi325x: 256,
  b60: 24,
};

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
    const { memoryBytes } = hardwareFacts(name);
    expect(memoryBytes).toBeLessThan(SHEET_GB[name] * 2 ** 30);
    expect(memoryBytes).toBeGreaterThan(SHEET_GB[name] * 0.91 * 2 ** 30);
  });

  it.each(HARDWARE_NAMES)("names a source for each figure of %s", (name) => {
    const { facts, sources } = hardwareEntry(name);
    const figures = Object.keys(facts).filter((figure) => figure !== "name");
    expect(Object.keys(sources).sort()).toEqual(figures.sort());
    for (const source of Object.values(sources)) expect(source.length).toBeGreaterThan(4);
  });

  it("says of figures without a sheet that they are assumptions", () => {
    expect(hardwareEntry("gb300").sources.memoryBytes).toMatch(/^assumption: /);
    expect(hardwareEntry("h100-sxm").sources.costPerHr).toMatch(/^assumption: /);
  });

  it.each([
    ["h100", "h100-sxm"],
    ["H100 SXM", "h100-sxm"],
    ["h100_sxm", "h100-sxm"],
    ["a100", "a100-sxm-80gb"],
    ["A100-80GB", "a100-sxm-80gb"],
    ["A100_40GB", "a100-sxm-40gb"],
    ["h200", "h200-sxm"],
    ["b200", "b200-sxm"],
    ["GB200", "gb200"],
    ["l40s", "l40s"],
    ["B60", "b60"],
    ["A10G", "a10g"],
  ])("finds %s as %s", (alias, name) => {
    expect(findHardware(alias)?.name).toBe(name);
  });

  it("has no two GPUs under one name", () => {
    const all = HARDWARE_NAMES.flatMap((name) => [name, ...hardwareEntry(name).aliases]);
    expect(new Set(all.map((name) => name.toLowerCase())).size).toBe(all.length);
  });

  it("measures itself where kernels were measured, and says of all others whose they borrow", () => {
    for (const name of HARDWARE_NAMES) {
      const { facts, sources } = hardwareEntry(name);
      expect(sources.measuredAs).toMatch(borrowsKernels(facts) ? /^borrowed: / : /^measured itself$/);
    }
    expect(HARDWARE_NAMES.filter((name) => !borrowsKernels(hardwareFacts(name)))).toHaveLength(5);
  });

  it.each([
    ["a100-pcie-40gb", 250],
    ["h100-pcie", 350],
    ["h100-sxm", 700],
    ["b200-sxm", 1000],
    ["mi300x", 750],
    ["l4", 72],
  ] as const)("draws no more power in %s than %i W", (name, watts) => {
    expect(hardwareFacts(name).tdpW).toBe(watts);
  });

  it.each(HARDWARE_NAMES)("prices %s", (name) => {
    expect(hardwareFacts(name).costPerHr).toBeGreaterThan(0);
  });
});

describe("hardware as facts", () => {
  it("keeps every fact", () => {
    const peaks = { peak_fp8_flops: 2e14, peak_fp4_flops: 4e14 };
    const board = { interconnect: "wire", tdp_w: 500, idle_w: 50, cost_per_hr: 1.5 };
    const rest = { ...peaks, ...board, link_bandwidth: 5e10, measured_as: "l40s" };
    expect(read({ name: "mine", ...gpu, ...rest })).toEqual({
      name: "mine",
      peakBf16Flops: 1e14,
      peakFp8Flops: 2e14,
      peakFp4Flops: 4e14,
      memoryBytes: 24e9,
      memoryBandwidth: 1e12,
      linkBandwidth: 5e10,
      interconnect: "wire",
      tdpW: 500,
      idleW: 50,
      costPerHr: 1.5,
      measuredAs: "l40s",
    });
  });

  it("draws what the GPU draws whose kernels stand for its own unless told", () => {
    expect(read({ ...gpu, measured_as: "l40s" }).tdpW).toBe(350);
  });

  it("has no fp8 and no price, a PCIe link and the kernels and power of an H100 unless told", () => {
    expect(read(gpu)).toEqual({
      name: "custom",
      peakBf16Flops: 1e14,
      memoryBytes: 24e9,
      memoryBandwidth: 1e12,
      linkBandwidth: 32e9,
      tdpW: 700,
      costPerHr: 0,
      measuredAs: "h100-sxm",
    });
  });
});

describe("hardware is refused in one sentence", () => {
  it.each([
    ["h300-sxm", `hardware is "h300-sxm", but ${names.replace("(", "(did you mean h100-sxm? ")}`],
    ["gb3", `hardware is "gb3", but ${names.replace("(", "(did you mean gb300? ")}`],
    ["V100", `hardware is "V100", but ${names.replace("(", "(did you mean h100? ")}`],
    [7, `hardware is 7, but ${names}`],
    [undefined, `hardware is missing; it ${names}`],
    [
      { ...gpu, memory_bandwith: 1e12 },
      "hardware.memory_bandwith is not a known key (did you mean memory_bandwidth?); known here: name, peak_bf16_flops, peak_fp8_flops, peak_fp4_flops, memory_bytes, memory_bandwidth, link_bandwidth, interconnect, tdp_w, idle_w, cost_per_hr, measured_as.",
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

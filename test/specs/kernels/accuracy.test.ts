import { describe, expect, it } from "vitest";
import { BYTES, expertsS, gemmS } from "../../../host/profiles/kernel-times.js";
import { hardwareFacts } from "../../../host/specs/hardware-catalog.js";
import { kernelTimes, MEASURED_GPUS, type MeasuredGpu } from "../../../host/specs/kernel-catalog.js";
import { expertsPoints, gemmPoints, readTables } from "../../../host/specs/kernels/kernel-tables.js";
import { relativeErrors } from "../../../host/specs/kernels/relative-fit.js";
import { dataFolder, hasTables } from "./data-folder.js";

const SYSTEM: Readonly<Record<MeasuredGpu, string>> = {
  "h100-sxm": "h100_sxm",
  "h200-sxm": "h200_sxm",
  "a100-sxm-80gb": "a100_sxm",
  "b200-sxm": "b200_sxm",
  l40s: "l40s",
};

/** Largest mean and 90th percentile of the relative errors. Those of fp8 on B200 differ by shape more than any model of floor and bounds can follow. */
const GEMM_BOUNDS = [
  ["h100-sxm", "bf16", 0.08, 0.15],
  ["h200-sxm", "bf16", 0.08, 0.15],
  ["a100-sxm-80gb", "bf16", 0.09, 0.2],
  ["b200-sxm", "bf16", 0.1, 0.26],
  ["l40s", "bf16", 0.09, 0.18],
  ["h100-sxm", "fp8", 0.14, 0.31],
  ["h200-sxm", "fp8", 0.17, 0.39],
  ["b200-sxm", "fp8", 0.24, 0.58],
  ["l40s", "fp8", 0.12, 0.28],
] as const;

const EXPERTS_BOUNDS = [
  ["h100-sxm", "bf16", "bfloat16", 0.13, 0.32],
  ["h200-sxm", "bf16", "bfloat16", 0.14, 0.34],
  ["a100-sxm-80gb", "bf16", "bfloat16", 0.15, 0.36],
  ["b200-sxm", "bf16", "bfloat16", 0.13, 0.3],
  ["l40s", "bf16", "bfloat16", 0.13, 0.3],
  ["h100-sxm", "fp8", "fp8_block", 0.11, 0.23],
  ["h200-sxm", "fp8", "fp8_block", 0.12, 0.25],
  ["b200-sxm", "fp8", "fp8", 0.14, 0.32],
  ["l40s", "fp8", "fp8", 0.16, 0.34],
  ["h100-sxm", "mxfp4", "w4a16_mxfp4", 0.11, 0.25],
  ["h200-sxm", "mxfp4", "w4a16_mxfp4", 0.11, 0.25],
  ["l40s", "mxfp4", "w4a16_mxfp4", 0.12, 0.25],
] as const;

/** Weights of a layer that the L40S's cache can hold from one measurement to the next, bytes. */
const L40S_CACHE = 105e6;

describe.skipIf(!hasTables)("times of kernels against all that was measured", async () => {
  const tables = hasTables ? await readTables(dataFolder) : undefined!;

  it.each(GEMM_BOUNDS)(
    "products on %s in %s are off by at most %f on average, %f in 90 %%",
    (gpu, dtype, mean, p90) => {
      const setting = { hardware: hardwareFacts(gpu), times: kernelTimes(gpu).gemm[dtype], dtype };
      const points = gemmPoints(tables, SYSTEM[gpu], dtype === "bf16" ? "bfloat16" : "fp8").filter(
        ({ inputs, outputs }) => inputs * outputs * BYTES[dtype] >= (gpu === "l40s" ? 20e6 : 8e6),
      );
      const errors = relativeErrors(
        points.map(({ inputs, outputs, tokens }) => gemmS(setting, { inputs, outputs }, tokens)),
        points.map(({ seconds }) => seconds),
      );
      expect(errors.measurements).toBeGreaterThan(400);
      expect(errors.meanError).toBeLessThan(mean);
      expect(errors.p90Error).toBeLessThan(p90);
    },
  );

  it.each(EXPERTS_BOUNDS)(
    "experts on %s in %s (%s) are off by at most %f on average",
    (gpu, dtype, table, mean, p90) => {
      const setting = { hardware: hardwareFacts(gpu), times: kernelTimes(gpu).experts[dtype], dtype };
      const points = expertsPoints(tables, SYSTEM[gpu], table, "power_law_1.2").filter(
        ({ experts, hidden, intermediate, tokens, topK }) =>
          experts < 256 &&
          (gpu !== "l40s" || 3 * Math.min(experts, tokens * topK) * hidden * intermediate * BYTES[dtype] > L40S_CACHE),
      );
      const errors = relativeErrors(
        points.map(({ experts, topK, hidden, intermediate, tokens }) => {
          const matrices = [
            { inputs: hidden, outputs: 2 * intermediate },
            { inputs: intermediate, outputs: hidden },
          ];
          return expertsS(setting, { experts, topK, matrices }, tokens);
        }),
        points.map(({ seconds }) => seconds),
      );
      expect(errors.measurements).toBeGreaterThan(30);
      expect(errors.meanError).toBeLessThan(mean);
      expect(errors.p90Error).toBeLessThan(p90);
    },
  );

  it("covers every GPU", () => {
    expect(MEASURED_GPUS.every((gpu) => SYSTEM[gpu] !== undefined)).toBe(true);
  });
});

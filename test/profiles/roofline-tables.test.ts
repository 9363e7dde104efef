import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { gemmS } from "../../host/profiles/kernel-times.js";
import { hardwareFacts, type HardwareName } from "../../host/specs/hardware-catalog.js";
import { kernelTimes } from "../../host/specs/kernel-catalog.js";

const data = process.env["VLLM_SR_SIM_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
const tables = join(data, "engine/aiconfigurator");
const present = existsSync(tables);
if (!present) console.warn(`measured kernels: skipped, no tables in ${tables}; set VLLM_SR_SIM_DATA`);

type Row = Readonly<Record<string, string>>;

function readTable(name: string): Row[] {
  const [head, ...lines] = readFileSync(join(tables, name), "utf8").trim().split(/\r?\n/);
  const columns = head!.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(columns.map((column, index) => [column, cells[index]!]));
  });
}

const SYSTEMS: Readonly<Record<string, HardwareName>> = {
  h100_sxm: "h100-sxm",
  h200_sxm: "h200-sxm",
  a100_sxm: "a100-sxm-80gb",
  b200_sxm: "b200-sxm",
  l40s: "l40s",
};
const DTYPES = { bfloat16: "bf16", fp8: "fp8" } as const;

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const cases = Object.entries(SYSTEMS).flatMap(([system, hardware]) =>
  (["bfloat16", "fp8"] as const)
    .filter((dtype) => dtype === "bfloat16" || hardwareFacts(hardware).peakFp8Flops !== undefined)
    .map((dtype) => [system, dtype, hardware] as const),
);

describe.skipIf(!present)("products with matrices of 4 million weights and more", () => {
  const rows = present ? readTable("gemm.csv").filter((row) => Number(row["n"]) * Number(row["k"]) >= 4e6) : [];

  it.each(cases)(
    "on %s in %s take what was measured, at the median of small and of large batches",
    (system, dtype, name) => {
      const hardware = hardwareFacts(name);
      const times = kernelTimes(hardware.measuredAs).gemm[DTYPES[dtype]];
      const setting = { hardware, times, dtype: DTYPES[dtype] };
      const of = (isSmall: boolean) =>
        rows
          .filter((row) => row["system"] === system && row["dtype"] === dtype && Number(row["m"]) <= 64 === isSmall)
          .map((row) => {
            const matrix = { inputs: Number(row["k"]), outputs: Number(row["n"]) };
            return gemmS(setting, matrix, Number(row["m"])) / (Number(row["latency_ms"]) / 1000);
          });
      for (const ratios of [of(true), of(false)]) {
        expect(ratios.length).toBeGreaterThan(200);
        expect(Math.abs(medianOf(ratios) - 1)).toBeLessThan(0.06);
      }
    },
  );
});

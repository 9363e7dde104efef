import { deriveAllReduce } from "./derive-all-reduce.js";
import { deriveAttention } from "./derive-attention.js";
import { carryToBalanced, deriveExperts } from "./derive-experts.js";
import { deriveGemm } from "./derive-gemm.js";
import type { AttentionFigures, Figure, KernelFigures, MatrixFigures } from "./kernel-data.js";
import type { MeasuredTables } from "./kernel-tables.js";
import { rounded } from "./matrix-fit.js";
import { SYSTEMS, type GpuPeaks, type System } from "./systems.js";

/** A layer of a dense model on H100 takes this long by itself: BLIS, fitted to 15 experiments of vLLM (inference-sim, Apache-2.0, "trained-physics"), us. */
const LAYER_US = 32.095;
/** The GPU of those experiments. */
const LAYER_GPU = "h100-sxm";
/** Products of a layer: queries, keys and values; attention output; gate and up; down. */
const LAYER_PRODUCTS = 4;

/**
 * The kernels of all GPUs of the tables.
 *
 * @param peaksOf Peaks of a GPU by its name in the hardware catalog.
 */
export function deriveKernels(tables: MeasuredTables, peaksOf: (gpu: string) => GpuPeaks): KernelFigures[] {
  const own = SYSTEMS.map((system) => ({ system, ...deriveOwn(tables, peaksOf(system.gpu), system) }));
  const measured = own.find(({ system }) => system.gpu === LAYER_GPU)!;
  const floors = LAYER_PRODUCTS * measured.gemm.bf16.floorUs.value + measured.attention.bf16.decode.floorUs.value;
  const smallKernelsUs: Figure = { value: rounded(LAYER_US - floors), origin: "published by BLIS" };
  return own.map(({ system, gemm, attention, allReduce }) => ({
    gpu: system.gpu,
    system: system.system,
    version: versions(tables, system.system),
    gemm,
    experts: expertsOf(tables, peaksOf, system),
    attention,
    allReduce,
    smallKernelsUs:
      system.gpu === LAYER_GPU ? smallKernelsUs : { ...smallKernelsUs, origin: `borrowed from ${LAYER_GPU}` },
  }));
}

function deriveOwn(tables: MeasuredTables, peaks: GpuPeaks, { gpu, system, gemm }: System) {
  const product = (dtype: keyof typeof gemm) => {
    const table = gemm[dtype];
    return table === undefined ? {} : { [dtype]: deriveGemm(tables, peaks, { system, dtype, table }) };
  };
  const bf16 = deriveAttention(tables, peaks, { system, kvDtype: "bf16" });
  const fp8 = gemm.fp8 ? deriveAttention(tables, peaks, { system, kvDtype: "fp8" }) : borrowed(bf16, gpu);
  return {
    gemm: { ...product("bf16"), ...product("fp8"), ...product("nvfp4") } as KernelFigures["gemm"],
    attention: { bf16, fp8 },
    allReduce: deriveAllReduce(tables, peaks, system),
  };
}

/** Keys and values in fp8 that were not measured are read as fast as those in bf16. */
function borrowed({ decode, prefill }: AttentionFigures, gpu: string): AttentionFigures {
  const as = ({ value }: Figure): Figure => ({ value, origin: `borrowed from ${gpu} in bf16` });
  return {
    decode: { ...decode, floorUs: as(decode.floorUs), bandwidthShare: as(decode.bandwidthShare) },
    prefill: { ...prefill, floorUs: as(prefill.floorUs), computeShare: as(prefill.computeShare) },
  };
}

/** The GPU whose balanced experts were not measured, and those that tell how they compare with uneven ones. */
const UNEVEN_GPU = "a100-sxm-80gb";
const BALANCED_GPUS = ["h100-sxm", "h200-sxm", "b200-sxm"];

function expertsOf(
  tables: MeasuredTables,
  peaksOf: (gpu: string) => GpuPeaks,
  system: System,
): KernelFigures["experts"] {
  const derive = (of: System, dtype: keyof System["experts"], distribution: "balanced" | "power_law_1.2") =>
    deriveExperts(tables, peaksOf(of.gpu), { system: of.system, dtype, table: of.experts[dtype]!, distribution });
  if (system.gpu === UNEVEN_GPU) {
    const others = SYSTEMS.filter(({ gpu }) => BALANCED_GPUS.includes(gpu)).map((other) => ({
      balanced: derive(other, "bf16", "balanced"),
      uneven: derive(other, "bf16", "power_law_1.2"),
    }));
    return { bf16: carryToBalanced(derive(system, "bf16", "power_law_1.2"), others) };
  }
  const dtypes = Object.keys(system.experts) as (keyof System["experts"])[];
  const figures = dtypes.map((dtype): [string, MatrixFigures] => [dtype, derive(system, dtype, "balanced")]);
  return Object.fromEntries(figures) as unknown as KernelFigures["experts"];
}

/** Releases of vLLM in the tables of a system, rising. */
function versions({ gemm, experts, decode, prefill, collectives }: MeasuredTables, system: string): string {
  const graphs = collectives.filter((row) => row["mode"] === "vllm_graph");
  const rows = [...gemm, ...experts, ...decode, ...prefill, ...graphs].filter((row) => row["system"] === system);
  return [...new Set(rows.map((row) => row["version"]!))].sort().join(", ");
}

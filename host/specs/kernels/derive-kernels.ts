import { deriveAllReduce } from "./derive-all-reduce.js";
import { deriveAttention } from "./derive-attention.js";
import { deriveExperts } from "./derive-experts.js";
import { deriveGemm } from "./derive-gemm.js";
import type {
  AttentionFigures,
  ExpertsDtype,
  Figure,
  GemmDtype,
  KernelFigures,
  MatrixFigures,
  Origin,
} from "./kernel-data.js";
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
  return own.map(({ system: { gpu, system }, ...kernels }) => ({
    gpu,
    system,
    version: versions(tables, system),
    ...kernels,
    smallKernelsUs: gpu === LAYER_GPU ? smallKernelsUs : { ...smallKernelsUs, origin: `borrowed from ${LAYER_GPU}` },
  }));
}

function deriveOwn(tables: MeasuredTables, peaks: GpuPeaks, { gpu, system, gemm, experts }: System) {
  const product = (dtype: GemmDtype, table = gemm[dtype]) =>
    table === undefined ? undefined : deriveGemm(tables, peaks, { system, dtype, table });
  const expert = (dtype: ExpertsDtype, table = experts[dtype]) =>
    table === undefined ? undefined : deriveExperts(tables, peaks, { system, dtype, table });
  const [bf16Product, nvfp4Product, bf16Experts] = [product("bf16")!, product("nvfp4"), expert("bf16")!];
  const attention = deriveAttention(tables, peaks, { system, kvDtype: "bf16" });
  return {
    gemm: {
      bf16: bf16Product,
      fp8: product("fp8") ?? borrowMatrices(bf16Product, gpu),
      ...(nvfp4Product ? { nvfp4: nvfp4Product } : {}),
    },
    experts: {
      bf16: bf16Experts,
      fp8: expert("fp8") ?? borrowMatrices(bf16Experts, gpu),
      mxfp4: expert("mxfp4") ?? borrowMatrices(bf16Experts, gpu),
    },
    attention: {
      bf16: attention,
      fp8: gemm.fp8 ? deriveAttention(tables, peaks, { system, kvDtype: "fp8" }) : borrowAttention(attention, gpu),
    },
    allReduce: deriveAllReduce(tables, peaks, system),
  };
}

/** Kernels with weights of a type that was not measured come as near to the peaks as those in bf16. */
function borrowMatrices(figures: MatrixFigures, gpu: string): MatrixFigures {
  const origin: Origin = `borrowed from ${gpu} in bf16`;
  const { floorUs, bandwidthShare, computeShare } = figures;
  return {
    ...figures,
    floorUs: { ...floorUs, origin },
    bandwidthShare: { ...bandwidthShare, origin },
    computeShare: { ...computeShare, origin },
  };
}

/** Keys and values in fp8 that were not measured are read as fast as those in bf16. */
function borrowAttention({ decode, prefill }: AttentionFigures, gpu: string): AttentionFigures {
  const origin: Origin = `borrowed from ${gpu} in bf16`;
  return {
    decode: {
      ...decode,
      floorUs: { ...decode.floorUs, origin },
      bandwidthShare: { ...decode.bandwidthShare, origin },
    },
    prefill: { ...prefill, floorUs: { ...prefill.floorUs, origin }, computeShare: { ...prefill.computeShare, origin } },
  };
}

/** Releases of vLLM in the tables of a system, rising. */
function versions({ gemm, experts, decode, prefill, collectives }: MeasuredTables, system: string): string {
  const graphs = collectives.filter((row) => row["mode"] === "vllm_graph");
  const rows = [...gemm, ...experts, ...decode, ...prefill, ...graphs].filter((row) => row["system"] === system);
  return [...new Set(rows.map((row) => row["version"]!))].sort().join(", ");
}

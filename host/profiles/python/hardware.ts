/**
 * The hardware catalog of the Python `vllm-sr-sim` 0.1.0 (module `hardware/catalog.py`), figure for figure, faults included: its A10G is an L40S. For comparison
 * only; the project's own facts, with their sources, are in `host/specs`.
 */
import { mustBeOneOf } from "../../specs/fields.js";
import { InputError } from "../../specs/input-error.js";

/** What the Python tool knows of a GPU. */
export interface PythonHardware {
  name: string;
  /** Peak, bytes/s; the tool's formulas use {@link PYTHON_BANDWIDTH_SHARE} of it. */
  memoryBandwidth: number;
  memoryBytes: number;
  /** Tensor arithmetic, FLOP/s; 0: it has none. */
  fp16Flops: number;
  fp8Flops: number;
  /** To GPUs of the same node, to other nodes, to the host: bytes/s. No formula uses them. */
  nvlinkBandwidth: number;
  interNodeBandwidth: number;
  pcieBandwidth: number;
  /** CUDA compute capability times ten. */
  smVersion: number;
  /** Board power, W. */
  tdpW: number;
  /** US dollars an hour for one GPU. */
  costPerHr: number;
}

/** Share of the peak bandwidth that the tool's roofline reaches. */
const PYTHON_BANDWIDTH_SHARE = 0.8;

/** What a layer takes on top of reading it, s. */
export const PYTHON_LAYER_S = 3e-6;

/** Memory for everything else, bytes: used by {@link pythonFreeVramBytes} alone. */
export const PYTHON_OTHER_BYTES = 3_758_096_384;

const NCCL_BYTES: Readonly<Record<number, number>> = { 1: 0, 2: 358_612_992, 4: 411_041_792, 8: 411_041_792 };

/** GPUs in the order of the tool's catalog: name, memory (bytes/s, bytes), fp16 and fp8 (FLOP/s), NVLink, inter-node, PCIe (bytes/s), SM, W, dollars an hour. */
const ROWS: readonly (readonly [string, ...number[]])[] = [
  ["A100-SXM", 2.039e12, 85_899_345_920, 312e12, 0, 300e9, 25e9, 32e9, 80, 400, 2.21],
  ["L40S", 0.864e12, 51_539_607_552, 362e12, 733e12, 32e9, 25e9, 64e9, 89, 350, 1.8],
  ["B60", 0.456e12, 25_769_803_776, 98e12, 0, 32e9, 25e9, 64e9, 100, 200, 1],
  ["H100-SXM", 3.35e12, 85_899_345_920, 989e12, 1978e12, 450e9, 50e9, 64e9, 90, 700, 4.02],
  ["H200-SXM", 4.8e12, 151_397_597_184, 989e12, 1978e12, 450e9, 50e9, 64e9, 90, 700, 6],
  ["B200-SXM", 8e12, 193_273_528_320, 2250e12, 4500e12, 900e9, 100e9, 128e9, 100, 1000, 8],
  ["GB200", 8e12, 214_748_364_800, 2500e12, 5000e12, 900e9, 100e9, 128e9, 100, 1200, 10],
  ["GB300", 8e12, 321_122_547_712, 2500e12, 5000e12, 900e9, 100e9, 128e9, 100, 1400, 12],
];

/** All GPUs of the tool's catalog. */
export const PYTHON_HARDWARE: readonly PythonHardware[] = ROWS.map(
  ([name, bandwidth, bytes, fp16, fp8, nvlink, interNode, pcie, sm, tdp, cost]) => ({
    name,
    memoryBandwidth: bandwidth!,
    memoryBytes: bytes!,
    fp16Flops: fp16!,
    fp8Flops: fp8!,
    nvlinkBandwidth: nvlink!,
    interNodeBandwidth: interNode!,
    pcieBandwidth: pcie!,
    smVersion: sm!,
    tdpW: tdp!,
    costPerHr: cost!,
  }),
);

/** The tool's names of a GPU. It also lists `a100-80gb` and `h100-80gb`, but turns hyphens into underscores before it looks, so that they never match. */
const KEYS: Readonly<Record<string, string>> = {
  a100: "A100-SXM",
  a100_sxm: "A100-SXM",
  h100: "H100-SXM",
  h100_sxm: "H100-SXM",
  h200: "H200-SXM",
  h200_sxm: "H200-SXM",
  b200: "B200-SXM",
  b200_sxm: "B200-SXM",
  gb200: "GB200",
  gb300: "GB300",
  l40s: "L40S",
  b60: "B60",
  a10g: "L40S",
};

/**
 * A GPU by name, as `hardware.get` finds it: in any case, hyphens and spaces as underscores.
 *
 * @throws InputError for an unknown name; lists those that exist.
 */
export function pythonHardware(name: string): PythonHardware {
  const key = name.toLowerCase().replaceAll(/[- ]/g, "_");
  const found = Object.hasOwn(KEYS, key) ? PYTHON_HARDWARE.find((gpu) => gpu.name === KEYS[key]) : undefined;
  if (found) return found;
  throw new InputError(
    `The Python tool's GPU is ${JSON.stringify(name)}, but ${mustBeOneOf(name, Object.keys(KEYS))}.`,
  );
}

/** Bandwidth that the tool's roofline counts with, bytes/s. */
export function pythonBandwidth(hardware: PythonHardware): number {
  return hardware.memoryBandwidth * PYTHON_BANDWIDTH_SHARE;
}

/** Memory of a GPU that collectives over `tp` GPUs take, bytes; for a number that the tool does not list that of 8. */
export function pythonNcclBytes(tp: number): number {
  return NCCL_BYTES[tp] ?? NCCL_BYTES[8]!;
}

/** Memory left for KV blocks beside `modelBytes` a GPU, bytes: `HardwareSpec.free_vram`. The builder counts otherwise. */
export function pythonFreeVramBytes(hardware: PythonHardware, modelBytes: number, tp = 1): number {
  return Math.max(0, hardware.memoryBytes - modelBytes - pythonNcclBytes(tp) - PYTHON_OTHER_BYTES);
}

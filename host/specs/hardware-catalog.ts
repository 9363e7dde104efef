import { catalogued } from "./catalogued.js";
import { numberFrom, objectWith, oneOf, text } from "./fields.js";
import { MEASURED_GPUS, type MeasuredGpu } from "./kernel-catalog.js";

/** What a GPU can do at most, and what an hour of it costs. */
export interface HardwareFacts {
  name: string;
  /** Dense bf16 tensor arithmetic, FLOP/s. */
  peakBf16Flops: number;
  /** Dense fp8 tensor arithmetic, FLOP/s; absent: the GPU has none. */
  peakFp8Flops?: number;
  /** Dense fp4 tensor arithmetic, FLOP/s; absent: the GPU has none. */
  peakFp4Flops?: number;
  /** Memory that programs can use, bytes. */
  memoryBytes: number;
  /** Bytes/s. */
  memoryBandwidth: number;
  /** To the other GPUs of a group, in one direction, bytes/s. */
  linkBandwidth: number;
  /** What the link is: "NVLink 4", "PCIe Gen4 x16"; absent: not said. */
  interconnect?: string;
  /** Most power that the board draws, W. */
  tdpW: number;
  /** What the board draws without work, W; absent: not known. */
  idleW?: number;
  /** US dollars an hour for one GPU; 0: not priced. */
  costPerHr: number;
  /** The GPU whose measured kernels stand for this one's where no efficiency is given. */
  measuredAs: MeasuredGpu;
}

const GIB = 2 ** 30;

/**
 * Peaks are those of NVIDIA's data sheets, halved where the sheet counts sparsity. Links are halved where the sheet adds up both directions. `memoryBytes` is
 * the total that the CUDA driver reports (PyTorch: "has a total capacity of ... GiB"), which is what an engine can share out; data sheets round, and do not
 * subtract what error correction takes.
 *
 * Prices are assumptions to be replaced by one's own: those without a note are of the hardware catalog of the Python `vllm-sr-sim` 0.1.0.
 */
const CATALOG = {
  // NVIDIA H100 Tensor Core GPU data sheet (2023), H100 SXM: 1,979 and 3,958 TFLOPS with sparsity, 80 GB, 3.35 TB/s, NVLink 900 GB/s.
  "h100-sxm": {
    peakBf16Flops: 989.5e12,
    peakFp8Flops: 1979e12,
    memoryBytes: 79.18 * GIB,
    memoryBandwidth: 3.35e12,
    linkBandwidth: 450e9,
    tdpW: 700,
    costPerHr: 4.02,
    measuredAs: "h100-sxm",
  },
  // NVIDIA H100 Tensor Core GPU data sheet (2022), H100 PCIe: 1,513 and 3,026 TFLOPS with sparsity, 80 GB, 2 TB/s, PCIe Gen5 128 GB/s. Price: Lambda on demand, 2024.
  "h100-pcie": {
    peakBf16Flops: 756.5e12,
    peakFp8Flops: 1513e12,
    memoryBytes: 79.18 * GIB,
    memoryBandwidth: 2e12,
    linkBandwidth: 64e9,
    tdpW: 350,
    costPerHr: 2.49,
    measuredAs: "h100-sxm",
  },
  // NVIDIA H200 Tensor Core GPU data sheet (2023), H200 SXM: 1,979 and 3,958 TFLOPS with sparsity, 141 GB, 4.8 TB/s, NVLink 900 GB/s.
  "h200-sxm": {
    peakBf16Flops: 989.5e12,
    peakFp8Flops: 1979e12,
    memoryBytes: 139.8 * GIB,
    memoryBandwidth: 4.8e12,
    linkBandwidth: 450e9,
    tdpW: 700,
    costPerHr: 6,
    measuredAs: "h200-sxm",
  },
  // NVIDIA A100 Tensor Core GPU data sheet (2021), A100 80GB SXM: 312 TFLOPS dense, no fp8, 80 GB, 2,039 GB/s, NVLink 600 GB/s.
  "a100-sxm-80gb": {
    peakBf16Flops: 312e12,
    memoryBytes: 79.18 * GIB,
    memoryBandwidth: 2.039e12,
    linkBandwidth: 300e9,
    tdpW: 400,
    costPerHr: 2.21,
    measuredAs: "a100-sxm-80gb",
  },
  // NVIDIA L40S data sheet (2023): 362.05 and 733 TFLOPS dense, 48 GB, 864 GB/s, PCIe Gen4 x16 64 GB/s.
  l40s: {
    peakBf16Flops: 362.05e12,
    peakFp8Flops: 733e12,
    memoryBytes: 44.39 * GIB,
    memoryBandwidth: 864e9,
    linkBandwidth: 32e9,
    tdpW: 350,
    costPerHr: 1.8,
    measuredAs: "l40s",
  },
  // NVIDIA Blackwell data sheet (2024), HGX B200: 4.5 and 9 PFLOPS with sparsity a GPU, 180 GB, NVLink 1.8 TB/s; 7.7 TB/s as AIConfigurator has it (DGX B200: up to 8).
  "b200-sxm": {
    peakBf16Flops: 2250e12,
    peakFp8Flops: 4500e12,
    memoryBytes: 178.35 * GIB,
    memoryBandwidth: 7.7e12,
    linkBandwidth: 900e9,
    tdpW: 1000,
    costPerHr: 8,
    measuredAs: "b200-sxm",
  },
  // NVIDIA A10G data sheet (2021), the GPU of Amazon EC2 G5 (not the A10, which has 125): 70 TFLOPS dense, no fp8, 24 GB, 600 GB/s, PCIe Gen4 x16 64 GB/s. Price: g5.xlarge on demand, us-east-1, 2024.
  a10g: {
    peakBf16Flops: 70e12,
    memoryBytes: 22.03 * GIB,
    memoryBandwidth: 600e9,
    linkBandwidth: 32e9,
    tdpW: 300,
    costPerHr: 1.006,
    measuredAs: "a100-sxm-80gb",
  },
  // NVIDIA L4 Tensor Core GPU data sheet (2023): 242 and 485 TFLOPS with sparsity, 24 GB, 300 GB/s, PCIe Gen4 x16 64 GB/s. Price: g6.xlarge on demand, us-east-1, 2024.
  l4: {
    peakBf16Flops: 121e12,
    peakFp8Flops: 242.5e12,
    memoryBytes: 22.03 * GIB,
    memoryBandwidth: 300e9,
    linkBandwidth: 32e9,
    tdpW: 72,
    costPerHr: 0.805,
    measuredAs: "l40s",
  },
  // NVIDIA RTX Blackwell PRO GPU architecture whitepaper (2025), RTX PRO 6000 Workstation Edition: 503.8 and 1,007.6 TFLOPS dense, 96 GB, 1,792 GB/s, PCIe Gen5 x16 128 GB/s. Price: a guess at what clouds ask in 2025.
  "rtx-pro-6000": {
    peakBf16Flops: 503.8e12,
    peakFp8Flops: 1007.6e12,
    memoryBytes: 94.97 * GIB,
    memoryBandwidth: 1.792e12,
    linkBandwidth: 64e9,
    tdpW: 600,
    costPerHr: 1.8,
    measuredAs: "l40s",
  },
} as const satisfies Record<string, Omit<HardwareFacts, "name">>;

/** A GPU whose facts are known. */
export type HardwareName = keyof typeof CATALOG;

/** GPUs whose facts are known, as fleet files name them. */
export const HARDWARE_NAMES = Object.keys(CATALOG) as [HardwareName, ...HardwareName[]];

/** Facts of a GPU of the catalog. */
export function hardwareFacts(name: HardwareName): HardwareFacts {
  return { name, ...CATALOG[name] };
}

const inlineHardware = objectWith("the name of a GPU or an object with its facts", {
  name: text(64).default("custom"),
  peak_bf16_flops: numberFrom(1e9, 1e18).describe("dense bf16 arithmetic, FLOP/s"),
  peak_fp8_flops: numberFrom(1e9, 1e18).optional().describe("dense fp8 arithmetic, FLOP/s; absent: none"),
  memory_bytes: numberFrom(1e6, 1e15).describe("memory that programs can use, bytes"),
  memory_bandwidth: numberFrom(1e8, 1e16).describe("bytes/s"),
  link_bandwidth: numberFrom(1e6, 1e16)
    .default(32e9)
    .describe("to the other GPUs of a group, in one direction, bytes/s; PCIe Gen4 x16 unless given"),
  tdp_w: numberFrom(1, 1e5)
    .default(700)
    .describe("most power that the board draws, W; that of an H100 SXM unless given"),
  cost_per_hr: numberFrom(0, 1e6).default(0).describe("US dollars an hour for one GPU; 0: not priced"),
  measured_as: oneOf(MEASURED_GPUS)
    .default("h100-sxm")
    .describe("the GPU whose measured kernels give what is not given of efficiencies, floors and latencies"),
}).transform((gpu): HardwareFacts => ({
  name: gpu.name,
  peakBf16Flops: gpu.peak_bf16_flops,
  ...(gpu.peak_fp8_flops === undefined ? {} : { peakFp8Flops: gpu.peak_fp8_flops }),
  memoryBytes: gpu.memory_bytes,
  memoryBandwidth: gpu.memory_bandwidth,
  linkBandwidth: gpu.link_bandwidth,
  tdpW: gpu.tdp_w,
  costPerHr: gpu.cost_per_hr,
  measuredAs: gpu.measured_as,
}));

/** The key `hardware` of a roofline: a name of the catalog in any case, or the facts themselves. */
export const hardwareSchema = catalogued(HARDWARE_NAMES, hardwareFacts, inlineHardware);

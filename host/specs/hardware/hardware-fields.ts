import { numberFrom, objectWith, oneOf, text } from "../fields.js";
import { MEASURED_GPUS, type MeasuredGpu } from "../kernel-catalog.js";
import type { HardwareFacts } from "./hardware-facts.js";

/** Power of the boards that were measured, W: what an unknown board is taken to draw that is measured as one of them. */
const MEASURED_TDP_W: Readonly<Record<MeasuredGpu, number>> = {
  "h100-sxm": 700,
  "h200-sxm": 700,
  "a100-sxm-80gb": 400,
  "b200-sxm": 1000,
  l40s: 350,
};

/** The facts of a GPU as users write them. */
export const inlineHardware = objectWith("the name of a GPU or an object with its facts", {
  name: text(64).default("custom"),
  peak_bf16_flops: numberFrom(1e9, 1e18).describe("dense bf16 arithmetic, FLOP/s"),
  peak_fp8_flops: numberFrom(1e9, 1e18).optional().describe("dense fp8 arithmetic, FLOP/s; absent: none"),
  peak_fp4_flops: numberFrom(1e9, 1e18).optional().describe("dense fp4 arithmetic, FLOP/s; absent: none"),
  memory_bytes: numberFrom(1e6, 1e15).describe("memory that programs can use, bytes"),
  memory_bandwidth: numberFrom(1e8, 1e16).describe("bytes/s"),
  link_bandwidth: numberFrom(1e6, 1e16)
    .default(32e9)
    .describe("to the other GPUs of a group, in one direction, bytes/s; PCIe Gen4 x16 unless given"),
  interconnect: text(64).optional().describe("what the link is, for people to read"),
  tdp_w: numberFrom(1, 1e5)
    .optional()
    .describe("most power that the board draws, W; that of the GPU in measured_as unless given"),
  idle_w: numberFrom(0, 1e5).optional().describe("what the board draws without work, W"),
  cost_per_hr: numberFrom(0, 1e6).default(0).describe("US dollars an hour for one GPU; 0: not priced"),
  measured_as: oneOf(MEASURED_GPUS)
    .default("h100-sxm")
    .describe("the GPU whose measured kernels give what is not given of efficiencies, floors and latencies"),
}).transform((gpu): HardwareFacts => ({
  name: gpu.name,
  peakBf16Flops: gpu.peak_bf16_flops,
  ...(gpu.peak_fp8_flops === undefined ? {} : { peakFp8Flops: gpu.peak_fp8_flops }),
  ...(gpu.peak_fp4_flops === undefined ? {} : { peakFp4Flops: gpu.peak_fp4_flops }),
  memoryBytes: gpu.memory_bytes,
  memoryBandwidth: gpu.memory_bandwidth,
  linkBandwidth: gpu.link_bandwidth,
  ...(gpu.interconnect === undefined ? {} : { interconnect: gpu.interconnect }),
  tdpW: gpu.tdp_w ?? MEASURED_TDP_W[gpu.measured_as],
  ...(gpu.idle_w === undefined ? {} : { idleW: gpu.idle_w }),
  costPerHr: gpu.cost_per_hr,
  measuredAs: gpu.measured_as,
}));

/** The key of each fact in what users write. */
export const HARDWARE_KEYS = {
  peakBf16Flops: "peak_bf16_flops",
  peakFp8Flops: "peak_fp8_flops",
  peakFp4Flops: "peak_fp4_flops",
  memoryBytes: "memory_bytes",
  memoryBandwidth: "memory_bandwidth",
  linkBandwidth: "link_bandwidth",
  interconnect: "interconnect",
  tdpW: "tdp_w",
  idleW: "idle_w",
  costPerHr: "cost_per_hr",
  measuredAs: "measured_as",
} as const satisfies Record<Exclude<keyof HardwareFacts, "name">, string>;

import type { MeasuredGpu } from "../kernel-catalog.js";

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

/** Whether no kernel of this GPU was measured, so that those of another stand for its own. */
export function borrowsKernels({ name, measuredAs }: HardwareFacts): boolean {
  return name !== measuredAs;
}

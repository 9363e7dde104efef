import { readFileSync } from "node:fs";
import {
  allReducePoints,
  attentionPoints,
  gemmPoints,
  parseTable,
  TABLE_FILES,
  type MeasuredTables,
} from "../../host/specs/kernels/kernel-tables.js";
import { measured } from "./data-folder.js";
import type { WeightMatrix } from "./dense-models.js";

/** A measured point of attention with its time on one GPU, s. */
export interface AttentionPoint {
  batch: number;
  /** Tokens of context of each sequence (decode), or of its prompt (prefill). */
  tokens: number;
  seconds: number;
}

/** Whose attention is read; times of other models are in proportion to their heads. Keys and values of a token are 4,096 bytes in 16 bits. */
export const ATTENTION_HEADS = { heads: 32, kvHeads: 8, headDim: 128 };

/** Measured kernels of one GPU in bf16, from the tables of `engine/aiconfigurator/`. */
export interface KernelTables {
  /** Rows of the matrix product that were measured, rising. */
  rows: readonly number[];
  /** Time of a matrix product of `rows` tokens, s: linear in n and in k between the sizes that were measured, and beyond the largest n. */
  gemm(rows: number, matrix: WeightMatrix): number;
  /** Of {@link ATTENTION_HEADS}. */
  decodeAttention: readonly AttentionPoint[];
  prefillAttention: readonly AttentionPoint[];
}

const ELEMENT_BYTES = 2;

/** Who reduces: NCCL, or vLLM's own kernel within a CUDA graph where that is faster. */
export type AllReduceKind = "nccl" | "custom";

/**
 * Time of an all-reduce of so many 16-bit elements, s, linear between the sizes of the table.
 *
 * @param system As in the tables.
 */
export function readAllReduce(system: string, gpus: number, kind: AllReduceKind): (elements: number) => number {
  const tables = readTables();
  const curve = (mode: string) => {
    const points = allReducePoints(tables, system, mode, gpus);
    const seconds = new Map(points.map((point) => [point.bytes / ELEMENT_BYTES, point.seconds]));
    const sizes = [...seconds.keys()].sort((a, b) => a - b);
    return (elements: number) => interpolate(sizes, (size) => seconds.get(size)!, elements);
  };
  const nccl = curve("nccl");
  if (kind === "nccl") return nccl;
  const custom = curve("vllm_graph");
  return (elements) => Math.min(nccl(elements), custom(elements));
}

/**
 * Reads the tables of a GPU.
 *
 * @param system As in the tables: `h100_sxm`, `l40s`, ...
 */
export function readKernelTables(system: string): KernelTables {
  const gemms = new Map<string, number>();
  const axes = { m: new Set<number>(), n: new Set<number>(), k: new Set<number>() };
  const tables = readTables();
  for (const { tokens, outputs, inputs, seconds } of gemmPoints(tables, system, "bfloat16")) {
    axes.m.add(tokens);
    axes.n.add(outputs);
    axes.k.add(inputs);
    gemms.set(key(tokens, outputs, inputs), seconds);
  }
  const sorted = (axis: Set<number>) => [...axis].sort((a, b) => a - b);
  const [ms, ns, ks] = [sorted(axes.m), sorted(axes.n), sorted(axes.k)];
  return {
    rows: ms,
    gemm: (rows, { n, k }) => {
      const alongN = (kKnot: number) => {
        const knots = ns.filter((nKnot) => gemms.has(key(rows, nKnot, kKnot)));
        return interpolate(knots, (nKnot) => gemms.get(key(rows, nKnot, kKnot))!, n);
      };
      return interpolate(ks, alongN, k);
    },
    decodeAttention: attention(tables, "decode", system),
    prefillAttention: attention(tables, "prefill", system),
  };
}

function attention(tables: MeasuredTables, phase: "decode" | "prefill", system: string): AttentionPoint[] {
  const { heads, kvHeads } = ATTENTION_HEADS;
  return attentionPoints(tables, phase, system, "bfloat16").filter(
    (point) => point.heads === heads && point.kvHeads === kvHeads,
  );
}

let read: MeasuredTables | undefined;

function readTables(): MeasuredTables {
  const table = (file: string) => parseTable(readFileSync(measured("aiconfigurator", file), "utf8"));
  return (read ??= {
    gemm: table(TABLE_FILES.gemm),
    experts: table(TABLE_FILES.experts),
    decode: table(TABLE_FILES.decode),
    prefill: table(TABLE_FILES.prefill),
    collectives: table(TABLE_FILES.collectives),
  });
}

function key(m: number, n: number, k: number): string {
  return `${m} ${n} ${k}`;
}

/** Peaks of a GPU by its datasheet. */
export interface GpuPeaks {
  /** Dense bf16 arithmetic, FLOP/s. */
  flops: number;
  /** Memory, bytes/s. */
  bytesPerS: number;
}

/**
 * The tables of one GPU carried over to another that was not measured: every matrix product and prefill attention reaches the same share of its
 * roofline (the longer of arithmetic and of reading the weights), decode attention the same share of the bandwidth.
 */
export function transferTables(tables: KernelTables, from: GpuPeaks, to: GpuPeaks): KernelTables {
  const roofline = (rows: number, { n, k }: WeightMatrix, gpu: GpuPeaks) =>
    Math.max((2 * rows * n * k) / gpu.flops, (2 * n * k) / gpu.bytesPerS);
  const scaled = (points: readonly AttentionPoint[], factor: number) =>
    points.map((point) => ({ ...point, seconds: point.seconds * factor }));
  return {
    rows: tables.rows,
    gemm: (rows, matrix) => (tables.gemm(rows, matrix) * roofline(rows, matrix, to)) / roofline(rows, matrix, from),
    decodeAttention: scaled(tables.decodeAttention, from.bytesPerS / to.bytesPerS),
    prefillAttention: scaled(tables.prefillAttention, from.flops / to.flops),
  };
}

/** Linear between knots, extended beyond them along the last two. */
export function interpolate(knots: readonly number[], valueAt: (knot: number) => number, x: number): number {
  let i = 0;
  while (i < knots.length - 2 && knots[i + 1]! <= x) i++;
  const [low, high] = [knots[i]!, knots[i + 1]!];
  if (x === low) return valueAt(low);
  return valueAt(low) + (valueAt(high) - valueAt(low)) * ((x - low) / (high - low));
}

import type { MeasuredTables, TableRow } from "../../../host/specs/kernels/kernel-tables.js";

/** A GPU of round figures. */
export const PEAKS = { peakBf16Flops: 1e15, peakFp8Flops: 2e15, memoryBandwidth: 2e12, linkBandwidth: 5e11 };

/** Tables without a row but those given. */
export function tablesOf(tables: Partial<MeasuredTables>): MeasuredTables {
  return { gemm: [], experts: [], decode: [], prefill: [], collectives: [], ...tables };
}

/** A row of the table of products on the system `x`. */
export function gemmRow(tokens: number, inputs: number, outputs: number, seconds: number): TableRow {
  return row({ dtype: "bfloat16", m: tokens, n: outputs, k: inputs }, seconds);
}

/** Experts of a model: 16 of width 2,048 over a hidden size of 4,096, of which a token chooses 2. */
export const MODEL = { hidden: 4096, inter: 2048, topk: 2, experts: 16 };

/** A row of the table of experts on the system `x`. */
export function expertsRow(
  tokens: number,
  seconds: number,
  { distribution = "power_law_1.2", ...model }: Partial<typeof MODEL> & { distribution?: string } = {},
): TableRow {
  return row(
    { dtype: "bfloat16", num_tokens: tokens, moe_tp: 1, moe_ep: 1, distribution, ...MODEL, ...model },
    seconds,
  );
}

/** A row of attention with 8 heads and 2 of keys and values. */
export function attentionRow(phase: "decode" | "prefill", batch: number, tokens: number, seconds: number): TableRow {
  const length = phase === "decode" ? { kv_len: tokens } : { isl: tokens };
  return row({ kv_dtype: "bfloat16", batch, ...length, num_heads: 8, num_kv_heads: 2, head_dim: 128 }, seconds);
}

/** A row of the table of collectives on the system `x`. */
export function allReduceRow(gpus: number, bytes: number, seconds: number, mode = "vllm_graph"): TableRow {
  return row({ op: "all_reduce", mode, num_gpus: gpus, message_size: bytes / 2 }, seconds);
}

function row(cells: Record<string, string | number>, seconds: number): TableRow {
  const all = { system: "x", version: "1.0.0", ...cells, latency_ms: seconds * 1000 };
  return Object.fromEntries(Object.entries(all).map(([column, cell]) => [column, String(cell)]));
}

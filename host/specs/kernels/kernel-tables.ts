/** The tables of measured kernels in `engine/aiconfigurator/` of the data folder, as columns of numbers with units. */

/** Rows of a table by column. */
export type TableRow = Readonly<Record<string, string>>;

/** Rows of a CSV without quotes, by the names of its first line. */
export function parseTable(text: string): TableRow[] {
  const [head, ...lines] = text.trim().split(/\r?\n/);
  const columns = head!.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(columns.map((column, i) => [column, cells[i]!]));
  });
}

/** Files that kernels are derived from. */
export const TABLE_FILES = {
  gemm: "gemm.csv",
  experts: "moe.csv",
  decode: "generation_attention.csv",
  prefill: "context_attention.csv",
  collectives: "collectives.csv",
} as const;

/** Rows of the tables of one GPU, by the kind of kernel. */
export type MeasuredTables = Readonly<Record<keyof typeof TABLE_FILES, readonly TableRow[]>>;

/**
 * Reads the tables.
 *
 * @param folder The data folder, which holds `engine/aiconfigurator/`.
 */
export async function readTables(folder: string): Promise<MeasuredTables> {
  const { readFile } = await import("node:fs/promises");
  const read = async (file: string) => parseTable(await readFile(`${folder}/engine/aiconfigurator/${file}`, "utf8"));
  const { gemm, experts, decode, prefill, collectives } = TABLE_FILES;
  return {
    gemm: await read(gemm),
    experts: await read(experts),
    decode: await read(decode),
    prefill: await read(prefill),
    collectives: await read(collectives),
  };
}

/** A product of `tokens` tokens with a matrix. */
export interface GemmPoint {
  tokens: number;
  inputs: number;
  outputs: number;
  seconds: number;
}

/** Measured products of a system in a type, both as in the table. */
export function gemmPoints({ gemm }: MeasuredTables, system: string, dtype: string): GemmPoint[] {
  return of(gemm, { system, dtype }).map((row) => ({
    tokens: Number(row["m"]),
    inputs: Number(row["k"]),
    outputs: Number(row["n"]),
    seconds: seconds(row),
  }));
}

/** The fused experts of a layer. */
export interface ExpertsPoint {
  tokens: number;
  hidden: number;
  /** Width of an expert on one GPU. */
  intermediate: number;
  experts: number;
  topK: number;
  seconds: number;
}

/** Measured experts of a system in a type and a distribution of tokens over experts, all on each GPU (no expert parallelism). */
export function expertsPoints(
  { experts }: MeasuredTables,
  system: string,
  dtype: string,
  distribution: string,
): ExpertsPoint[] {
  return of(experts, { system, dtype, distribution, moe_ep: "1" }).map((row) => ({
    tokens: Number(row["num_tokens"]),
    hidden: Number(row["hidden"]),
    intermediate: Number(row["inter"]) / Number(row["moe_tp"]),
    experts: Number(row["experts"]),
    topK: Number(row["topk"]),
    seconds: seconds(row),
  }));
}

/** The attention of a layer on one GPU, heads of 128 numbers. */
export interface AttentionPoint {
  batch: number;
  /** Context of each sequence (decode), or tokens of its prompt (prefill). */
  tokens: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  seconds: number;
}

/** Measured attention of a system with keys and values in a type. */
export function attentionPoints(
  tables: MeasuredTables,
  phase: "decode" | "prefill",
  system: string,
  kvDtype: string,
): AttentionPoint[] {
  return of(tables[phase], { system, kv_dtype: kvDtype }).map((row) => ({
    batch: Number(row["batch"]),
    tokens: Number(row[phase === "decode" ? "kv_len" : "isl"]),
    heads: Number(row["num_heads"]),
    kvHeads: Number(row["num_kv_heads"]),
    headDim: Number(row["head_dim"]),
    seconds: seconds(row),
  }));
}

/** An all-reduce. */
export interface AllReducePoint {
  /** Size of the message, which each GPU holds. */
  bytes: number;
  seconds: number;
}

/** The table counts elements of a type of two bytes. */
const ELEMENT_BYTES = 2;

/** Measured all-reduces of a system over so many GPUs; mode as in the table: `vllm_graph`, `vllm_eager` or `nccl`. */
export function allReducePoints(
  { collectives }: MeasuredTables,
  system: string,
  mode: string,
  gpus: number,
): AllReducePoint[] {
  return of(collectives, { system, op: "all_reduce", mode, num_gpus: String(gpus) }).map((row) => ({
    bytes: Number(row["message_size"]) * ELEMENT_BYTES,
    seconds: seconds(row),
  }));
}

function of(rows: readonly TableRow[], wanted: Readonly<Record<string, string>>): TableRow[] {
  const entries = Object.entries(wanted);
  return rows.filter((row) => entries.every(([column, value]) => row[column] === value));
}

function seconds(row: TableRow): number {
  return Number(row["latency_ms"]) / 1000;
}

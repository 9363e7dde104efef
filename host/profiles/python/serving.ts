/** How a model is served, as the Python tool's `ServingConfig` has it. */
export interface PythonServing {
  /** GPUs that share a replica's tensors. */
  tp: number;
  /** Bytes of a number, of weights and of KV alike: 2, 1 (fp8) or 0.5 (int4). */
  dtypeBytes: number;
  /** Prompt tokens that an iteration prefills. */
  chunk: number;
  /** Tokens in a KV block. */
  blockSize: number;
  /** Most sequences at once; 0: what KV memory allows. */
  maxSlots: number;
  /** Length of a sequence, tokens, that `H` is computed for. */
  meanCtxTokens: number;
  /** Share of a GPU's memory for weights and KV. */
  gpuMemoryUtilization: number;
}

/** What the tool assumes where nothing is said. Its `ep` (1) and `phase` ("aggregated") enter no formula and are left out. */
export const PYTHON_SERVING: PythonServing = {
  tp: 1,
  dtypeBytes: 2,
  chunk: 512,
  blockSize: 16,
  maxSlots: 0,
  meanCtxTokens: 2048,
  gpuMemoryUtilization: 0.9,
};

/** Bytes of a number by the name of its type. The tool has no names on its command line; it prints fp16 for 2 bytes. */
export const PYTHON_DTYPE_BYTES: Readonly<Record<"fp16" | "bf16" | "fp8" | "int4", number>> = {
  fp16: 2,
  bf16: 2,
  fp8: 1,
  int4: 0.5,
};

/** The type as names of profiles show it. */
export function pythonDtypeName(bytes: number): string {
  if (bytes === 2) return "fp16";
  if (bytes === 1) return "fp8";
  return bytes === 0.5 ? "int4" : `${bytes}b`;
}

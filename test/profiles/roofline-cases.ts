import { rooflineModel } from "../../host/profiles/roofline.js";
import { rooflineSchema, type RooflineSpec } from "../../host/specs/roofline-spec.js";
import { durationOf, type BatchLoad } from "../iterations-reference/duration.js";

const GRAINS_PER_MS = 2 ** 20 * 1e6;

/** Llama-3.1-8B on one H100 unless told otherwise. */
export function roofline(fields: Record<string, unknown> = {}): RooflineSpec {
  return rooflineSchema.parse({ type: "roofline", hardware: "h100-sxm", model: "llama-3.1-8b", ...fields });
}

/** One iteration, ms. */
export function iterationMs(spec: RooflineSpec, load: BatchLoad): number {
  return Number(durationOf(rooflineModel(spec), load)) / GRAINS_PER_MS;
}

/** Sequences that decode, each of `context` tokens. */
export function decoding(decodes: number, context: number): BatchLoad {
  return { decodes, context: decodes * context, chunks: [] };
}

/** One chunk of a prompt. */
export function prefilling(tokens: number, processed = 0): BatchLoad {
  return { decodes: 0, context: 0, chunks: [{ tokens, processed }] };
}

/** A spec whose kernels reach every peak and take nothing by themselves. */
export const IDEAL = {
  compute_efficiency: 1,
  memory_efficiency: 1,
  attention_efficiency: 1,
  prefill_attention_efficiency: 1,
  allreduce_efficiency: 1,
  gemm_floor_us: 0,
  attention_floor_us: 0,
  small_kernels_us: 0,
  allreduce_latency_us: 0,
  overhead_ms: 0,
  overhead_per_sequence_ms: 0,
} as const;

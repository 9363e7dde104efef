import type { RooflineSpec } from "../specs/roofline-spec.js";
import { expectedExperts } from "./expected-experts.js";
import type { IterationModel } from "./iteration-model.js";
import { meanIterationS } from "./mean-iteration.js";
import { rooflineReplica } from "./roofline-replica.js";

/** Sequences that decode together, in the middle of their lives. */
export interface DecodeBatch {
  /** Sequences; a mean may be a fraction. */
  sequences: number;
  /** Their mean context, tokens. */
  context: number;
}

/** One decode iteration of a batch: its arithmetic, its memory traffic and its time, over all GPUs of one tensor-parallel group. */
export interface DecodeWork {
  /** Arithmetic, FLOP. */
  flops: number;
  /** Weights read, bytes: with experts those of the distinct ones that the tokens are expected to choose. */
  weightBytes: number;
  /** Keys and values read and written, bytes. */
  kvBytes: number;
  /** s. */
  seconds: number;
  /** Model FLOPs utilisation: {@link flops} over what the peaks of the group allow in that time. */
  mfu: number;
  /** The same of memory traffic. */
  mbu: number;
}

/** Work of one decode iteration by a roofline. */
export function decodeWork(spec: RooflineSpec, model: IterationModel, batch: DecodeBatch): DecodeWork {
  const { peaks } = rooflineReplica(spec);
  const { sequences: n, context } = batch;
  const seconds = meanIterationS(model, { decodes: n, context: n * context, promptTokens: 0, work: 0, prompts: 0 });
  const flops = n * (peaks.flopsPerToken + peaks.flopsPerSequence + peaks.flopsPerContext * context);
  const weightBytes = weightBytesRead(spec, n);
  const kvBytes = n * (context + 1) * peaks.kvBytesPerToken;
  return {
    flops,
    weightBytes,
    kvBytes,
    seconds,
    mfu: flops / (seconds * peaks.peakFlops),
    mbu: (weightBytes + kvBytes) / (seconds * peaks.peakBandwidth),
  };
}

/** Weights that an iteration over so many tokens reads, bytes. A model with as many experts as are read weighs what is read. */
export function weightBytesRead(spec: RooflineSpec, tokens: number): number {
  const { model } = spec;
  if (model.experts === 0) return rooflineReplica(spec).peaks.weightBytes;
  const experts = expectedExperts(model.experts, model.topK, Math.max(1, Math.round(tokens)));
  return rooflineReplica({ ...spec, model: { ...model, experts } }).peaks.weightBytes;
}

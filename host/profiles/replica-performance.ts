import type { PowerQuality } from "./power-coefficients.js";

/** Power of a replica. */
export interface ReplicaPower {
  /** All GPUs of the replica, W. */
  watts: number;
  quality: PowerQuality;
}

/** Sequences that run in a replica, and their mean context, tokens. */
export interface RunningBatch {
  sequences: number;
  context: number;
}

/**
 * What planners ask of a replica, whoever knows it: constants given by hand ({@link ManualPerformance}) or a roofline ({@link ComputedProfile}).
 *
 * The time of a decode iteration is `W + perSequenceS * n + perContextTokenS * (context of all n)`, exactly for constants, nearly for a roofline. `H` is what a sequence of
 * `calibrationCtx` tokens adds to it: `perSequenceS + perContextTokenS * calibrationCtx`.
 */
export interface ReplicaPerformance {
  readonly name: string;
  /** Iteration time without any sequence, s. */
  readonly W: number;
  /** Iteration time that each sequence of `calibrationCtx` tokens adds, s. */
  readonly H: number;
  /** Tokens of a sequence at which `H` holds. */
  readonly calibrationCtx: number;
  readonly perSequenceS: number;
  readonly perContextTokenS: number;
  /** Prompt tokens that one iteration prefills. */
  readonly chunk: number;
  /** Tokens in a KV block. */
  readonly blockSize: number;
  /** KV blocks of a replica. */
  readonly totalKvBlocks: number;
  readonly gpusPerReplica: number;
  /** US dollars an hour for one GPU; 0: not priced. */
  readonly gpuCostPerHr: number;
  /** The same for all GPUs of a replica. */
  readonly replicaCostPerHr: number;
  /** Requests that run at once where the longest has `maxCtx` tokens; 0: one does not fit. */
  readonly slots: (maxCtx: number) => number;
  /** A decode iteration, s. */
  readonly iterationS: (batch: RunningBatch) => number;
  /** Prefill of a prompt beside a batch that decodes, s: its chunks, one an iteration. */
  readonly prefillS: (promptTokens: number, beside?: RunningBatch) => number;
  /** Time that a request is in service in a replica whose slots are all taken by its like, s. */
  readonly serviceS: (inputTokens: number, outputTokens: number, maxCtx: number) => number;
  /** Requests a second of a saturated replica: its slots over {@link serviceS}; 0 where it has none. */
  readonly throughputRps: (maxCtx: number, inputTokens: number, outputTokens: number) => number;
  /** `undefined` where nothing is known of power. */
  readonly replicaPowerW: (batch: RunningBatch) => ReplicaPower | undefined;
}

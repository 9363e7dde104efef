import { kvBlocksOf } from "../specs/pool-capacity.js";
import type { RooflineSpec } from "../specs/roofline-spec.js";
import { meanIterationS } from "./mean-iteration.js";
import type { AffineModel } from "./iteration-model.js";
import type { ReplicaPerformance, RunningBatch } from "./replica-performance.js";
import type { LineBatches } from "./step-line.js";

/** How a replica of a computed profile serves. */
export interface ProfileServing {
  /** Pipeline stages; a replica takes `tp * pp` GPUs. */
  pp: number;
  /** Prompt tokens that one iteration prefills. */
  chunk: number;
  /** Tokens in a KV block. */
  blockSize: number;
  /** Running requests in a replica. */
  maxNumSeqs: number;
  /** Mean context, tokens, at which `H` holds. */
  meanCtx: number;
}

/** A profile computed from the facts of hardware and model; {@link buildProfile} makes it. */
export interface ComputedProfile extends ReplicaPerformance {
  readonly roofline: RooflineSpec;
  readonly serving: ProfileServing;
  /** What an iteration of one pipeline lane takes. */
  readonly iterationModel: AffineModel;
  /** The batches that the line of `W`, `perSequenceS` and `perContextTokenS` is drawn through. */
  readonly lineBatches: LineBatches;
  /**
   * Most sequences at which a replica draws at most `targetW` watts, all its GPUs together, and with fewer no more either; 0 if even one draws more. At most
   * {@link ProfileServing.maxNumSeqs}.
   */
  readonly sequencesAtPowerW: (targetW: number, context: number) => number;
}

/**
 * A pipeline runs `pp` batches at once, each of a share of the sequences; all else of a lane is that of a replica without a pipeline.
 *
 * @param sequences of the replica.
 */
export function laneIterationS(
  { iterationModel, serving }: Pick<ComputedProfile, "iterationModel" | "serving">,
  { sequences, context }: RunningBatch,
  prompt = { tokens: 0, processed: 0 },
): number {
  const decodes = sequences / serving.pp;
  return meanIterationS(iterationModel, {
    decodes,
    context: decodes * context,
    promptTokens: prompt.tokens,
    work: prompt.tokens * (prompt.processed + prompt.tokens / 2),
    prompts: prompt.tokens > 0 ? 1 : 0,
  });
}

/** Requests at once: bounded by the seats of the lanes and by their KV blocks. */
export function laneSlots({ pp, blockSize, maxNumSeqs }: ProfileServing, kvBlocks: number, maxCtx: number): number {
  const seats = Math.max(1, Math.floor(maxNumSeqs / pp));
  const held = Math.floor(Math.floor(kvBlocks / pp) / kvBlocksOf(maxCtx, blockSize));
  return pp * Math.min(seats, held);
}

/** A prompt in chunks of at most so many tokens, each with the tokens before it. */
export function promptChunks(promptTokens: number, chunk: number): { tokens: number; processed: number }[] {
  const count = Math.ceil(promptTokens / chunk);
  return Array.from({ length: count }, (_, index) => ({
    tokens: Math.min(chunk, promptTokens - index * chunk),
    processed: index * chunk,
  }));
}

/** Largest figures of {@link ProfileServing} that make sense. */
export const PROFILE_LIMITS = { sequences: 65_536, tokens: 2 ** 24 } as const;

import type { RooflineSpec } from "../specs/roofline-spec.js";
import type { ReplicaPerformance, RunningBatch } from "./replica-performance.js";

/** The terms of the line that decode iterations follow. */
export type StepLine = Pick<ReplicaPerformance, "W" | "H" | "perSequenceS" | "perContextTokenS" | "calibrationCtx">;

/** The two batches, sequences, that a {@link StepLine} is drawn through. */
export interface LineBatches {
  few: number;
  many: number;
}

/** With experts, of whose weights a small batch reads but a few, the line begins at this share of the largest batch. */
const FEW_WITH_EXPERTS = 1 / 4;

/**
 * One sequence and as many as a replica holds, in each of the `pp` lanes; a model with experts gets the range that a busy replica is in. Both are sizes at which kernels are timed one
 * by one, so that a line can be explained.
 */
export function lineBatches({ model, kernels }: RooflineSpec, slots: number, pp: number): LineBatches {
  const timed = timedBatches(kernels.gemm.computeShare.map(([tokens]) => tokens));
  const atMost = (most: number) => timed.findLast((batch) => batch <= most) ?? 1;
  const many = Math.max(2, atMost(slots / pp));
  const few = model.experts === 0 ? 1 : atMost(many * FEW_WITH_EXPERTS);
  return { few: few * pp, many: many * pp };
}

/** Powers of two, and halfway between them, as the knots of a roofline are. */
function timedBatches(ofShares: readonly number[]): number[] {
  const batches = new Set([1, ...ofShares]);
  for (let power = 2; power <= 8192; power *= 2) batches.add(power).add(power * 1.5);
  return [...batches].sort((a, b) => a - b);
}

/**
 * The line through three iterations: `few` and `many` sequences without context, and `many` of `calibrationCtx` tokens. Elsewhere it is off by a few per cent, since products cost no more
 * until arithmetic is what they wait for, and far off for models with experts below `few`.
 */
export function stepLine(
  iterationS: (batch: RunningBatch) => number,
  { few, many }: LineBatches,
  calibrationCtx: number,
): StepLine {
  const fewS = iterationS({ sequences: few, context: 0 });
  const manyS = iterationS({ sequences: many, context: 0 });
  const fullS = iterationS({ sequences: many, context: calibrationCtx });
  const perSequenceS = (manyS - fewS) / (many - few);
  const perContextTokenS = (fullS - manyS) / (many * calibrationCtx);
  return {
    W: fewS - perSequenceS * few,
    H: perSequenceS + perContextTokenS * calibrationCtx,
    perSequenceS,
    perContextTokenS,
    calibrationCtx,
  };
}

/** How far a {@link StepLine} is from the iterations that it stands for: shares of their times. */
export interface LineError {
  mean: number;
  largest: number;
}

/** Over batches from `few` on, each twice the one before, and contexts of 256 to 8192 tokens, as far as the slots reach. */
export function lineError(
  profile: StepLine & Pick<ReplicaPerformance, "iterationS" | "slots">,
  few: number,
): LineError {
  const errors: number[] = [];
  for (let context = 256; context <= 8192; context *= 2) {
    for (let sequences = few; sequences <= profile.slots(context); sequences *= 2) {
      const line = profile.W + sequences * (profile.perSequenceS + profile.perContextTokenS * context);
      errors.push(Math.abs(line / profile.iterationS({ sequences, context }) - 1));
    }
  }
  if (errors.length === 0) return { mean: 0, largest: 0 };
  return {
    mean: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    largest: errors.reduce((most, error) => Math.max(most, error), 0),
  };
}

import type { LinearSpec } from "../specs/iteration-model-spec.js";
import type { ManualProfile } from "../specs/profile-spec.js";
import type { AffineModel } from "./iteration-model.js";

const MS_PER_SECOND = 1000;

/** The model `linear` of a fleet file as the core computes it: docs/reference/iterations-engine.md, section Iteration models. */
export function linearModel(spec: LinearSpec): AffineModel {
  return affine(
    {
      c0: spec.c0Ms / MS_PER_SECOND,
      c1: spec.c1Ms / MS_PER_SECOND,
      c2: spec.c2Ms / MS_PER_SECOND,
      c3: spec.c3Ms / MS_PER_SECOND,
      c4: spec.c4Ms / MS_PER_SECOND,
    },
    spec.tokenGranularity,
  );
}

/**
 * What the constants of a profile say of an iteration: `W + H * (context / calibrationCtx)`, with the context of all sequences that decode. They say nothing of
 * prefill, which therefore costs no more than the iteration that it takes part in.
 */
export function profileModel(profile: ManualProfile): AffineModel {
  return affine({ c0: profile.W, c1: 0, c2: profile.H / profile.calibrationCtx, c3: 0, c4: 0 }, 1);
}

/** Constants in s. */
function affine(c: Record<"c0" | "c1" | "c2" | "c3" | "c4", number>, tokenGranularity: number): AffineModel {
  return {
    type: "affine",
    knots: [
      { tokens: 0, compute: c.c0, memory: 0, other: 0 },
      { tokens: 1, compute: c.c0 + c.c1, memory: 0, other: 0 },
    ],
    tokenGranularity,
    computePerContext: c.c2,
    computePerWork: c.c3,
    memoryPerContext: 0,
    memoryPerProcessed: 0,
    otherPerSequence: c.c4,
  };
}

import type { AffineModel } from "../../host/profiles/iteration-model.js";
import { interpolate } from "./kernel-tables.js";

/** What an iteration holds. */
export interface Batch {
  /** Sequences that decode, and the sum of their contexts. */
  decodes: number;
  context: number;
  /** Prompt chunks: tokens, and tokens computed before them. */
  chunks: readonly { tokens: number; processed: number }[];
}

/** Duration of an iteration by docs/reference/iterations-engine.md, section Iteration models, in doubles: for fits, where a grain is nothing. */
export function iterationSeconds(model: AffineModel, { decodes, context, chunks }: Batch): number {
  const tokens = decodes + chunks.reduce((sum, chunk) => sum + chunk.tokens, 0);
  const work = chunks.reduce((sum, chunk) => sum + chunk.tokens * (chunk.processed + chunk.tokens / 2), 0);
  const processed = chunks.reduce((sum, chunk) => sum + chunk.processed, 0);
  const at = (part: "compute" | "memory" | "other") => {
    const { knots } = model;
    if (knots.length === 1) return knots[0]![part];
    const places = knots.map((knot) => knot.tokens);
    return interpolate(places, (place) => knots[places.indexOf(place)]![part], tokens);
  };
  const compute = at("compute") + model.computePerContext * context + model.computePerWork * work;
  const memory = at("memory") + model.memoryPerContext * context + model.memoryPerProcessed * processed;
  return Math.max(compute, memory) + at("other") + model.otherPerSequence * (decodes + chunks.length);
}

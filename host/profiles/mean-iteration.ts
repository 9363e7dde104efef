import type { AffineModel, IterationModel, TableModel, TokensKnot } from "./iteration-model.js";

/** What is in an iteration, on average; figures need not be whole. */
export interface BatchMix {
  /** Sequences that decode, a token each. */
  decodes: number;
  /** Context that they read, tokens, all together. */
  context: number;
  /** Prompt tokens. */
  promptTokens: number;
  /** Pairs of prompt token and token that it attends to: a chunk of n after p makes n * (p + n / 2). */
  work: number;
  /** Sequences whose prompts these are. */
  prompts: number;
}

/**
 * What an iteration takes, s, by the formulas of docs/reference/iterations-engine.md in plain arithmetic: for estimates. The core rounds to its own grains, and prompts there come in whole
 * chunks; what a chunk reads of the tokens before it is left out here.
 */
export function meanIterationS(model: IterationModel, mix: BatchMix): number {
  return model.type === "affine" ? affineS(model, mix) : tableS(model, mix);
}

function affineS(model: AffineModel, mix: BatchMix): number {
  const granularity = model.tokenGranularity;
  const tokens = Math.max(granularity, mix.decodes + mix.promptTokens);
  const compute =
    partAt(model.knots, "compute", tokens) + model.computePerContext * mix.context + model.computePerWork * mix.work;
  const memory = partAt(model.knots, "memory", tokens) + model.memoryPerContext * mix.context;
  const other = partAt(model.knots, "other", tokens) + model.otherPerSequence * (mix.decodes + mix.prompts);
  return Math.max(compute, memory) + other;
}

function partAt(knots: readonly TokensKnot[], part: "compute" | "memory" | "other", tokens: number): number {
  const at = placeOf(
    knots.map((knot) => knot.tokens),
    tokens,
  );
  const low = knots[at]!;
  const high = knots[at + 1];
  if (!high) return low[part];
  return Math.max(0, low[part] + ((high[part] - low[part]) * (tokens - low.tokens)) / (high.tokens - low.tokens));
}

function tableS({ decode, prefill, fixed }: TableModel, mix: BatchMix): number {
  const decodeS =
    mix.decodes > 0 ? gridAt(decode.seconds, decode.batch, mix.decodes, decode.context, mix.context / mix.decodes) : 0;
  const before = mix.promptTokens > 0 ? Math.max(0, mix.work / mix.promptTokens - mix.promptTokens / 2) : 0;
  const prefillS =
    mix.promptTokens > 0 ? gridAt(prefill.seconds, prefill.tokens, mix.promptTokens, prefill.context, before) : 0;
  if (decodeS === 0 || prefillS === 0) return decodeS + prefillS;
  return Math.max(decodeS, prefillS, decodeS + prefillS - fixed);
}

function gridAt(
  seconds: readonly (readonly number[])[],
  xKnots: readonly number[],
  x: number,
  yKnots: readonly number[],
  y: number,
): number {
  return along(
    yKnots,
    yKnots.map((_, column) =>
      along(
        xKnots,
        seconds.map((row) => row[column]!),
        x,
      ),
    ),
    y,
  );
}

/** Below the first knot its value; beyond the last as it grew before, but never less. */
function along(knots: readonly number[], values: readonly number[], x: number): number {
  if (knots.length === 1 || x <= knots[0]!) return values[0]!;
  const at = placeOf(knots, x);
  const slope = (values[at + 1]! - values[at]!) / (knots[at + 1]! - knots[at]!);
  const isBeyond = x > knots[knots.length - 1]!;
  if (isBeyond) return values[values.length - 1]! + Math.max(0, slope) * (x - knots[knots.length - 1]!);
  return values[at]! + slope * (x - knots[at]!);
}

/** The last knot but the last one at or below `x`; 0 if there is none. */
function placeOf(knots: readonly number[], x: number): number {
  let at = 0;
  while (at + 2 < knots.length && knots[at + 1]! <= x) at++;
  return at;
}

import type { AffineModel, IterationModel, TableModel } from "./iteration-model.js";

/** A chunk of `tokens` prompt tokens behind `processed` ones. */
export interface PromptChunk {
  tokens: number;
  processed: number;
}

/** What an iteration computes. Counts may be means, and so need not be whole. */
export interface IterationLoad {
  /** Sequences that decode. */
  decodes: number;
  /** Tokens of context that they read, all together. */
  context: number;
  chunks?: readonly PromptChunk[];
}

/**
 * What an iteration takes, s: the formulas of docs/reference/iterations-engine.md, section Iteration models, without the core's rounding to grains of time.
 * For the planners, which ask about means; the core plays iterations by itself.
 */
export function iterationS(model: IterationModel, load: IterationLoad): number {
  return model.type === "affine" ? affineS(model, load) : tableS(model, load);
}

function affineS(model: AffineModel, { decodes, context, chunks = [] }: IterationLoad): number {
  const granularity = model.tokenGranularity;
  const tokens = Math.ceil((decodes + promptTokens(chunks)) / granularity) * granularity;
  const work = chunks.reduce((sum, chunk) => sum + chunk.tokens * (chunk.processed + chunk.tokens / 2), 0);
  const processed = chunks.reduce((sum, chunk) => sum + chunk.processed, 0);
  const at = (part: "compute" | "memory" | "other") =>
    Math.max(
      0,
      straight(
        model.knots.map((knot) => [knot.tokens, knot[part]]),
        tokens,
      ),
    );
  const compute = at("compute") + model.computePerContext * context + model.computePerWork * work;
  const memory = at("memory") + model.memoryPerContext * context + model.memoryPerProcessed * processed;
  return Math.max(compute, memory) + at("other") + model.otherPerSequence * (decodes + chunks.length);
}

function tableS({ decode, prefill, fixed }: TableModel, { decodes, context, chunks = [] }: IterationLoad): number {
  const prompt = promptTokens(chunks);
  const decodeS = () => inGrid(decode.seconds, decode.batch, decodes, decode.context, context / Math.max(decodes, 1));
  if (prompt === 0) return decodeS();
  const before = chunks.reduce((sum, chunk) => sum + chunk.tokens * chunk.processed, 0) / prompt;
  const prefillS = inGrid(prefill.seconds, prefill.tokens, prompt, prefill.context, before);
  if (decodes === 0) return prefillS;
  return Math.max(decodeS(), prefillS, decodeS() + prefillS - fixed);
}

function promptTokens(chunks: readonly PromptChunk[]): number {
  return chunks.reduce((sum, { tokens }) => sum + tokens, 0);
}

function inGrid(
  seconds: readonly (readonly number[])[],
  xKnots: readonly number[],
  x: number,
  yKnots: readonly number[],
  y: number,
): number {
  const alongX = yKnots.map(
    (knot, j) =>
      [
        knot,
        held(
          knotsOf(xKnots, (i) => seconds[i]![j]!),
          x,
        ),
      ] as const,
  );
  return held(alongX, y);
}

function knotsOf(knots: readonly number[], value: (index: number) => number): (readonly [number, number])[] {
  return knots.map((knot, index) => [knot, value(index)] as const);
}

type Knots = readonly (readonly [number, number])[];

/** Flat before the first knot, straight between two, and beyond the last as between the last two, never falling. */
function held(knots: Knots, x: number): number {
  const [first] = knots;
  const last = knots.at(-1)!;
  if (x <= first![0]) return first![1];
  return x > last[0] ? Math.max(last[1], straight(knots, x)) : straight(knots, x);
}

/** Straight between knots, and beyond both ends as between the last two there. */
function straight(knots: Knots, x: number): number {
  if (knots.length === 1) return knots[0]![1];
  let at = 0;
  while (at < knots.length - 2 && knots[at + 1]![0] <= x) at++;
  const [x0, y0] = knots[at]!;
  const [x1, y1] = knots[at + 1]!;
  return y0 + (y1 - y0) * ((x - x0) / (x1 - x0));
}

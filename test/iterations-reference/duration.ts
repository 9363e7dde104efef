/** Section "Iteration models": what one iteration takes. The order of the floating-point operations is part of the rule. */
import type { AffineModel, IterationModel, TableModel } from "../../host/profiles/iteration-model.js";
import { grains } from "./clock.js";

/** A chunk of `tokens` prompt tokens behind `processed` ones. */
export interface Chunk {
  tokens: number;
  processed: number;
}

/** What an iteration computes. */
export interface BatchLoad {
  /** `n`: requests that decode. */
  decodes: number;
  /** `S`: sum of their `computed`. */
  context: number;
  chunks: readonly Chunk[];
}

export function prefillTokens({ chunks }: BatchLoad): number {
  return chunks.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** `Q = sum of n_i * (2 p_i + n_i)`: twice the pairs of prompt token and token that it attends to. */
export function doubledWork({ chunks }: BatchLoad): number {
  return chunks.reduce((sum, { tokens, processed }) => sum + tokens * (2 * processed + tokens), 0);
}

/** Grains of one iteration before any pipeline. */
export function durationOf(model: IterationModel, load: BatchLoad): bigint {
  return model.type === "affine" ? affineDuration(model, load) : tableDuration(model, load);
}

function affineDuration(model: AffineModel, load: BatchLoad): bigint {
  const granularity = model.tokenGranularity;
  const tokens = Math.ceil((load.decodes + prefillTokens(load)) / granularity) * granularity;
  const context = BigInt(load.context);
  const work = BigInt(doubledWork(load));
  const processed = BigInt(load.chunks.reduce((sum, chunk) => sum + chunk.processed, 0));
  const sequences = BigInt(load.decodes + load.chunks.length);

  const compute =
    grains(atTokens(model, tokens, "compute")) +
    grains(model.computePerContext) * context +
    grains(model.computePerWork / 2) * work;
  const memory =
    grains(atTokens(model, tokens, "memory")) +
    grains(model.memoryPerContext) * context +
    grains(model.memoryPerProcessed) * processed;
  const other = grains(atTokens(model, tokens, "other")) + grains(model.otherPerSequence) * sequences;
  return (compute > memory ? compute : memory) + other + 1n;
}

function atTokens({ knots }: AffineModel, tokens: number, column: "compute" | "memory" | "other"): number {
  let value = knots[0]![column];
  if (knots.length > 1) {
    const i = lastButOne(
      knots.map((knot) => knot.tokens),
      (knotTokens) => knotTokens <= tokens,
    );
    const [below, above] = [knots[i]!, knots[i + 1]!];
    const share = (tokens - below.tokens) / (above.tokens - below.tokens);
    value = below[column] + (above[column] - below[column]) * share;
  }
  return Math.max(0, value);
}

/** Index of the last knot, but never the very last one, for which `holds`; 0 if none. */
function lastButOne(knots: readonly number[], holds: (knot: number) => boolean): number {
  let index = 0;
  for (let i = 0; i < knots.length - 1; i++) {
    if (holds(knots[i]!)) index = i;
  }
  return index;
}

function tableDuration(model: TableModel, load: BatchLoad): bigint {
  const prefills = load.chunks.length > 0;
  if (!prefills) return decodeGrains(model, load) + 1n;
  const prefill = prefillGrains(model, load);
  if (load.decodes === 0) return prefill + 1n;
  const decode = decodeGrains(model, load);
  const both = decode + prefill - grains(model.fixed);
  return [decode, prefill, both].reduce((most, value) => (value > most ? value : most)) + 1n;
}

function decodeGrains({ decode }: TableModel, { decodes: n, context: S }: BatchLoad): bigint {
  const contexts = decode.context;
  const last = contexts.length - 1;
  const column = (j: number) =>
    along(
      decode.batch,
      decode.seconds.map((row) => row[j]!),
      n,
    );
  if (S < n * contexts[0]! || last === 0) return grains(column(0));

  const j = lastButOne(contexts, (knot) => n * knot <= S);
  const slope = (column(j + 1) - column(j)) / (n * (contexts[j + 1]! - contexts[j]!));
  if (S > n * contexts[last]!) {
    return grains(column(last)) + grains(Math.max(0, slope)) * BigInt(S - n * contexts[last]!);
  }
  return grains(column(j)) + grains(slope) * BigInt(S - n * contexts[j]!);
}

function prefillGrains({ prefill }: TableModel, load: BatchLoad): bigint {
  const tokens = prefillTokens(load);
  const processed = load.chunks.reduce((sum, chunk) => sum + chunk.tokens * chunk.processed, 0);
  const atContexts = prefill.context.map((_, j) =>
    along(
      prefill.tokens,
      prefill.seconds.map((row) => row[j]!),
      tokens,
    ),
  );
  return grains(along(prefill.context, atContexts, processed / tokens));
}

/** Along an axis: flat before the first knot, straight between two, and beyond the last as between the last two, never falling. */
function along(knots: readonly number[], values: readonly number[], x: number): number {
  const last = knots.length - 1;
  if (last === 0 || x <= knots[0]!) return values[0]!;
  if (x > knots[last]!) {
    const before = last - 1;
    const rise = Math.max(0, values[last]! - values[before]!);
    return values[last]! + rise * ((x - knots[last]!) / (knots[last]! - knots[before]!));
  }
  const i = lastButOne(knots, (knot) => knot <= x);
  return values[i]! + (values[i + 1]! - values[i]!) * ((x - knots[i]!) / (knots[i + 1]! - knots[i]!));
}

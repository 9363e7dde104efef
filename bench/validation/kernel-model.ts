import type { AffineModel } from "../../host/profiles/iteration-model.js";
import { type DenseModel, layerMatrices } from "./dense-models.js";
import { ATTENTION_HEADS, type AttentionPoint, interpolate, type KernelTables } from "./kernel-tables.js";
import { leastSquares } from "../../host/specs/kernels/least-squares.js";
import { mean } from "./statistics.js";

/** What the kernel tables do not hold, s. */
export interface EngineConstants {
  /** Fixed time of an iteration beside its matrix products and attention: norms, sampling, launches, the scheduler. */
  iterationS: number;
  /** Time of a sequence in an iteration: sampling and the scheduler's book-keeping. */
  sequenceS: number;
  /** Memory bandwidth that kernels reach, bytes/s. */
  bytesPerS: number;
}

/** Decode attention of one layer, fitted: `fixed + context * S`, s. */
export interface AttentionFit {
  fixed: number;
  context: number;
  /** Mean size of its relative errors at the points beyond the L2 cache. */
  error: number;
}

/** Beyond this many tokens a matrix product takes whole tiles of so many rows (NVIDIA, *Matrix Multiplication Background*, Tile Quantization). */
const TILE_ROWS = 128;
/** Tokens up to which tiles are modelled one by one: beyond, one tile more or less is a few per cent. */
const LAST_TILED = 2048;

/**
 * An iteration model made of measured kernels. Matrix products follow the table along the tokens of the batch, from 128 tokens on in whole tiles; what
 * lies between them (norms, rotary embedding, activation, writing keys and values) is counted as memory traffic; decode attention has a fixed
 * time and a slope over the context that is read; prefill attention a slope over the pairs of tokens. All of them
 * run one after the other, so all count as `compute`.
 *
 * @param tp GPUs under tensor parallelism.
 * @param limits Largest batch and longest context that the engine meets.
 * @param allReduceS Time of one all-reduce of the hidden states of so many tokens, s; there are two a layer.
 */
export function kernelModel(
  tables: KernelTables,
  model: DenseModel,
  tp: number,
  limits: { batch: number; context: number },
  constants: EngineConstants,
  allReduceS: (tokens: number) => number = () => 0,
): AffineModel {
  const decode = fitDecodeAttention(tables.decodeAttention, limits);
  const work = fitPrefillAttention(tables.prefillAttention, limits);
  const matrices = layerMatrices(model, tp);
  const { layers } = model;
  const products = (rows: number) =>
    layers *
    interpolate(tables.rows, (known) => matrices.reduce((sum, matrix) => sum + tables.gemm(known, matrix), 0), rows);
  const between = elementwiseBytes(model) / tp / constants.bytesPerS;
  // Logits are computed for the last token of each sequence alone; the output projection takes much the same time up to the largest batch.
  const headRows = tables.rows.filter((rows) => rows <= limits.batch);
  const head = mean(headRows.map((rows) => tables.gemm(rows, { n: model.vocabulary / tp, k: model.hidden })));
  const other = head + layers * decode.fixed + constants.iterationS;
  return {
    type: "affine",
    knots: rowsOfKnots(tables.rows).map(({ tokens, rows }) => ({
      tokens,
      compute: products(rows) + between * tokens,
      memory: 0,
      other: other + 2 * layers * allReduceS(tokens),
    })),
    tokenGranularity: 1,
    computePerContext: (layers * decode.context * model.kvHeads) / tp / ATTENTION_HEADS.kvHeads,
    computePerWork: (layers * work * model.heads) / tp / ATTENTION_HEADS.heads,
    memoryPerContext: 0,
    memoryPerProcessed: 0,
    otherPerSequence: constants.sequenceS,
  };
}

/** Tokens of the knots, and the rows that the matrix products of so many tokens compute. */
function rowsOfKnots(known: readonly number[]): { tokens: number; rows: number }[] {
  const knots = known.filter((rows) => rows <= TILE_ROWS).map((rows) => ({ tokens: rows, rows }));
  for (let rows = 2 * TILE_ROWS; rows <= LAST_TILED; rows += TILE_ROWS)
    knots.push({ tokens: rows - TILE_ROWS + 1, rows }, { tokens: rows, rows });
  return [...knots, ...known.filter((rows) => rows > LAST_TILED).map((rows) => ({ tokens: rows, rows }))];
}

/**
 * Bytes that the kernels between the matrix products read and write for a token, in 16 bits: two norms with their residual (read and write both: 4 h
 * each), rotary embedding of q and k, keys and values into the cache, SiLU and product (read 2 f, write f).
 */
export function elementwiseBytes({ layers, hidden, heads, kvHeads, headDim, ffn }: DenseModel): number {
  const rotary = 2 * (heads + kvHeads) * headDim;
  const cache = 4 * kvHeads * headDim;
  return layers * 2 * (8 * hidden + rotary + cache + 3 * ffn);
}

/** Twice the L2 cache (50 MB on the H100, 48 MB on the L40S): so many bytes of keys and values pass through it without being found again. */
const UNCACHED_BYTES = 100e6;
/** Keys and values of a token in one layer of the attention that was measured. */
const KV_BYTES = 2 * ATTENTION_HEADS.kvHeads * ATTENTION_HEADS.headDim * 2;

/**
 * Decode attention of one layer: its shortest measured time, and the slope over the context by least squares of relative errors at the points that
 * exceed the L2 cache by far. Smaller points were measured with their keys and values in the cache, where an engine, which reads all layers in turn, never finds them.
 */
export function fitDecodeAttention(
  points: readonly AttentionPoint[],
  limits: { batch: number; context: number },
): AttentionFit {
  const within = points.filter(({ batch, tokens }) => batch <= limits.batch && tokens <= limits.context);
  const fixed = Math.min(...within.map((point) => point.seconds));
  const uncached = within.filter(({ batch, tokens }) => batch * tokens * KV_BYTES > UNCACHED_BYTES);
  const [context] = leastSquares(
    uncached.map(({ batch, tokens }) => [batch * tokens]),
    uncached.map(({ seconds }) => seconds - fixed),
    uncached.map(({ seconds }) => 1 / (seconds * seconds)),
  ) as [number];
  const error = mean(
    uncached.map(({ batch, tokens, seconds }) => Math.abs((fixed + context * batch * tokens) / seconds - 1)),
  );
  return { fixed, context, error };
}

/** Time of a layer's attention for a pair of prompt token and token attended to, s: the slope over several prompts in one iteration. */
function fitPrefillAttention(points: readonly AttentionPoint[], limits: { context: number }): number {
  const within = points.filter(({ batch, tokens }) => tokens <= limits.context && batch <= 8);
  const rows = within.map(({ batch, tokens }) => [1, (batch * tokens * tokens) / 2]);
  const seconds = within.map((point) => point.seconds);
  return leastSquares(
    rows,
    seconds,
    seconds.map((value) => 1 / (value * value)),
  )[1]!;
}

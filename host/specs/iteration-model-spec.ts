import * as z from "zod";
import { mistake, mustBeOneOf, numberFrom, objectWith, wholeNumber } from "./fields.js";
import { rooflineSchema } from "./roofline-spec.js";

/** Longest time that a model may give for any of its parts, ms: the longest iteration that the core takes. */
const MAX_TIME_MS = 1e6;
/** Most knots of an axis. */
const MAX_KNOTS = 64;
/** Largest knot of an axis, tokens or sequences. */
const LARGEST_KNOT = 1e9;

/** An iteration takes `c0 + c1 * tokens + c2 * context + c3 * prefill work + c4 * sequences`. */
export interface LinearSpec {
  type: "linear";
  /** An iteration. */
  c0Ms: number;
  /** A token of the batch, prompt or output. */
  c1Ms: number;
  /** A token of context that a decoding sequence reads. */
  c2Ms: number;
  /** A pair of prompt token and token that it attends to. */
  c3Ms: number;
  /** A sequence in the batch. */
  c4Ms: number;
  /** Tokens of the batch are rounded up to a multiple of this. */
  tokenGranularity: number;
}

/** Measured times over two axes: `ms[i][j]` is at knot i of the first and j of the second. */
export interface TableSpec {
  type: "table";
  /** Iterations of `batch` sequences of mean context `context` tokens that decode. */
  decode: { batch: readonly number[]; context: readonly number[]; ms: readonly (readonly number[])[] };
  /** Iterations of `tokens` prompt tokens that have `context` tokens before them on average. */
  prefill: { tokens: readonly number[]; context: readonly number[]; ms: readonly (readonly number[])[] };
  /** What decode and prefill have in common: an iteration of both pays it once. */
  fixedMs: number;
}

const time = () => numberFrom(0, MAX_TIME_MS).default(0);

const linearSchema = objectWith("an object with the constants of a linear model", {
  type: z.literal("linear"),
  c0_ms: time().describe("ms an iteration takes by itself"),
  c1_ms: time().describe("ms a token of the batch adds, prompt or output"),
  c2_ms: time().describe("ms a token of context adds that a decoding sequence reads"),
  c3_ms: time().describe("ms a pair of prompt token and token that it attends to adds"),
  c4_ms: time().describe("ms a sequence in the batch adds"),
  token_granularity: wholeNumber(1, 1e6)
    .default(1)
    .describe("tokens of the batch are rounded up to a multiple of this"),
})
  .superRefine((model, context) => {
    if (model.c0_ms + model.c1_ms === 0) mistake(context, ["c0_ms"], "must be above 0, or else c1_ms must");
  })
  .transform((model): LinearSpec => ({
    type: "linear",
    c0Ms: model.c0_ms,
    c1Ms: model.c1_ms,
    c2Ms: model.c2_ms,
    c3Ms: model.c3_ms,
    c4Ms: model.c4_ms,
    tokenGranularity: model.token_granularity,
  }));

const knotsClause = `must be a list of 1 to ${MAX_KNOTS} whole numbers, rising`;
const timeClause = `must be a number above 0, at most ${MAX_TIME_MS}`;
const rowsClause = "must be a list of rows, each a list of times in ms";

const axis = () =>
  z
    .array(wholeNumber(0, LARGEST_KNOT), { error: knotsClause })
    .min(1, { error: knotsClause, abort: true })
    .max(MAX_KNOTS, { error: knotsClause, abort: true })
    .superRefine((knots, context) => {
      const at = knots.findIndex((knot, index) => index > 0 && knot <= knots[index - 1]!);
      if (at > 0) mistake(context, [at], `must be more than ${knots[at - 1]!}, the knot before it`);
    });

const grid = () => {
  const one = z.number({ error: timeClause }).positive({ error: timeClause, abort: true });
  const row = z.array(one.max(MAX_TIME_MS, { error: timeClause, abort: true }), { error: rowsClause });
  return z.array(row.max(MAX_KNOTS, { error: rowsClause, abort: true }), { error: rowsClause });
};

type Rows = readonly (readonly number[])[];

/** Reports rows that are not as many as the knots of the first axis, or not as long as the second. */
function checkGrid(context: z.RefinementCtx, rows: Rows, [first, knots]: [string, number], columns: number): void {
  if (rows.length !== knots) mistake(context, ["ms"], `must be ${knots} rows, one for each knot of ${first}`);
  const uneven = rows.findIndex((row) => row.length !== columns);
  if (uneven >= 0) mistake(context, ["ms", uneven], `must be ${columns} times, one for each knot of context`);
}

const tableSchema = objectWith("an object with measured times", {
  type: z.literal("table"),
  decode: objectWith("an object with batch, context and ms", {
    batch: axis().describe("sequences that decode in an iteration"),
    context: axis().describe("their mean context, tokens"),
    ms: grid().describe("iteration times: a row for each batch, in it one for each context"),
  }).superRefine(({ batch, context: contexts, ms }, context) => {
    checkGrid(context, ms, ["batch", batch.length], contexts.length);
  }),
  prefill: objectWith("an object with tokens, context and ms", {
    tokens: axis().describe("prompt tokens in an iteration"),
    context: axis().describe("tokens before them, on average"),
    ms: grid().describe("iteration times: a row for each number of tokens, in it one for each context"),
  }).superRefine(({ tokens, context: contexts, ms }, context) => {
    checkGrid(context, ms, ["tokens", tokens.length], contexts.length);
  }),
  fixed_ms: numberFrom(0, MAX_TIME_MS)
    .optional()
    .describe(
      "ms that decode and prefill have in common: an iteration of both pays it once; the smallest decode time unless given",
    ),
}).transform((model): TableSpec => ({
  type: "table",
  decode: model.decode,
  prefill: model.prefill,
  fixedMs: model.fixed_ms ?? smallest(model.decode.ms),
}));

function smallest(rows: Rows): number {
  return rows.reduce((least, row) => row.reduce((a, b) => Math.min(a, b), least), Infinity);
}

/** Names of the models. */
export const ITERATION_MODELS = ["linear", "table", "roofline"] as const;

/** `iteration_model` of a pool. */
export const iterationModelSchema = z.discriminatedUnion("type", [linearSchema, tableSchema, rooflineSchema], {
  error: (issue) =>
    issue.code === "invalid_union"
      ? mustBeOneOf((issue.input as { type?: unknown } | null)?.type, ITERATION_MODELS)
      : "must be an object with the type of a model and its parameters",
});

/** What an iteration takes, as the author of a fleet gave it, checked, with defaults filled in. */
export type IterationModelSpec = z.output<typeof iterationModelSchema>;

import {
  MODEL_AFFINE,
  MODEL_COMPUTE_PER_CONTEXT,
  MODEL_COMPUTE_PER_WORK,
  MODEL_GRANULARITY,
  MODEL_HEAD,
  MODEL_KNOTS,
  MODEL_MEMORY_PER_CONTEXT,
  MODEL_MEMORY_PER_PROCESSED,
  MODEL_OTHER_PER_SEQUENCE,
  MODEL_TYPE,
} from "./contract";
import { grainsOf } from "./grains";
import { TimeTable } from "./time-table";

/** A law that holds for ever. */
export const ENDLESS: i64 = i64.MAX_VALUE;

/** Keeps an iteration from taking no time. */
export const LEAST: i64 = 1;

/** Batch sizes whose share of the duration is remembered. */
const REMEMBERED: i32 = 256;

/**
 * What an iteration takes, in grains. The formulas are those of docs/reference/iterations-engine.md, section Iteration models.
 *
 * Of an iteration of decodes alone, `decode` finds the law by which its successors follow: as the context grows by n from one to the next, the
 * duration grows by `slope * n`, for `lasts` iterations.
 */
export class IterationModel {
  /** Duration of the iteration that `decode` was asked about. */
  first: i64 = 0;
  /** What a token more of context adds to it. */
  slope: i64 = 0;
  /** Iterations for which that law holds, the first included. */
  lasts: i64 = 0;

  private readonly table: TimeTable | null;
  private granularity: i64 = 1;
  private computePerContext: i64 = 0;
  private computePerWork: i64 = 0;
  private memoryPerContext: i64 = 0;
  private memoryPerProcessed: i64 = 0;
  private otherPerSequence: i64 = 0;
  private knots: i32 = 0;

  /** What the latest call of `price` found for its tokens. */
  private compute: i64 = 0;
  private memory: i64 = 0;
  private other: i64 = 0;
  private readonly rememberedTokens: StaticArray<i64> = new StaticArray<i64>(REMEMBERED);
  private readonly remembered: StaticArray<i64> = new StaticArray<i64>(3 * REMEMBERED);

  constructor(
    private readonly values: StaticArray<f64>,
    /** Where the model begins in `values`. */
    private readonly base: i32,
  ) {
    this.rememberedTokens.fill(-1);
    this.table = values[base + MODEL_TYPE] == MODEL_AFFINE ? null : new TimeTable(values, base);
    if (values[base + MODEL_TYPE] == MODEL_AFFINE) this.readAffine();
  }

  private readAffine(): void {
    const values = this.values;
    const base = this.base;
    this.knots = <i32>values[base + MODEL_KNOTS];
    this.granularity = <i64>values[base + MODEL_GRANULARITY];
    this.computePerContext = grainsOf(values[base + MODEL_COMPUTE_PER_CONTEXT]);
    this.computePerWork = grainsOf(values[base + MODEL_COMPUTE_PER_WORK] / 2);
    this.memoryPerContext = grainsOf(values[base + MODEL_MEMORY_PER_CONTEXT]);
    this.memoryPerProcessed = grainsOf(values[base + MODEL_MEMORY_PER_PROCESSED]);
    this.otherPerSequence = grainsOf(values[base + MODEL_OTHER_PER_SEQUENCE]);
  }

  /** Finds the law of iterations of `n` decodes that read `context` tokens. */
  decode(n: i64, context: i64): void {
    const table = this.table;
    if (table != null) {
      table.decode(n, context);
      this.first = table.first + LEAST;
      this.slope = table.slope;
      this.lasts = table.lasts;
      return;
    }
    this.price(n);
    const compute = this.compute + this.computePerContext * context;
    const memory = this.memory + this.memoryPerContext * context;
    const rest = this.other + this.otherPerSequence * n + LEAST;
    // How much the side that is smaller now gains on the other with every iteration.
    const gain = (this.memoryPerContext - this.computePerContext) * n;
    this.lasts = ENDLESS;
    if (compute >= memory) {
      this.first = compute + rest;
      this.slope = this.computePerContext;
      if (gain > 0) this.lasts = (compute - memory) / gain + 1;
    } else {
      this.first = memory + rest;
      this.slope = this.memoryPerContext;
      if (gain < 0) this.lasts = (memory - compute - 1) / -gain + 1;
    }
  }

  /**
   * Duration of an iteration of `n` decodes that read `context` tokens and `chunks` chunks of `tokens` prompt tokens in all.
   *
   * @param work twice the pairs of prompt token and token that it attends to. `processed`: tokens before the chunks.
   */
  mixed(n: i64, context: i64, chunks: i64, tokens: i64, work: i64, processed: i64, before: i64): i64 {
    const table = this.table;
    if (table != null) return table.mixed(n, context, tokens, before) + LEAST;
    this.price(n + tokens);
    const compute = this.compute + this.computePerContext * context + this.computePerWork * work;
    const memory = this.memory + this.memoryPerContext * context + this.memoryPerProcessed * processed;
    return max(compute, memory) + this.other + this.otherPerSequence * (n + chunks) + LEAST;
  }

  /** What `tokens` tokens of a batch take by themselves. */
  private price(tokens: i64): void {
    const granularity = this.granularity;
    if (granularity > 1) tokens = ((tokens + granularity - 1) / granularity) * granularity;
    const place = <i32>(tokens & (REMEMBERED - 1));
    const remembered = this.remembered;
    if (this.rememberedTokens[place] != tokens) {
      this.rememberedTokens[place] = tokens;
      this.interpolate(<f64>tokens, 3 * place);
    }
    this.compute = remembered[3 * place];
    this.memory = remembered[3 * place + 1];
    this.other = remembered[3 * place + 2];
  }

  private interpolate(tokens: f64, place: i32): void {
    const values = this.values;
    const first = this.base + MODEL_HEAD;
    let knot = 0;
    while (knot + 2 < this.knots && values[first + 4 * (knot + 1)] <= tokens) knot++;
    const row = first + 4 * knot;
    const share = this.knots == 1 ? 0 : (tokens - values[row]) / (values[row + 4] - values[row]);
    for (let part = 0; part < 3; part++) {
      const value = values[row + 1 + part];
      const rise = this.knots == 1 ? 0 : (values[row + 5 + part] - value) * share;
      this.remembered[place + part] = grainsOf(Math.max(0, value + rise));
    }
  }
}

import {
  MODEL_DECODE_BATCHES,
  MODEL_DECODE_CONTEXTS,
  MODEL_FIXED,
  MODEL_HEAD,
  MODEL_PREFILL_CONTEXTS,
  MODEL_PREFILL_TOKENS,
} from "./contract";
import { grainsOf } from "./grains";

/** Measured times of iterations, interpolated; see docs/reference/iterations-engine.md, Iteration models, Table. */
export class TimeTable {
  /** Law of the latest call of `decode`, without the grain that every iteration takes; see IterationModel. */
  first: i64 = 0;
  slope: i64 = 0;
  lasts: i64 = 0;

  /** Where the axes and the times begin in `values`. */
  private readonly batches: i32;
  private readonly contexts: i32;
  private readonly decodeTimes: i32;
  private readonly tokens: i32;
  private readonly processed: i32;
  private readonly prefillTimes: i32;
  private readonly batchCount: i32;
  private readonly contextCount: i32;
  private readonly tokenCount: i32;
  private readonly processedCount: i32;
  private readonly fixed: i64;
  /** Prefill times of every column at the tokens that are asked for. */
  private readonly row: StaticArray<f64>;

  constructor(
    private readonly values: StaticArray<f64>,
    base: i32,
  ) {
    this.batchCount = <i32>values[base + MODEL_DECODE_BATCHES];
    this.contextCount = <i32>values[base + MODEL_DECODE_CONTEXTS];
    this.tokenCount = <i32>values[base + MODEL_PREFILL_TOKENS];
    this.processedCount = <i32>values[base + MODEL_PREFILL_CONTEXTS];
    this.fixed = grainsOf(values[base + MODEL_FIXED]);
    this.row = new StaticArray<f64>(<i32>values[base + MODEL_PREFILL_CONTEXTS]);
    const batches = base + MODEL_HEAD;
    const contexts = batches + <i32>values[base + MODEL_DECODE_BATCHES];
    const decodeTimes = contexts + <i32>values[base + MODEL_DECODE_CONTEXTS];
    const tokens = decodeTimes + (contexts - batches) * (decodeTimes - contexts);
    const processed = tokens + <i32>values[base + MODEL_PREFILL_TOKENS];
    this.batches = batches;
    this.contexts = contexts;
    this.decodeTimes = decodeTimes;
    this.tokens = tokens;
    this.processed = processed;
    this.prefillTimes = processed + <i32>values[base + MODEL_PREFILL_CONTEXTS];
  }

  /** Finds the law of iterations of `n` decodes that read `context` tokens. */
  decode(n: i64, context: i64): void {
    const last = this.contextCount - 1;
    const lowest = n * this.contextAt(0);
    if (last == 0 || context < lowest) {
      this.first = grainsOf(this.decodeTime(<f64>n, 0));
      this.slope = 0;
      this.lasts = last == 0 ? i64.MAX_VALUE : (lowest - context - 1) / n + 1;
      return;
    }
    let column = 0;
    while (column + 1 < last && n * this.contextAt(column + 1) <= context) column++;
    const from = n * this.contextAt(column);
    const to = n * this.contextAt(column + 1);
    const begin = this.decodeTime(<f64>n, column);
    const end = this.decodeTime(<f64>n, column + 1);
    const slope = (end - begin) / (<f64>n * <f64>(this.contextAt(column + 1) - this.contextAt(column)));
    if (column + 1 == last && context > to) {
      this.slope = grainsOf(Math.max(0, slope));
      this.first = grainsOf(end) + this.slope * (context - to);
      this.lasts = i64.MAX_VALUE;
      return;
    }
    this.slope = grainsOf(slope);
    this.first = grainsOf(begin) + this.slope * (context - from);
    this.lasts = column + 1 == last ? (to - context) / n + 1 : (to - context - 1) / n + 1;
  }

  /** Duration of an iteration of decodes and prompt tokens; `before`: sum over the prompt tokens of the tokens before their chunk. */
  mixed(n: i64, context: i64, tokens: i64, before: i64): i64 {
    const prefill = this.prefill(<f64>tokens, <f64>before / <f64>tokens);
    if (n == 0) return prefill;
    this.decode(n, context);
    return max(max(this.first, prefill), this.first + prefill - this.fixed);
  }

  private prefill(tokens: f64, before: f64): i64 {
    const values = this.values;
    const row = this.row;
    for (let column = 0; column < row.length; column++) {
      row[column] = along(values, this.tokens, this.tokenCount, values, this.prefillTimes + column, row.length, tokens);
    }
    return grainsOf(along(values, this.processed, this.processedCount, row, 0, 1, before));
  }

  private decodeTime(n: f64, column: i32): f64 {
    const values = this.values;
    return along(values, this.batches, this.batchCount, values, this.decodeTimes + column, this.contextCount, n);
  }

  private contextAt(column: i32): i64 {
    return <i64>this.values[this.contexts + column];
  }
}

/** The value at `x`, of `count` knots that begin at `axis` and values that begin at `first` and lie `stride` apart. */
function along(
  knots: StaticArray<f64>,
  axis: i32,
  count: i32,
  values: StaticArray<f64>,
  first: i32,
  stride: i32,
  x: f64,
): f64 {
  if (count == 1 || x <= knots[axis]) return values[first];
  const last = count - 1;
  const end = knots[axis + last];
  if (x > end) {
    const before = values[first + (last - 1) * stride];
    const at = values[first + last * stride];
    return at + Math.max(0, at - before) * ((x - end) / (end - knots[axis + last - 1]));
  }
  let knot = 0;
  while (knot + 1 < last && knots[axis + knot + 1] <= x) knot++;
  const low = values[first + knot * stride];
  const high = values[first + (knot + 1) * stride];
  const from = knots[axis + knot];
  return low + (high - low) * ((x - from) / (knots[axis + knot + 1] - from));
}

import {
  ERROR_MODEL,
  ERROR_NONE,
  MODEL_AFFINE,
  MODEL_COMPUTE_PER_CONTEXT,
  MODEL_DECODE_BATCHES,
  MODEL_DECODE_CONTEXTS,
  MODEL_FIXED,
  MODEL_GRANULARITY,
  MODEL_HEAD,
  MODEL_KNOTS,
  MODEL_MAX_KNOTS,
  MODEL_OTHER_PER_SEQUENCE,
  MODEL_PREFILL_CONTEXTS,
  MODEL_PREFILL_TOKENS,
  MODEL_TABLE,
  MODEL_TYPE,
  POOL_BLOCK_SIZE,
  POOL_BUDGET,
  POOL_CHUNKED,
  POOL_FIELDS,
  POOL_KV_BLOCKS,
  POOL_MAX_CTX,
  POOL_MODEL,
  POOL_SCHEDULER,
  POOL_SLOTS,
  SCHEDULER_SARATHI,
  SCHEDULER_VLLM,
} from "./contract";
import { Fault } from "./fault";
import { Tables } from "./tables";

/** Most seconds of an iteration: then even a jump of one fits the grains of a clock, and sums of a few of them an i64. */
const LONGEST_ITERATION: f64 = 1000;

/** Checks the iteration model of every pool: the jumps of a lane trust it. */
export function checkModels(tables: Tables, fault: Fault): i32 {
  for (let row = 0; row < tables.pools.length; row += POOL_FIELDS) {
    const base = tables.pools[row + POOL_MODEL];
    const values = tables.model;
    // Written so that NaN fails.
    const begins = base >= 0 && base + MODEL_HEAD <= <f64>values.length && Math.floor(base) == base;
    const wrong = begins ? wrongPlace(tables, row, <i32>base) : MODEL_TYPE;
    if (wrong >= 0) return fault.of(ERROR_MODEL, row / POOL_FIELDS, wrong);
  }
  return ERROR_NONE;
}

/** Place, from its head, of what is wrong in the model at `base`; -1 if nothing is. */
function wrongPlace(tables: Tables, row: i32, base: i32): i32 {
  const type = tables.model[base + MODEL_TYPE];
  if (type == MODEL_AFFINE) return wrongAffine(tables, row, base);
  return type == MODEL_TABLE ? wrongTable(tables, row, base) : MODEL_TYPE;
}

function wrongAffine(tables: Tables, row: i32, base: i32): i32 {
  const values = tables.model;
  if (!isKnotCount(values[base + MODEL_KNOTS])) return MODEL_KNOTS;
  const knots = <i32>values[base + MODEL_KNOTS];
  if (base + MODEL_HEAD + 4 * knots > values.length) return MODEL_KNOTS;
  const granularity = values[base + MODEL_GRANULARITY];
  if (!(granularity >= 1 && granularity <= 1e6 && Math.floor(granularity) == granularity)) return MODEL_GRANULARITY;
  for (let place = MODEL_COMPUTE_PER_CONTEXT; place <= MODEL_OTHER_PER_SEQUENCE; place++) {
    if (!isTime(values[base + place])) return place;
  }
  for (let place = MODEL_HEAD; place < MODEL_HEAD + 4 * knots; place++) {
    const value = values[base + place];
    const isTokens = (place - MODEL_HEAD) % 4 == 0;
    if (isTokens ? !(value >= 0 && value <= 1e9) : !isTime(value)) return place;
    if (isTokens && place > MODEL_HEAD && value <= values[base + place - 4]) return place;
  }
  return affineFits(tables, row, base, knots) ? -1 : MODEL_KNOTS;
}

/** Whether the longest iteration that can be thought of, all memory full and each seat with the longest prompt, stays within LONGEST_ITERATION. */
function affineFits(tables: Tables, row: i32, base: i32, knots: i32): bool {
  const values = tables.model;
  const pools = tables.pools;
  const longest = pools[row + POOL_MAX_CTX];
  const held = pools[row + POOL_KV_BLOCKS] * pools[row + POOL_BLOCK_SIZE];
  const seats = pools[row + POOL_SLOTS];
  const tokens = Math.min(held, seats * longest) + seats + values[base + MODEL_GRANULARITY];
  let time: f64 = 0;
  for (let part = 1; part <= 3; part++) {
    let most: f64 = 0;
    for (let knot = 0; knot < knots; knot++) most = Math.max(most, values[base + MODEL_HEAD + 4 * knot + part]);
    if (knots > 1) {
      const last = base + MODEL_HEAD + 4 * (knots - 1);
      const rise = (values[last + part] - values[last - 4 + part]) / (values[last] - values[last - 4]);
      most += Math.max(0, rise) * Math.max(0, tokens - values[last]);
    }
    time += most;
  }
  const head = base + MODEL_COMPUTE_PER_CONTEXT;
  time +=
    (values[head] + values[head + 2] + values[head + 3]) * tokens +
    values[head + 1] * Math.min(tokens, promptTokens(pools, row)) * longest;
  return time + values[head + 4] * seats <= LONGEST_ITERATION;
}

/** Most prompt tokens of an iteration. */
function promptTokens(pools: StaticArray<f64>, row: i32): f64 {
  const scheduler = pools[row + POOL_SCHEDULER];
  const cut = scheduler == SCHEDULER_SARATHI || (scheduler == SCHEDULER_VLLM && pools[row + POOL_CHUNKED] != 0);
  return cut ? pools[row + POOL_BUDGET] : Infinity;
}

function wrongTable(tables: Tables, row: i32, base: i32): i32 {
  const values = tables.model;
  for (let place = MODEL_DECODE_BATCHES; place <= MODEL_PREFILL_CONTEXTS; place++) {
    if (!isKnotCount(values[base + place])) return place;
  }
  if (!isTime(values[base + MODEL_FIXED])) return MODEL_FIXED;
  const batches = <i32>values[base + MODEL_DECODE_BATCHES];
  const contexts = <i32>values[base + MODEL_DECODE_CONTEXTS];
  const tokens = <i32>values[base + MODEL_PREFILL_TOKENS];
  const processed = <i32>values[base + MODEL_PREFILL_CONTEXTS];
  const length = batches + contexts + batches * contexts + tokens + processed + tokens * processed;
  if (base + MODEL_HEAD + length > values.length) return MODEL_DECODE_BATCHES;
  const seats = tables.pools[row + POOL_SLOTS];
  const longest = tables.pools[row + POOL_MAX_CTX];
  const held = Math.min(seats * longest, tables.pools[row + POOL_KV_BLOCKS] * tables.pools[row + POOL_BLOCK_SIZE]);
  const wrong = wrongGrid(values, base, MODEL_HEAD, batches, contexts, seats, longest);
  if (wrong >= 0) return wrong;
  const prefill = MODEL_HEAD + batches + contexts + batches * contexts;
  return wrongGrid(values, base, prefill, tokens, processed, held, longest);
}

/** The same for one grid, at `place` from the head, that is looked at up to `mostX` and `mostY`. */
function wrongGrid(values: StaticArray<f64>, base: i32, place: i32, xs: i32, ys: i32, mostX: f64, mostY: f64): i32 {
  for (let i = 0; i < xs + ys; i++) {
    const value = values[base + place + i];
    if (!(value >= 0 && value <= 1e9 && Math.floor(value) == value)) return place + i;
    if (i != 0 && i != xs && value <= values[base + place + i - 1]) return place + i;
  }
  const times = place + xs + ys;
  let most: f64 = 0;
  for (let i = 0; i < xs * ys; i++) {
    if (!(values[base + times + i] > 0 && values[base + times + i] <= LONGEST_ITERATION)) return times + i;
    most = Math.max(most, values[base + times + i]);
  }
  // Beyond its ends a grid grows at most as fast as its steepest step, along either axis.
  const growthX = xs > 1 ? mostX / (values[base + place + xs - 1] - values[base + place + xs - 2]) : 0;
  const growthY = ys > 1 ? mostY / (values[base + place + xs + ys - 1] - values[base + place + xs + ys - 2]) : 0;
  return most * (1 + growthX) * (1 + growthY) <= LONGEST_ITERATION ? -1 : times;
}

function isKnotCount(value: f64): bool {
  return value >= 1 && value <= MODEL_MAX_KNOTS && Math.floor(value) == value;
}

function isTime(value: f64): bool {
  return value >= 0 && value <= LONGEST_ITERATION;
}

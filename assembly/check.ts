import {
  ENGINE_ITERATIONS,
  ERROR_LENGTH_MODEL,
  ERROR_NONE,
  ERROR_POOL_FIELD,
  ERROR_PROFILE,
  ERROR_RUN_FIELD,
  MAX_SECONDS,
  POOL_BALANCE,
  POOL_BLOCK_SIZE,
  POOL_BUDGET,
  POOL_CALIBRATION_CTX,
  POOL_CHUNK,
  POOL_CHUNKED,
  POOL_FIELDS,
  POOL_H,
  POOL_KV_BLOCKS,
  POOL_MAX_CTX,
  POOL_MAX_QUEUE,
  POOL_POLICY,
  POOL_PP,
  POOL_PREFILL_CHUNK,
  POOL_PREFIX_BLOCK,
  POOL_PREFIX_WEIGHT,
  POOL_REPLICAS,
  POOL_SCHEDULER,
  POOL_SHARED_QUEUE,
  POOL_SLOTS,
  POOL_W,
  POOL_WATERMARK,
  RUN_ARRIVALS,
  RUN_COMPRESS_LATENCY,
  RUN_CV,
  RUN_CONCURRENCY,
  RUN_DEFAULT_POOL,
  RUN_ENGINE,
  RUN_GAMMA,
  RUN_HORIZON,
  RUN_P_COMPRESS,
  RUN_PREFIX_GROUPS,
  RUN_PREFIX_UNITS,
  RUN_PROFILE_STEP,
  RUN_RAMP,
  RUN_RATE,
  RUN_ROUTER,
  RUN_STEP,
  RUN_THINK,
  RUN_THRESHOLD,
  RUN_WINDOW_SECONDS,
} from "./contract";
import { isCount, within } from "./bounds";
import { checkModels } from "./check-models";
import { checkStages } from "./check-stages";
import { Fault } from "./fault";
import { Tables } from "./tables";

const LARGEST_COUNT: f64 = 2147483647;

/** Of a rate profile, s: shorter ones would not move a clock that ends at MAX_SECONDS. */
const SHORTEST_STEP: f64 = 1e-6;

/** Mean think time, s: a drawn one is at most 37 times as long (-ln 2^-53), which the clock must hold. */
const LONGEST_THINK: f64 = 1e6;

/** Smaller ones are not told from equal gaps by a gamma variate in doubles. */
const SMALLEST_CV: f64 = 1e-4;

/** Checks what the host wrote before a run. The host has checked the user's words; this guards the loop against everything else. */
export function checkTables(tables: Tables, fault: Fault): i32 {
  const run = checkRun(tables, fault);
  if (run != ERROR_NONE) return run;
  const pools = checkPools(tables, fault);
  if (pools != ERROR_NONE) return pools;
  const models = tables.run[RUN_ENGINE] == ENGINE_ITERATIONS ? checkModels(tables, fault) : ERROR_NONE;
  if (models != ERROR_NONE) return models;
  const stages = tables.run[RUN_ENGINE] == ENGINE_ITERATIONS ? checkStages(tables, fault) : ERROR_NONE;
  if (stages != ERROR_NONE) return stages;
  const lengths = checkLengths(tables, fault);
  return lengths != ERROR_NONE ? lengths : checkProfile(tables.profile, fault);
}

function checkRun(tables: Tables, fault: Fault): i32 {
  const run = tables.run;
  const pools = <f64>(tables.pools.length / POOL_FIELDS);
  if (!isCount(run[RUN_ROUTER], 0, 6)) return fault.of(ERROR_RUN_FIELD, RUN_ROUTER, 0);
  if (!isCount(run[RUN_ARRIVALS], 0, 2)) return fault.of(ERROR_RUN_FIELD, RUN_ARRIVALS, 0);
  if (!within(run[RUN_THRESHOLD], 0, LARGEST_COUNT)) return fault.of(ERROR_RUN_FIELD, RUN_THRESHOLD, 0);
  if (!within(run[RUN_GAMMA], 0, 1e6)) return fault.of(ERROR_RUN_FIELD, RUN_GAMMA, 0);
  if (!within(run[RUN_P_COMPRESS], 0, 1)) return fault.of(ERROR_RUN_FIELD, RUN_P_COMPRESS, 0);
  if (!within(run[RUN_COMPRESS_LATENCY], 0, MAX_SECONDS)) return fault.of(ERROR_RUN_FIELD, RUN_COMPRESS_LATENCY, 0);
  if (pools > 0 && !isCount(run[RUN_DEFAULT_POOL], 0, pools - 1)) return fault.of(ERROR_RUN_FIELD, RUN_DEFAULT_POOL, 0);
  if (run[RUN_HORIZON] != Infinity && !within(run[RUN_HORIZON], 0, MAX_SECONDS)) {
    return fault.of(ERROR_RUN_FIELD, RUN_HORIZON, 0);
  }
  if (!within(run[RUN_RATE], 0, 1e12)) return fault.of(ERROR_RUN_FIELD, RUN_RATE, 0);
  const cv = run[RUN_CV];
  if (!(cv == 0 || within(cv, SMALLEST_CV, 100))) return fault.of(ERROR_RUN_FIELD, RUN_CV, 0);
  if (!isCount(run[RUN_ENGINE], 0, 1)) return fault.of(ERROR_RUN_FIELD, RUN_ENGINE, 0);
  if (!isCount(run[RUN_STEP], 0, 1)) return fault.of(ERROR_RUN_FIELD, RUN_STEP, 0);
  if (!isCount(run[RUN_CONCURRENCY], 0, 16777216)) return fault.of(ERROR_RUN_FIELD, RUN_CONCURRENCY, 0);
  if (!within(run[RUN_THINK], 0, LONGEST_THINK)) return fault.of(ERROR_RUN_FIELD, RUN_THINK, 0);
  if (!within(run[RUN_RAMP], 0, MAX_SECONDS)) return fault.of(ERROR_RUN_FIELD, RUN_RAMP, 0);
  if (!isCount(run[RUN_PREFIX_GROUPS], 0, LARGEST_COUNT)) return fault.of(ERROR_RUN_FIELD, RUN_PREFIX_GROUPS, 0);
  if (!isCount(run[RUN_PREFIX_UNITS], 0, <f64>tables.blockId.length))
    return fault.of(ERROR_RUN_FIELD, RUN_PREFIX_UNITS, 0);
  if (tables.profile.length > 0 && !within(run[RUN_PROFILE_STEP], SHORTEST_STEP, MAX_SECONDS)) {
    return fault.of(ERROR_RUN_FIELD, RUN_PROFILE_STEP, 0);
  }
  if (tables.windowCell.length > 2 && !within(run[RUN_WINDOW_SECONDS], SHORTEST_STEP, MAX_SECONDS)) {
    return fault.of(ERROR_RUN_FIELD, RUN_WINDOW_SECONDS, 0);
  }
  return ERROR_NONE;
}

function checkPools(tables: Tables, fault: Fault): i32 {
  const pools = tables.pools;
  const batches = tables.run[RUN_ENGINE] == ENGINE_ITERATIONS;
  let slots: f64 = 0;
  for (let row = 0; row < pools.length; row += POOL_FIELDS) {
    const wrong = wrongPoolField(pools, row, batches);
    if (wrong >= 0) return fault.of(ERROR_POOL_FIELD, row / POOL_FIELDS, wrong);
    slots += pools[row + POOL_REPLICAS] * pools[row + POOL_SLOTS];
    if (slots > 134217728) return fault.of(ERROR_POOL_FIELD, row / POOL_FIELDS, POOL_SLOTS);
  }
  return ERROR_NONE;
}

/** The POOL_ field that is out of range in the row, -1 if none is. */
function wrongPoolField(pools: StaticArray<f64>, row: i32, batches: bool): i32 {
  const maxCtx = pools[row + POOL_MAX_CTX];
  const blockSize = pools[row + POOL_BLOCK_SIZE];
  if (!isCount(pools[row + POOL_REPLICAS], 1, 1e6)) return POOL_REPLICAS;
  if (!isCount(pools[row + POOL_SLOTS], 1, LARGEST_COUNT)) return POOL_SLOTS;
  if (!isCount(maxCtx, 1, LARGEST_COUNT)) return POOL_MAX_CTX;
  if (!isCount(blockSize, 1, LARGEST_COUNT)) return POOL_BLOCK_SIZE;
  if (!isCount(pools[row + POOL_KV_BLOCKS], Math.ceil(maxCtx / blockSize), LARGEST_COUNT)) return POOL_KV_BLOCKS;
  if (!isCount(pools[row + POOL_CHUNK], 1, LARGEST_COUNT)) return POOL_CHUNK;
  if (!within(pools[row + POOL_W], 0, MAX_SECONDS)) return POOL_W;
  if (!within(pools[row + POOL_H], 0, MAX_SECONDS)) return POOL_H;
  if (!(pools[row + POOL_CALIBRATION_CTX] > 0)) return POOL_CALIBRATION_CTX;
  if (!isCount(pools[row + POOL_SHARED_QUEUE], 0, 1)) return POOL_SHARED_QUEUE;
  if (!isCount(pools[row + POOL_MAX_QUEUE], -1, LARGEST_COUNT)) return POOL_MAX_QUEUE;
  if (!isCount(pools[row + POOL_BALANCE], 0, batches ? 4 : 3)) return POOL_BALANCE;
  if (batches) return wrongServingField(pools, row);
  const slots = pools[row + POOL_SLOTS];
  const iteration = pools[row + POOL_W] + pools[row + POOL_H] * (maxCtx / pools[row + POOL_CALIBRATION_CTX]) * slots;
  return iteration * 2 * maxCtx <= MAX_SECONDS ? -1 : POOL_W;
}

/** The same for the fields of the engine `iterations`. */
function wrongServingField(pools: StaticArray<f64>, row: i32): i32 {
  const blockSize = pools[row + POOL_BLOCK_SIZE];
  const unit = pools[row + POOL_PREFIX_BLOCK];
  const pp = pools[row + POOL_PP];
  if (!isCount(pools[row + POOL_SCHEDULER], 0, 4)) return POOL_SCHEDULER;
  if (!isCount(pools[row + POOL_POLICY], 0, 1)) return POOL_POLICY;
  if (!isLimit(pools[row + POOL_BUDGET])) return POOL_BUDGET;
  if (!isLimit(pools[row + POOL_PREFILL_CHUNK])) return POOL_PREFILL_CHUNK;
  if (!isCount(pools[row + POOL_CHUNKED], 0, 1)) return POOL_CHUNKED;
  if (!(pools[row + POOL_WATERMARK] >= 0 && pools[row + POOL_WATERMARK] < 1)) return POOL_WATERMARK;
  if (!isCount(pp, 1, 64)) return POOL_PP;
  // Every lane holds the longest request, or it could wait for ever.
  const laneBlocks = Math.floor(pools[row + POOL_KV_BLOCKS] / pp);
  if (laneBlocks < Math.ceil(pools[row + POOL_MAX_CTX] / blockSize)) return POOL_KV_BLOCKS;
  if (blockSize > 65536) return POOL_BLOCK_SIZE;
  if (!isCount(unit, 0, LARGEST_COUNT) || unit % blockSize != 0) return POOL_PREFIX_BLOCK;
  return within(pools[row + POOL_PREFIX_WEIGHT], 0, 1e9) ? -1 : POOL_PREFIX_WEIGHT;
}

function checkLengths(tables: Tables, fault: Fault): i32 {
  const weight = tables.cellWeight;
  if (weight.length == 0) return ERROR_NONE;
  if (tables.windowCell.length < 2) return fault.of(ERROR_LENGTH_MODEL, 0, 0);
  for (let window = 0; window < tables.windowCell.length - 1; window++) {
    const from = <i32>tables.windowCell[window];
    const to = <i32>tables.windowCell[window + 1];
    if (from < 0 || from >= to || to > weight.length) return fault.of(ERROR_LENGTH_MODEL, window, from);
    let before: f64 = 0;
    for (let cell = from; cell < to; cell++) {
      const rises = weight[cell] >= before && weight[cell] <= 1;
      if (!rises || !orderly(tables, cell)) return fault.of(ERROR_LENGTH_MODEL, window, cell);
      before = weight[cell];
    }
    if (before != 1) return fault.of(ERROR_LENGTH_MODEL, window, to - 1);
  }
  return ERROR_NONE;
}

function orderly(tables: Tables, cell: i32): bool {
  const half: u32 = 1 << 30;
  const inputHigh = tables.cellInputHigh[cell];
  if (tables.cellInputLow[cell] < 1 || tables.cellInputLow[cell] > inputHigh || inputHigh > half) return false;
  const outputHigh = tables.cellOutputHigh[cell];
  return tables.cellOutputLow[cell] >= 1 && tables.cellOutputLow[cell] <= outputHigh && outputHigh <= half;
}

function checkProfile(profile: StaticArray<f64>, fault: Fault): i32 {
  let sum: f64 = 0;
  for (let step = 0; step < profile.length; step++) {
    if (!within(profile[step], 0, 1e9)) return fault.of(ERROR_PROFILE, step, 0);
    sum += profile[step];
  }
  return profile.length > 0 && sum == 0 ? fault.of(ERROR_PROFILE, 0, 0) : ERROR_NONE;
}

/** A whole number of tokens, or Infinity. */
function isLimit(value: f64): bool {
  return value == Infinity || isCount(value, 1, LARGEST_COUNT);
}

/** The exports of the core. How a run goes is told in contract.ts. */
import * as C from "./contract";
import { buildPools, buildReplicas, entryPools, firstTokensAtDecode } from "./build-fleet";
import { checkTables } from "./check";
import { Fault } from "./fault";
import { NEVER_TICK, Tick, tickOf, ticksOut } from "./clock";
import { EventLoop, Run } from "./event-loop";
import { Pool } from "./fleet";
import { Generator } from "./generator";
import { IterationsEngine } from "./iterations-engine";
import { ITERATIONS_REQUEST, Ledger, SLOTS_REQUEST, STAGED_REQUEST } from "./ledger";
import { PromptUnits } from "./prompt-units";
import { Router } from "./router";
import { Selection } from "./samples";
import { Serving } from "./serving";
import { SlotsEngine } from "./slots-engine";
import { Stage } from "./stage";
import { StagesEngine } from "./stages-engine";
import { Tables } from "./tables";
import { Users } from "./users";

const CLOSED = 0;
const OPEN = 1;
const RUNNING = 2;
const FINISHED = 3;

let phase: i32 = CLOSED;
let tables: Tables | null = null;
let pools: StaticArray<Pool> = new StaticArray<Pool>(0);
let playing: Run | null = null;
let generator: Generator | null = null;
let selection: Selection | null = null;
let figures: StaticArray<f64> = new StaticArray<f64>(0);
let gaps: StaticArray<f64> = new StaticArray<f64>(0);
let fault: Fault = new Fault();

/** CONTRACT_VERSION of the core, for the host to compare. */
export function contractVersion(): i32 {
  return C.CONTRACT_VERSION;
}

/**
 * Begins a run: forgets the one before, and lays out the tables for so many pools, length cells and windows, profile steps, labels, values of iteration
 * models, and block ids in a window.
 */
export function open(
  poolCount: i32,
  cells: i32,
  windows: i32,
  profileSteps: i32,
  labels: i32,
  modelValues: i32,
  blockIds: i32,
): void {
  // @ts-expect-error: a function of the stub runtime that the compiler's type declarations lack
  heap.reset();
  fault = new Fault();
  playing = null;
  generator = null;
  selection = new Selection();
  pools = new StaticArray<Pool>(0);
  figures = new StaticArray<f64>((poolCount + 1) * C.FIGURE_FIELDS);
  gaps = new StaticArray<f64>(0);
  tables = new Tables(poolCount, cells, windows, profileSteps, labels, modelValues, blockIds);
  phase = OPEN;
}

/** Checks the tables and builds the fleet. Answers an ERROR_ code. */
export function start(): i32 {
  if (phase != OPEN) return fault.of(C.ERROR_PHASE, OPEN, phase);
  const error = checkTables(tables!, fault);
  if (error != C.ERROR_NONE) return error;
  if (tables!.run[C.RUN_ENGINE] == C.ENGINE_ITERATIONS) {
    gaps = new StaticArray<f64>((tables!.pools.length / C.POOL_FIELDS) * C.ITL_BUCKETS);
  }
  pools = buildPools(tables!, gaps);
  if (pools.length > 0) playing = buildRun(tables!);
  generator = new Generator(tables!);
  phase = RUNNING;
  return C.ERROR_NONE;
}

function buildRun(tables: Tables): Run {
  const run = tables.run;
  const router = new Router(run, entryPools(pools), tables.labelPool);
  const horizon = run[C.RUN_HORIZON] == Infinity ? NEVER_TICK : tickOf(run[C.RUN_HORIZON]);
  const latency = tickOf(run[C.RUN_COMPRESS_LATENCY]);
  const users = run[C.RUN_CONCURRENCY] > 0 ? new Users(run) : null;
  const keepsResults = run[C.RUN_RESULTS] != 0;
  if (run[C.RUN_ENGINE] == C.ENGINE_ITERATIONS) {
    const units = tables.blockId.length > 0 ? new PromptUnits() : null;
    const staged = pools[0].stage != null;
    const ledger = new Ledger(staged ? STAGED_REQUEST : ITERATIONS_REQUEST);
    const engine = new IterationsEngine(tables, pools, units, ledger, horizon, latency, users);
    if (!staged) return new EventLoop<IterationsEngine>(tables, pools, engine, router, fault, keepsResults, null);
    const stages = new StagesEngine(engine, pools);
    const atDecode = firstTokensAtDecode(pools);
    return new EventLoop<StagesEngine>(tables, pools, stages, router, fault, keepsResults, atDecode);
  }
  const ledger = new Ledger(SLOTS_REQUEST);
  const engine = new SlotsEngine(run, pools, buildReplicas(pools), ledger, horizon, latency, users);
  return new EventLoop<SlotsEngine>(tables, pools, engine, router, fault, keepsResults, null);
}

/** Draws the next `count` requests into the window. Answers an ERROR_ code. */
export function generate(count: i32): i32 {
  if (phase != RUNNING) return fault.of(C.ERROR_PHASE, RUNNING, phase);
  if (<u32>count > <u32>C.WINDOW_CAPACITY) return fault.of(C.ERROR_COUNT, count, 0);
  if (!(tables!.run[C.RUN_RATE] > 0)) return fault.of(C.ERROR_RUN_FIELD, C.RUN_RATE, 0);
  if (<f64>count * tables!.run[C.RUN_PREFIX_UNITS] > <f64>tables!.blockId.length)
    return fault.of(C.ERROR_COUNT, count, 0);
  generator!.fill(count);
  return C.ERROR_NONE;
}

/** Plays the first `count` requests of the window. Answers an ERROR_ code; after one the run is of no use. */
export function run(count: i32): i32 {
  if (phase != RUNNING || playing == null) return fault.of(C.ERROR_PHASE, RUNNING, phase);
  if (<u32>count > <u32>C.WINDOW_CAPACITY) return fault.of(C.ERROR_COUNT, count, 0);
  return playing!.play(count);
}

/** Whether an arrival after the horizon has been seen: no further one will be played. */
export function closed(): bool {
  return playing != null && playing!.closed;
}

/** Serves what is left, to the horizon, and fills FIGURES. Answers an ERROR_ code. */
export function finish(): i32 {
  if (phase != RUNNING || playing == null) return fault.of(C.ERROR_PHASE, RUNNING, phase);
  playing!.finish();
  for (let p = 0; p < pools.length; p++) writeFigures(p, pools[p]);
  const row = pools.length * C.FIGURE_FIELDS;
  figures[row + C.FIGURE_ARRIVED] = playing!.unrouted;
  figures[row + C.FIGURE_REJECTED_TOO_LONG_FOR_EVERY_POOL] = playing!.unrouted;
  figures[row + C.FIGURE_COMPRESSED] = playing!.unroutedCompressed;
  figures[row + C.FIGURE_BY_DEFAULT] = playing!.unroutedByDefault;
  writeClock(row);
  phase = FINISHED;
  return C.ERROR_NONE;
}

/** First of the two numbers that go with the last error. */
export function errorA(): f64 {
  return fault.a;
}

/** Second of them. */
export function errorB(): f64 {
  return fault.b;
}

/** Rows in the result window. */
export function resultCount(): i32 {
  return playing == null ? 0 : playing!.results.count;
}

/** Points in SERIES. */
export function seriesPoints(): i32 {
  return playing == null ? 0 : playing!.series.points;
}

/** Requests per sample: 1 as long as percentiles are over every request. */
export function sampleStride(): u32 {
  return playing == null ? 1 : playing!.samples.stride;
}

/**
 * Takes a METRIC_ of the requests of `pool` (-1: no pool; -2: all) from ordinal `first` on, or of the completed ones among them alone. After finish;
 * a bad metric or a call before it takes nothing. Answers how many values were taken.
 */
export function gather(metric: i32, pool: i32, first: u32, completedOnly: bool): i32 {
  if (phase != FINISHED || <u32>metric >= <u32>C.METRICS) return 0;
  const samples = playing!.samples;
  selection!.gather(samples, metric, pool, samples.placeOf(first), completedOnly ? C.METRIC_E2E : -1);
  return selection!.count;
}

/** Values taken by gather that were reached: others have no such figure. */
export function gatheredReached(): i32 {
  return selection!.reached;
}

/** Reached values above zero. */
export function gatheredPositive(): i32 {
  return selection!.positive;
}

/** Sum of the reached values, ticks. */
export function gatheredSum(): f64 {
  return selection!.sum;
}

/** Largest reached value, ticks; -1 if there is none. */
export function gatheredLargest(): f64 {
  return <f64>selection!.largest;
}

/** The gathered value of this rank, counted from 1, ticks; NEVER where that one was not reached. */
export function select(rank: i32): f64 {
  return ticksOut(selection!.select(rank));
}

/**
 * Requests of `pool` (-1: no pool; -2: all) from ordinal `first` on whose first token, time per token and E2E keep within these limits, ticks; Infinity: no limit.
 * `firstToken` and `perToken`: the METRIC_ that is meant. Between calls of a run that is under way, of those that are settled and all before them as well.
 */
export function countWithin(
  pool: i32,
  first: u32,
  firstToken: i32,
  perToken: i32,
  ttft: f64,
  tpot: f64,
  e2e: f64,
): i32 {
  if (phase != FINISHED && phase != RUNNING) return 0;
  if (<u32>firstToken >= <u32>C.METRICS || <u32>perToken >= <u32>C.METRICS) return 0;
  const samples = playing!.samples;
  const place = samples.placeOf(first);
  return selection!.countWithin(samples, pool, place, firstToken, perToken, limitOf(ttft), limitOf(tpot), limitOf(e2e));
}

/** A limit in ticks; a figure that was not reached keeps within an infinite one alone. */
function limitOf(ticks: f64): Tick {
  return ticks < 9e18 ? <Tick>ticks : i64.MAX_VALUE;
}

/** Counts the gathered values above `ticks` (those not reached included) into COUNTS, by batch. */
export function countAbove(ticks: f64): void {
  selection!.countAbove(ticks == Infinity ? i64.MAX_VALUE : <i64>ticks);
}

/** Address of a buffer, 0 for a code that names none. */
export function bufferAddress(id: i32): usize {
  const t = tables!;
  if (id == C.BUFFER_RUN) return changetype<usize>(t.run);
  if (id == C.BUFFER_POOLS) return changetype<usize>(t.pools);
  if (id == C.BUFFER_LABEL_POOL) return changetype<usize>(t.labelPool);
  if (id == C.BUFFER_MODEL) return changetype<usize>(t.model);
  if (id == C.BUFFER_ARRIVAL) return changetype<usize>(t.arrival);
  if (id == C.BUFFER_INPUT) return changetype<usize>(t.input);
  if (id == C.BUFFER_OUTPUT) return changetype<usize>(t.output);
  if (id == C.BUFFER_LABEL) return changetype<usize>(t.label);
  if (id == C.BUFFER_CATEGORY) return changetype<usize>(t.category);
  if (id == C.BUFFER_PRIORITY) return changetype<usize>(t.priority);
  if (id == C.BUFFER_BLOCK_OFFSET) return changetype<usize>(t.blockOffset);
  if (id == C.BUFFER_BLOCK_ID) return changetype<usize>(t.blockId);
  if (id == C.BUFFER_PROFILE) return changetype<usize>(t.profile);
  if (id == C.BUFFER_WINDOW_CELL) return changetype<usize>(t.windowCell);
  if (id == C.BUFFER_CELL_WEIGHT) return changetype<usize>(t.cellWeight);
  if (id == C.BUFFER_CELL_INPUT_LOW) return changetype<usize>(t.cellInputLow);
  if (id == C.BUFFER_CELL_INPUT_HIGH) return changetype<usize>(t.cellInputHigh);
  if (id == C.BUFFER_CELL_OUTPUT_LOW) return changetype<usize>(t.cellOutputLow);
  if (id == C.BUFFER_CELL_OUTPUT_HIGH) return changetype<usize>(t.cellOutputHigh);
  if (id == C.BUFFER_CATEGORY_WEIGHT) return changetype<usize>(t.categoryWeight);
  if (id == C.BUFFER_FIGURES) return changetype<usize>(figures);
  if (id == C.BUFFER_ITL) return changetype<usize>(gaps);
  if (id == C.BUFFER_COUNTS && selection != null) return changetype<usize>(selection!.above);
  return playing == null ? 0 : resultAddress(id);
}

function resultAddress(id: i32): usize {
  const results = playing!.results;
  if (id == C.BUFFER_RESULT_ARRIVAL) return changetype<usize>(results.arrival);
  if (id == C.BUFFER_RESULT_INPUT) return changetype<usize>(results.input);
  if (id == C.BUFFER_RESULT_OUTPUT) return changetype<usize>(results.output);
  if (id == C.BUFFER_RESULT_POOL) return changetype<usize>(results.pool);
  if (id == C.BUFFER_RESULT_REPLICA) return changetype<usize>(results.replica);
  if (id == C.BUFFER_RESULT_STATUS) return changetype<usize>(results.status);
  if (id == C.BUFFER_RESULT_WAIT) return changetype<usize>(results.wait);
  if (id == C.BUFFER_RESULT_TTFT) return changetype<usize>(results.ttft);
  if (id == C.BUFFER_RESULT_TPOT) return changetype<usize>(results.tpot);
  if (id == C.BUFFER_RESULT_E2E) return changetype<usize>(results.e2e);
  if (id == C.BUFFER_RESULT_PREEMPTIONS) return changetype<usize>(results.preemptions);
  if (results.staged) {
    if (id == C.BUFFER_RESULT_DECODE_POOL) return changetype<usize>(results.decodePool);
    if (id == C.BUFFER_RESULT_DECODE_REPLICA) return changetype<usize>(results.decodeReplica);
    if (id == C.BUFFER_RESULT_TRANSFER) return changetype<usize>(results.transfer);
    if (id == C.BUFFER_RESULT_HANDOVER) return changetype<usize>(results.handover);
  }
  if (id == C.BUFFER_SERIES) return changetype<usize>(playing!.series.values);
  return 0;
}

function writeFigures(index: i32, pool: Pool): void {
  const row = index * C.FIGURE_FIELDS;
  const rejected = pool.tooLongForPool + pool.queueFull;
  figures[row + C.FIGURE_ARRIVED] = pool.arrived;
  figures[row + C.FIGURE_COMPLETED] = pool.completed;
  figures[row + C.FIGURE_REJECTED_TOO_LONG_FOR_POOL] = pool.tooLongForPool;
  figures[row + C.FIGURE_REJECTED_QUEUE_FULL] = pool.queueFull;
  figures[row + C.FIGURE_UNFINISHED] = pool.arrived - pool.completed - rejected;
  figures[row + C.FIGURE_COMPRESSED] = pool.compressed;
  figures[row + C.FIGURE_BY_DEFAULT] = pool.byDefault;
  figures[row + C.FIGURE_SYSTEM_AREA] = pool.busyArea + pool.waitingArea;
  figures[row + C.FIGURE_E2E_SUM] = pool.e2eSum;
  writeClock(row);
  const serving = pool.serving;
  if (serving != null) writeServing(row, serving);
  const stage = pool.stage;
  if (stage != null) writeStage(row, stage);
}

function writeStage(row: i32, stage: Stage): void {
  figures[row + C.FIGURE_UNFINISHED] += stage.takenOver - stage.handedOver - stage.spilled;
  figures[row + C.FIGURE_HANDED_OVER] = stage.handedOver;
  figures[row + C.FIGURE_TAKEN_OVER] = stage.takenOver;
  figures[row + C.FIGURE_SPILLED] = stage.spilled;
  figures[row + C.FIGURE_KEPT] = stage.kept;
  figures[row + C.FIGURE_TRANSFERS] = stage.transfers;
  figures[row + C.FIGURE_LINK_BYTES] = stage.linkBytes;
  figures[row + C.FIGURE_TRANSFER_SUM] = stage.transferSum;
  figures[row + C.FIGURE_GRANT_SUM] = stage.grantSum;
  figures[row + C.FIGURE_LINK_WAIT_SUM] = stage.linkWaitSum;
}

function writeServing(row: i32, serving: Serving): void {
  figures[row + C.FIGURE_PREEMPTIONS] = serving.preemptions;
  figures[row + C.FIGURE_RECOMPUTED] = serving.recomputed;
  figures[row + C.FIGURE_CACHED] = serving.cached;
  figures[row + C.FIGURE_PROMPT] = serving.prompts;
  figures[row + C.FIGURE_ITL_TOKENS] = serving.gaps.tokens;
  figures[row + C.FIGURE_ITL_SUM] = serving.gaps.sum;
  figures[row + C.FIGURE_ITL_LARGEST] = <f64>serving.gaps.largest;
  figures[row + C.FIGURE_LARGEST_BATCH] = <f64>serving.largestBatch;
  figures[row + C.FIGURE_PREFILL_TOKENS] = serving.prefillTokens;
  figures[row + C.FIGURE_DECODE_TOKENS] = serving.decodeTokens;
  figures[row + C.FIGURE_CONTEXT_TOKENS] = serving.contextTokens;
  figures[row + C.FIGURE_PREFILL_WORK] = 0.5 * serving.prefillWork;
  figures[row + C.FIGURE_ITERATIONS] = serving.iterations;
  figures[row + C.FIGURE_BUSY] = serving.busy;
}

function writeClock(row: i32): void {
  figures[row + C.FIGURE_FIRST_ARRIVAL] = <f64>playing!.firstArrival;
  figures[row + C.FIGURE_LAST_ARRIVAL] = <f64>playing!.lastArrival;
  figures[row + C.FIGURE_END] = <f64>playing!.now;
}

/** Bytes of memory that the run has taken so far: memory itself grows by doubling. */
export function memoryUsed(): usize {
  return heap.alloc(0);
}

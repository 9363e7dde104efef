/** The exports of the core. How a run goes is told in contract.ts. */
import * as C from "./contract";
import { Balancer } from "./balancer";
import { Fault, checkTables } from "./check";
import { ticksOut } from "./clock";
import { Fifo } from "./fifo";
import { Pool, Replica } from "./fleet";
import { Generator } from "./generator";
import { streamKey } from "./random";
import { Router } from "./router";
import { Selection } from "./samples";
import { SlotsEngine } from "./slots-engine";
import { Tables } from "./tables";

const CLOSED = 0;
const OPEN = 1;
const RUNNING = 2;
const FINISHED = 3;

let phase: i32 = CLOSED;
let tables: Tables | null = null;
let pools: StaticArray<Pool> = new StaticArray<Pool>(0);
let engine: SlotsEngine | null = null;
let generator: Generator | null = null;
let selection: Selection | null = null;
let figures: StaticArray<f64> = new StaticArray<f64>(0);
let fault: Fault = new Fault();

/** CONTRACT_VERSION of the core, for the host to compare. */
export function contractVersion(): i32 {
  return C.CONTRACT_VERSION;
}

/** Begins a run: forgets the one before, and lays out the tables for so many pools, length cells and windows, profile steps and labels. */
export function open(poolCount: i32, cells: i32, windows: i32, profileSteps: i32, labels: i32): void {
  // @ts-expect-error: a function of the stub runtime that the compiler's type declarations lack
  heap.reset();
  fault = new Fault();
  engine = null;
  generator = null;
  selection = new Selection();
  pools = new StaticArray<Pool>(0);
  figures = new StaticArray<f64>((poolCount + 1) * C.FIGURE_FIELDS);
  tables = new Tables(poolCount, cells, windows, profileSteps, labels);
  phase = OPEN;
}

/** Checks the tables and builds the fleet. Answers an ERROR_ code. */
export function start(): i32 {
  if (phase != OPEN) return fault.of(C.ERROR_PHASE, OPEN, phase);
  const error = checkTables(tables!, fault);
  if (error != C.ERROR_NONE) return error;
  const count = tables!.pools.length / C.POOL_FIELDS;
  let replicaCount = 0;
  pools = new StaticArray<Pool>(count);
  for (let p = 0; p < count; p++) {
    pools[p] = readPool(p, replicaCount);
    replicaCount += pools[p].replicas;
  }
  const keepsResults = tables!.run[C.RUN_RESULTS] != 0;
  if (count > 0) {
    const router = new Router(tables!.run, pools, tables!.labelPool);
    engine = new SlotsEngine(tables!, pools, buildReplicas(replicaCount), router, fault, keepsResults);
  }
  generator = new Generator(tables!);
  phase = RUNNING;
  return C.ERROR_NONE;
}

/** Draws the next `count` requests into the window. Answers an ERROR_ code. */
export function generate(count: i32): i32 {
  if (phase != RUNNING) return fault.of(C.ERROR_PHASE, RUNNING, phase);
  if (<u32>count > <u32>C.WINDOW_CAPACITY) return fault.of(C.ERROR_COUNT, count, 0);
  if (!(tables!.run[C.RUN_RATE] > 0)) return fault.of(C.ERROR_RUN_FIELD, C.RUN_RATE, 0);
  generator!.fill(count);
  return C.ERROR_NONE;
}

/** Plays the first `count` requests of the window. Answers an ERROR_ code; after one the run is of no use. */
export function run(count: i32): i32 {
  if (phase != RUNNING || engine == null) return fault.of(C.ERROR_PHASE, RUNNING, phase);
  if (<u32>count > <u32>C.WINDOW_CAPACITY) return fault.of(C.ERROR_COUNT, count, 0);
  return engine!.play(count);
}

/** Whether an arrival after the horizon has been seen: no further one will be played. */
export function closed(): bool {
  return engine != null && engine!.closed;
}

/** Serves what is left, to the horizon, and fills FIGURES. Answers an ERROR_ code. */
export function finish(): i32 {
  if (phase != RUNNING || engine == null) return fault.of(C.ERROR_PHASE, RUNNING, phase);
  engine!.finish();
  for (let p = 0; p < pools.length; p++) writeFigures(p, pools[p]);
  const row = pools.length * C.FIGURE_FIELDS;
  figures[row + C.FIGURE_ARRIVED] = engine!.unrouted;
  figures[row + C.FIGURE_REJECTED_TOO_LONG_FOR_EVERY_POOL] = engine!.unrouted;
  figures[row + C.FIGURE_COMPRESSED] = engine!.unroutedCompressed;
  figures[row + C.FIGURE_BY_DEFAULT] = engine!.unroutedByDefault;
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
  return engine == null ? 0 : engine!.results.count;
}

/** Points in SERIES. */
export function seriesPoints(): i32 {
  return engine == null ? 0 : engine!.series.points;
}

/** Requests per sample: 1 as long as percentiles are over every request. */
export function sampleStride(): u32 {
  return engine == null ? 1 : engine!.samples.stride;
}

/**
 * Takes a METRIC_ of the requests of `pool` (-1: no pool; -2: all) from ordinal `first` on, or of the completed ones among them alone. After finish;
 * a bad metric or a call before it takes nothing. Answers how many values were taken.
 */
export function gather(metric: i32, pool: i32, first: u32, completedOnly: bool): i32 {
  if (phase != FINISHED || <u32>metric >= <u32>C.METRICS) return 0;
  const samples = engine!.samples;
  const from = <i32>min<u32>((first + samples.stride - 1) / samples.stride, <u32>samples.count);
  selection!.gather(samples, metric, pool, from, completedOnly ? C.METRIC_E2E : -1);
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
  if (id == C.BUFFER_ARRIVAL) return changetype<usize>(t.arrival);
  if (id == C.BUFFER_INPUT) return changetype<usize>(t.input);
  if (id == C.BUFFER_OUTPUT) return changetype<usize>(t.output);
  if (id == C.BUFFER_LABEL) return changetype<usize>(t.label);
  if (id == C.BUFFER_CATEGORY) return changetype<usize>(t.category);
  if (id == C.BUFFER_PROFILE) return changetype<usize>(t.profile);
  if (id == C.BUFFER_WINDOW_CELL) return changetype<usize>(t.windowCell);
  if (id == C.BUFFER_CELL_WEIGHT) return changetype<usize>(t.cellWeight);
  if (id == C.BUFFER_CELL_INPUT_LOW) return changetype<usize>(t.cellInputLow);
  if (id == C.BUFFER_CELL_INPUT_HIGH) return changetype<usize>(t.cellInputHigh);
  if (id == C.BUFFER_CELL_OUTPUT_LOW) return changetype<usize>(t.cellOutputLow);
  if (id == C.BUFFER_CELL_OUTPUT_HIGH) return changetype<usize>(t.cellOutputHigh);
  if (id == C.BUFFER_CATEGORY_WEIGHT) return changetype<usize>(t.categoryWeight);
  if (id == C.BUFFER_FIGURES) return changetype<usize>(figures);
  if (id == C.BUFFER_COUNTS && selection != null) return changetype<usize>(selection!.above);
  return engine == null ? 0 : resultAddress(id);
}

function resultAddress(id: i32): usize {
  const results = engine!.results;
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
  if (id == C.BUFFER_SERIES) return changetype<usize>(engine!.series.values);
  return 0;
}

function readPool(index: i32, firstReplica: i32): Pool {
  const row = index * C.POOL_FIELDS;
  const fields = tables!.pools;
  const pool = new Pool();
  pool.index = index;
  pool.firstReplica = firstReplica;
  pool.replicas = <i32>fields[row + C.POOL_REPLICAS];
  pool.slots = <i32>fields[row + C.POOL_SLOTS];
  pool.maxCtx = <u32>fields[row + C.POOL_MAX_CTX];
  pool.kvBlocks = <i32>fields[row + C.POOL_KV_BLOCKS];
  pool.blockSize = <u32>fields[row + C.POOL_BLOCK_SIZE];
  pool.W = fields[row + C.POOL_W];
  pool.H = fields[row + C.POOL_H];
  pool.calibrationCtx = fields[row + C.POOL_CALIBRATION_CTX];
  pool.chunk = <u32>fields[row + C.POOL_CHUNK];
  pool.maxQueue = <i32>fields[row + C.POOL_MAX_QUEUE];
  const shared = fields[row + C.POOL_SHARED_QUEUE] != 0;
  if (shared) pool.sharedQueue = new Fifo();
  const run = tables!.run;
  const key = streamKey(<u64>run[C.RUN_SEED], <u64>run[C.RUN_REPLICATION], C.STREAM_BALANCING);
  // A shared queue has nothing to balance but which idle slot to take: the replica with the fewest requests in service.
  const kind = shared ? C.BALANCE_LEAST_OUTSTANDING : <i32>fields[row + C.POOL_BALANCE];
  pool.balancer = new Balancer(kind, pool.replicas, key);
  return pool;
}

function buildReplicas(count: i32): StaticArray<Replica> {
  const replicas = new StaticArray<Replica>(count);
  let number = 0;
  let base = 0;
  for (let p = 0; p < pools.length; p++) {
    const pool = pools[p];
    for (let i = 0; i < pool.replicas; i++) {
      const shared = pool.sharedQueue;
      replicas[number] = new Replica(pool, number, i, base, shared == null ? new Fifo() : shared);
      number++;
      base += pool.slots;
    }
  }
  return replicas;
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
}

function writeClock(row: i32): void {
  figures[row + C.FIGURE_FIRST_ARRIVAL] = <f64>engine!.firstArrival;
  figures[row + C.FIGURE_LAST_ARRIVAL] = <f64>engine!.lastArrival;
  figures[row + C.FIGURE_END] = <f64>engine!.now;
}

/** Bytes of memory that the run has taken so far: memory itself grows by doubling. */
export function memoryUsed(): usize {
  return heap.alloc(0);
}

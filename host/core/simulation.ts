import * as C from "../../assembly/contract.js";
import { InputError } from "../specs/input-error.js";
import { CHUNK_ROWS, type RequestChunk } from "../workloads/requests.js";
import { Buffers, type RequestWindow } from "./buffers.js";
import type { Core } from "./load.js";
import { modelTable } from "./model-table.js";
import { type RunSpec, writePools, writeRun } from "./run-spec.js";

/** A figure of a request whose distribution the core keeps. */
export type Metric = "queueWait" | "ttft" | "tpot" | "e2e" | StagedMetric;

/**
 * A figure that requests of staged fleets have: the gap from the end of the prompt to the first token that the decode side emits; when the user has a token
 * that the decode side emits, or the only one there is; when the prompt is computed; and (E2E - TTFT) / output tokens, 0 of a single one.
 */
export type StagedMetric = "handover" | "ttftAtUser" | "ttftAtPrefill" | "tpotOverN";

/** Limits that a request is to keep within, ms; absent: no limit. */
export interface RequestLimits {
  ttftMs?: number;
  tpotMs?: number;
  e2eMs?: number;
  /** Which first token `ttftMs` is for. Default `ttft`. */
  firstToken?: "ttft" | "ttftAtUser" | "ttftAtPrefill";
  /** Which time per token `tpotMs` is for. Default `tpot`. */
  perToken?: "tpot" | "tpotOverN";
}

const METRIC_CODES: Record<Metric, number> = {
  queueWait: C.METRIC_WAIT,
  ttft: C.METRIC_TTFT,
  tpot: C.METRIC_TPOT,
  e2e: C.METRIC_E2E,
  handover: C.METRIC_HANDOVER,
  ttftAtUser: C.METRIC_TTFT_AT_USER,
  ttftAtPrefill: C.METRIC_TTFT_AT_PREFILL,
  tpotOverN: C.METRIC_TPOT_OVER_N,
};

/** Bytes of memory from which on a failure to grow it is the likely reason of a trap: 32-bit addresses end at 4 GiB. */
const ALMOST_ALL_MEMORY = 3 * 2 ** 30;

/** Whose requests: a pool by index, those that no pool took, or all. */
export type Scope = number | "none" | "all";

const TICKS_PER_MS = 1e6;

function poolCode(scope: Scope): number {
  return scope === "all" ? -2 : scope === "none" ? -1 : scope;
}

/** Settled requests in order of arrival, as views that are good until the next call of the simulation. Times in ticks (ns); Infinity = not reached. */
export interface ResultRows {
  count: number;
  arrival: Float64Array;
  inputTokens: Uint32Array;
  outputTokens: Uint32Array;
  /** Pool index, -1 = none. */
  pool: Int32Array;
  /** Replica within its pool, -1 = none. */
  replica: Int32Array;
  /** A STATUS_ code of assembly/contract.ts. */
  status: Uint8Array;
  queueWait: Float64Array;
  ttft: Float64Array;
  /** Negative where the request cannot have one (engine `iterations`, a single output token). */
  tpot: Float64Array;
  e2e: Float64Array;
  preemptions: Uint16Array;
  /** There in runs of staged fleets alone. */
  staged?: StagedRows;
}

/** What {@link ResultRows} tell beside in runs of staged fleets, for requests that another pool decoded than the one that they were sent to. */
export interface StagedRows {
  /** Index of the pool that took the request over; -1 = none did. */
  decodePool: Int32Array;
  /** Replica within it, -1 = none. */
  decodeReplica: Int32Array;
  /** From the end of the prompt to its keys and values at the decode side, ticks; negative where the request was not handed over. */
  transfer: Float64Array;
  /** From the end of the prompt to the first token that the decode side emits, ticks; negative where the request was not handed over. */
  handover: Float64Array;
}

/** The gathered values of one figure; good until the next {@link Simulation.gather}. */
export interface Gathered {
  /** Values taken. */
  count: number;
  /** Those among them that have the figure. */
  reached: number;
  /** Reached and above zero. */
  positive: number;
  /** Sum of the reached ones, ticks. */
  sumTicks: number;
  /** Largest reached one, ticks; -1 if there is none. */
  largestTicks: number;
}

/**
 * One run of the core: fed chunk by chunk, finished once, then asked. A new one on the same core ends the one before.
 */
export class Simulation {
  private readonly buffers: Buffers;
  private readonly core: Core["exports"];
  private readonly poolCount: number;
  private readonly hasLabels: boolean;
  private readonly blockIds: number;
  private readonly isStaged: boolean;

  /** @throws RangeError if the core refuses the tables: the caller did not check what it was given. */
  constructor(core: Core, spec: RunSpec) {
    this.core = core.exports;
    this.buffers = new Buffers(core.exports);
    this.poolCount = spec.pools.length;
    this.hasLabels = spec.labelPools !== undefined;
    this.blockIds = spec.blockIds ?? 0;
    this.isStaged = spec.pools.some(({ stage }) => stage !== undefined);
    const lengths = spec.draw?.lengths;
    const profile = spec.draw?.profile;
    const models = modelTable(spec.pools);
    this.core.open(
      spec.pools.length,
      lengths?.cumulative.length ?? 0,
      lengths ? lengths.windowCell.length - 1 : 0,
      profile?.relativeRate.length ?? 0,
      spec.labelPools?.length ?? 0,
      models.values.length,
      spec.blockIds ?? 0,
    );
    writeRun(this.buffers.f64(C.BUFFER_RUN, C.RUN_FIELDS), spec);
    writePools(this.buffers.f64(C.BUFFER_POOLS, spec.pools.length * C.POOL_FIELDS), spec.pools, models.places);
    this.buffers.f64(C.BUFFER_MODEL, models.values.length).set(models.values);
    if (spec.labelPools) this.buffers.i32(C.BUFFER_LABEL_POOL, spec.labelPools.length).set(spec.labelPools);
    if (profile) this.buffers.f64(C.BUFFER_PROFILE, profile.relativeRate.length).set(profile.relativeRate);
    this.writeLengths(spec);
    this.check(this.core.start());
  }

  /** Plays one chunk of requests; it may hold any number of rows up to {@link CHUNK_ROWS}. */
  play(chunk: RequestChunk): void {
    if (chunk.count > CHUNK_ROWS)
      throw new RangeError(`a chunk holds at most ${CHUNK_ROWS} requests, this one ${chunk.count}`);
    const window = this.buffers.window(chunk.count);
    window.arrivalS.set(chunk.arrivalS.subarray(0, chunk.count));
    window.inputTokens.set(chunk.inputTokens.subarray(0, chunk.count));
    window.outputTokens.set(chunk.outputTokens.subarray(0, chunk.count));
    if (this.hasLabels) window.label.set(chunk.label.subarray(0, chunk.count));
    window.category.set(chunk.category.subarray(0, chunk.count));
    if (chunk.priority) window.priority.set(chunk.priority.subarray(0, chunk.count));
    else window.priority.fill(0);
    if (this.blockIds > 0) this.writeBlocks(chunk);
    this.playWindow(chunk.count);
  }

  /** The block ids of a chunk; without any, no request bears one. */
  private writeBlocks({ count, blocks }: RequestChunk): void {
    const offsets = this.buffers.u32(C.BUFFER_BLOCK_OFFSET, count + 1);
    if (!blocks) {
      offsets.fill(0);
      return;
    }
    const { ids } = blocks;
    const from = blocks.offsets[0]!;
    const to = blocks.offsets[count]!;
    if (to - from > this.blockIds)
      throw new RangeError(`a chunk holds at most ${this.blockIds} block ids, not ${to - from}`);
    for (let i = 0; i <= count; i++) offsets[i] = blocks.offsets[i]! - from;
    this.buffers.u32(C.BUFFER_BLOCK_ID, to - from).set(ids.subarray(from, to));
  }

  /** Says which pool a label names (-1 = none), for labels that are met on the way; there must be room for it in `labelPools`. */
  setLabelPool(label: number, pool: number): void {
    this.buffers.i32(C.BUFFER_LABEL_POOL, label + 1)[label] = pool;
  }

  /** Draws the next `count` requests into the window and answers views on them, which may be changed before {@link playWindow}. */
  draw(count: number): RequestWindow {
    this.check(this.core.generate(count));
    return this.buffers.window(count);
  }

  /** Plays the first `count` requests of the window. */
  playWindow(count: number): void {
    this.check(this.inMemory(() => this.core.run(count)));
  }

  /** Views on the window, to write requests into without a copy. */
  window(count: number): RequestWindow {
    return this.buffers.window(count);
  }

  /** An arrival after the horizon has come: further requests would not be played. */
  get closed(): boolean {
    return this.core.closed() !== 0;
  }

  /** Serves what is left. After it, the figures can be read. */
  finish(): void {
    this.check(this.inMemory(() => this.core.finish()));
  }

  /** What the last call of {@link play}, {@link playWindow} or {@link finish} settled, if the run keeps results. */
  results(): ResultRows {
    const count = this.core.resultCount();
    const { buffers } = this;
    return {
      count,
      arrival: buffers.f64(C.BUFFER_RESULT_ARRIVAL, count),
      inputTokens: buffers.u32(C.BUFFER_RESULT_INPUT, count),
      outputTokens: buffers.u32(C.BUFFER_RESULT_OUTPUT, count),
      pool: buffers.i32(C.BUFFER_RESULT_POOL, count),
      replica: buffers.i32(C.BUFFER_RESULT_REPLICA, count),
      status: buffers.u8(C.BUFFER_RESULT_STATUS, count),
      queueWait: buffers.f64(C.BUFFER_RESULT_WAIT, count),
      ttft: buffers.f64(C.BUFFER_RESULT_TTFT, count),
      tpot: buffers.f64(C.BUFFER_RESULT_TPOT, count),
      e2e: buffers.f64(C.BUFFER_RESULT_E2E, count),
      preemptions: buffers.u16(C.BUFFER_RESULT_PREEMPTIONS, count),
      ...(this.isStaged ? { staged: this.stagedRows(count) } : {}),
    };
  }

  private stagedRows(count: number): StagedRows {
    const { buffers } = this;
    return {
      decodePool: buffers.i32(C.BUFFER_RESULT_DECODE_POOL, count),
      decodeReplica: buffers.i32(C.BUFFER_RESULT_DECODE_REPLICA, count),
      transfer: buffers.f64(C.BUFFER_RESULT_TRANSFER, count),
      handover: buffers.f64(C.BUFFER_RESULT_HANDOVER, count),
    };
  }

  /** A copy of one FIGURES row: totals over the whole run of a pool, or of the requests that no pool took. */
  figures(scope: number | "none"): Float64Array {
    const row = scope === "none" ? this.poolCount : scope;
    const all = this.buffers.f64(C.BUFFER_FIGURES, (this.poolCount + 1) * C.FIGURE_FIELDS);
    return all.slice(row * C.FIGURE_FIELDS, (row + 1) * C.FIGURE_FIELDS);
  }

  /** A copy of SERIES: `points` times (`pools` + 1) rows of SERIES_FIELDS. */
  series(): { points: number; rows: number; values: Float64Array } {
    const points = this.core.seriesPoints();
    const rows = this.poolCount + 1;
    return { points, rows, values: this.buffers.f64(C.BUFFER_SERIES, points * rows * C.SERIES_FIELDS).slice() };
  }

  /** Engine `iterations`: a copy of the tokens of each pool by the gap before them, ITL_BUCKETS a pool. */
  gaps(): Float64Array {
    return this.buffers.f64(C.BUFFER_ITL, this.poolCount * C.ITL_BUCKETS).slice();
  }

  /** Bytes of the core's memory that the run has taken so far. */
  get memoryUsed(): number {
    return this.core.memoryUsed();
  }

  /** Percentiles are taken of every n-th request: 1 up to SAMPLES_CAPACITY requests. */
  get sampleStride(): number {
    return this.core.sampleStride();
  }

  /** Takes a figure of the requests in `scope` from ordinal `first` on, for {@link select} and {@link countAbove}. */
  gather(metric: Metric, scope: Scope, first: number, completedOnly: boolean): Gathered {
    const count = this.core.gather(METRIC_CODES[metric], poolCode(scope), first, Number(completedOnly));
    return {
      count,
      reached: this.core.gatheredReached(),
      positive: this.core.gatheredPositive(),
      sumTicks: this.core.gatheredSum(),
      largestTicks: this.core.gatheredLargest(),
    };
  }

  /**
   * How many requests in `scope` from ordinal `first` on keep within all of these limits, ms; absent: no limit. While the run is under way, of those that are settled and all before them
   * as well.
   */
  countWithin(limits: RequestLimits, scope: Scope, first: number): number {
    const ticks = (ms: number | undefined) => (ms === undefined ? Infinity : ms * TICKS_PER_MS);
    const { ttftMs, tpotMs, e2eMs, firstToken = "ttft", perToken = "tpot" } = limits;
    const metrics = [METRIC_CODES[firstToken], METRIC_CODES[perToken]] as const;
    return this.core.countWithin(poolCode(scope), first, ...metrics, ticks(ttftMs), ticks(tpotMs), ticks(e2eMs));
  }

  /** The gathered value of a rank counted from 1, ticks; Infinity where that one was not reached. */
  select(rank: number): number {
    return this.core.select(rank);
  }

  /** How many gathered values lie above `ticks`, in each of BATCHES runs of equal length in order of arrival. */
  countAbove(ticks: number): Float64Array {
    this.core.countAbove(ticks);
    return this.buffers.f64(C.BUFFER_COUNTS, C.BATCHES).slice();
  }

  private writeLengths(spec: RunSpec): void {
    const { buffers } = this;
    const lengths = spec.draw?.lengths;
    if (lengths) {
      const cells = lengths.cumulative.length;
      buffers.u32(C.BUFFER_WINDOW_CELL, lengths.windowCell.length).set(lengths.windowCell);
      buffers.f64(C.BUFFER_CELL_WEIGHT, cells).set(lengths.cumulative);
      buffers.u32(C.BUFFER_CELL_INPUT_LOW, cells).set(lengths.inputLow);
      buffers.u32(C.BUFFER_CELL_INPUT_HIGH, cells).set(lengths.inputHigh);
      buffers.u32(C.BUFFER_CELL_OUTPUT_LOW, cells).set(lengths.outputLow);
      buffers.u32(C.BUFFER_CELL_OUTPUT_HIGH, cells).set(lengths.outputHigh);
    }
    const probabilities = spec.draw?.categoryProbabilities;
    if (probabilities) {
      let sum = 0;
      const cumulative = Array.from({ length: 64 }, (_, code) => (sum += probabilities[code] ?? 0));
      buffers.f64(C.BUFFER_CATEGORY_WEIGHT, 64).set(cumulative);
    }
  }

  /** Runs a call that may outgrow the memory that WebAssembly can address, and says so where it does. */
  private inMemory(call: () => number): number {
    try {
      return call();
    } catch (error) {
      const isFull = this.core.memory.buffer.byteLength > ALMOST_ALL_MEMORY;
      if (!(error instanceof WebAssembly.RuntimeError && isFull)) throw error;
      throw new InputError(
        "the run needs more than 4 GiB: too many requests wait at once. A larger fleet, max_queue, a horizon or fewer requests would help.",
      );
    }
  }

  private check(error: number): void {
    if (error === C.ERROR_NONE) return;
    throw new RangeError(describeError(error, this.core.errorA(), this.core.errorB()));
  }
}

function describeError(error: number, a: number, b: number): string {
  switch (error) {
    case C.ERROR_POOL_FIELD:
      return `core: pool ${a}: field ${b} of the pool table is out of range`;
    case C.ERROR_RUN_FIELD:
      return `core: field ${a} of the run table is out of range`;
    case C.ERROR_ARRIVAL_ORDER:
      return `core: request ${a} of the chunk arrives at ${b} s, before its predecessor or at no time`;
    case C.ERROR_TOKENS:
      return `core: request ${a} of the chunk has ${b} tokens; input and output must be at least 1 and together below 2^31`;
    case C.ERROR_LABEL:
      return `core: request ${a} of the chunk has label or category ${b}, which does not exist`;
    case C.ERROR_COUNT:
      return `core: ${a} requests in one call; at most ${C.WINDOW_CAPACITY} are allowed`;
    case C.ERROR_TIME_LIMIT:
      return `core: request ${a} of the chunk arrives at ${b} s; the clock ends at ${C.MAX_SECONDS} s`;
    case C.ERROR_LENGTH_MODEL:
      return `core: length model: window ${a}, cell ${b}: weights must rise to 1 and bounds be at least 1 and ordered`;
    case C.ERROR_PROFILE:
      return `core: rate profile: step ${a} must be a number not below 0, and not all steps 0`;
    case C.ERROR_MODEL:
      return `core: pool ${a}: value ${b} of its iteration model is out of range`;
    case C.ERROR_BLOCKS:
      return `core: request ${a} of the chunk: its block ids end at ${b}, before they begin or beyond the ids`;
    default:
      return `core: call in phase ${b}, needs phase ${a}`;
  }
}

import {
  ARRIVALS_DETERMINISTIC,
  ARRIVALS_POISSON,
  MAX_SECONDS,
  RUN_ARRIVALS,
  RUN_CV,
  RUN_INPUT_SHARE,
  RUN_PREFIX_GROUPS,
  RUN_PREFIX_UNITS,
  RUN_PROFILE_STEP,
  RUN_RATE,
  RUN_REPLICATION,
  RUN_SEED,
  RUN_WINDOW_SECONDS,
  STREAM_ARRIVALS,
  STREAM_CATEGORY,
  STREAM_LENGTHS,
  STREAM_PREFIX,
} from "./contract";
import { streamKey, uniform } from "./random";
import { Tables } from "./tables";

/** Draws of the arrival stream set aside for one request; a gamma gap takes about four. */
const DRAWS_PER_GAP: u64 = 64;

/**
 * Draws requests into the window. The gaps are those of a renewal process of mean 1, stretched by the rate, which may vary in time: a gap
 * of g ends where the integral of the rate has grown by g (time change; Cinlar, "Introduction to Stochastic Processes", 1975, section 4.7).
 */
export class Generator {
  private ordinal: u64 = 0;
  /** Position in time: steps of the profile gone by, and how far into the present one, s. */
  private step: i64 = 0;
  private intoStep: f64 = 0;

  private readonly process: i32;
  private readonly rate: f64;
  private readonly shape: f64;
  private readonly stepSeconds: f64;
  /** What a round of the profile amounts to, seconds of the mean rate. */
  private readonly cycleSeconds: f64;
  private readonly arrivalKey: u64;
  private readonly lengthKey: u64;
  private readonly categoryKey: u64;
  private readonly prefixKey: u64;
  private readonly prefixGroups: f64;
  private readonly prefixUnits: u32;

  constructor(private readonly tables: Tables) {
    const run = tables.run;
    const cv = run[RUN_CV];
    this.process = cv == 0 && run[RUN_ARRIVALS] != ARRIVALS_POISSON ? ARRIVALS_DETERMINISTIC : <i32>run[RUN_ARRIVALS];
    this.rate = run[RUN_RATE];
    this.shape = 1 / (cv * cv);
    this.stepSeconds = tables.profile.length > 0 ? run[RUN_PROFILE_STEP] : Infinity;
    let cycle: f64 = 0;
    for (let step = 0; step < tables.profile.length; step++) cycle += tables.profile[step] * this.stepSeconds;
    this.cycleSeconds = cycle;
    const seed = <u64>run[RUN_SEED];
    const replication = <u64>run[RUN_REPLICATION];
    this.arrivalKey = streamKey(seed, replication, STREAM_ARRIVALS);
    this.lengthKey = streamKey(seed, replication, STREAM_LENGTHS);
    this.categoryKey = streamKey(seed, replication, STREAM_CATEGORY);
    this.prefixKey = streamKey(seed, replication, STREAM_PREFIX);
    this.prefixGroups = run[RUN_PREFIX_GROUPS];
    this.prefixUnits = this.prefixGroups > 0 ? <u32>run[RUN_PREFIX_UNITS] : 0;
  }

  /** Fills the first `count` rows of the window. */
  fill(count: i32): void {
    const tables = this.tables;
    const drawsLengths = tables.cellWeight.length > 0;
    for (let i = 0; i < count; i++) {
      const time = this.pass(this.gap() / this.rate);
      tables.arrival[i] = time;
      tables.label[i] = 0;
      tables.category[i] = this.drawCategory();
      if (drawsLengths) this.drawLengths(i, time);
      if (this.prefixUnits > 0) this.drawPrefix(i);
      this.ordinal++;
    }
  }

  /** A gap of mean 1. */
  private gap(): f64 {
    if (this.process == ARRIVALS_DETERMINISTIC) return 1;
    const first = this.ordinal * DRAWS_PER_GAP;
    if (this.process == ARRIVALS_POISSON) return -Math.log(1 - uniform(this.arrivalKey, first));
    return this.gamma(first) / this.shape;
  }

  /**
   * A gamma variate of the process's shape, scale 1: Marsaglia and Tsang, "A simple method for generating gamma variables", ACM
   * TOMS 26(3), 2000; below shape 1 by their boost gamma(a) = gamma(a + 1) * U^(1/a).
   */
  private gamma(draw: u64): f64 {
    const key = this.arrivalKey;
    const boosted = this.shape < 1;
    const d = (boosted ? this.shape + 1 : this.shape) - 1.0 / 3.0;
    const c = 1 / Math.sqrt(9 * d);
    let scale: f64 = 1;
    if (boosted) scale = Math.exp(Math.log(1 - uniform(key, draw++)) / this.shape);
    let v: f64 = 0;
    let accepted = false;
    while (!accepted) {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform(key, draw++)));
      const x = radius * Math.cos(2 * Math.PI * uniform(key, draw++));
      const u = 1 - uniform(key, draw++);
      const cube = 1 + c * x;
      v = cube * cube * cube;
      accepted = cube > 0 && Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v);
    }
    return d * v * scale;
  }

  /** Moves on until the integral of the relative rate has grown by `mean` seconds of the mean rate; answers the time, s. */
  private pass(mean: f64): f64 {
    const profile = this.tables.profile;
    if (profile.length == 0) {
      this.intoStep += mean;
      return this.intoStep;
    }
    let left = mean;
    if (left > this.cycleSeconds) {
      // Whole rounds of the profile at once: a rate however low must not make this loop long.
      const rounds = Math.floor(left / this.cycleSeconds);
      if (rounds * this.stepSeconds * <f64>profile.length > MAX_SECONDS) return Infinity;
      this.step += <i64>rounds * <i64>profile.length;
      // Rounding must not take away more than there is.
      left = Math.max(0, left - rounds * this.cycleSeconds);
    }
    for (;;) {
      const rate = profile[<i32>(this.step % <i64>profile.length)];
      const inStep = (this.stepSeconds - this.intoStep) * rate;
      if (left < inStep) {
        this.intoStep += left / rate;
        break;
      }
      left -= inStep;
      this.step++;
      this.intoStep = 0;
    }
    return <f64>this.step * this.stepSeconds + this.intoStep;
  }

  private drawLengths(i: i32, time: f64): void {
    const tables = this.tables;
    const windows = tables.windowCell.length - 1;
    const windowSeconds = tables.run[RUN_WINDOW_SECONDS];
    const window = windows == 1 ? 0 : <i32>(<i64>Math.floor(time / windowSeconds) % <i64>windows);
    const draw = this.ordinal * 3;
    const cell = this.findCell(window, uniform(this.lengthKey, draw));
    const u = uniform(this.lengthKey, draw + 1);
    const first = between(tables.cellInputLow[cell], tables.cellInputHigh[cell], u);
    const inputShare = tables.run[RUN_INPUT_SHARE];
    if (inputShare > 0) {
      const input = max<u32>(1, <u32>(<f64>first * inputShare));
      tables.input[i] = input;
      tables.output[i] = first > input ? first - input : 1;
      return;
    }
    const v = uniform(this.lengthKey, draw + 2);
    tables.input[i] = first;
    tables.output[i] = between(tables.cellOutputLow[cell], tables.cellOutputHigh[cell], v);
  }

  /** Request `i` of the window belongs to one of the groups, and bears the ids of its prefix. */
  private drawPrefix(i: i32): void {
    const tables = this.tables;
    const units = this.prefixUnits;
    const first = <u32>(uniform(this.prefixKey, this.ordinal) * this.prefixGroups) * units;
    const offset = <u32>i * units;
    for (let j: u32 = 0; j < units; j++) tables.blockId[offset + j] = first + j;
    tables.blockOffset[i + 1] = offset + units;
  }

  /** First cell of the window whose cumulative weight exceeds u. */
  private findCell(window: i32, u: f64): i32 {
    const weight = this.tables.cellWeight;
    let low = <i32>this.tables.windowCell[window];
    let high = <i32>this.tables.windowCell[window + 1] - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (weight[middle] > u) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private drawCategory(): u8 {
    const weight = this.tables.categoryWeight;
    if (weight[0] == 0 && weight[63] == 0) return 0;
    const u = uniform(this.categoryKey, this.ordinal);
    let category = 0;
    while (category < 63 && weight[category] <= u) category++;
    return <u8>category;
  }
}

/** A whole number in [low, high], each equally likely. */
function between(low: u32, high: u32, u: f64): u32 {
  return low + <u32>(u * <f64>(high - low + 1));
}

import { TICKS_PER_SECOND } from "./contract";

/** Simulated time in whole nanoseconds since the start of the run. Signed, so that it turns into an f64 in one instruction. */
export type Tick = i64;

/** Later than every tick; one less than the largest i64, so that adding 1 to it does not wrap. */
export const NEVER_TICK: Tick = i64.MAX_VALUE - 1;

/** The clock stops counting here, 146 years on: a service of MAX_SECONDS can still be added to it. */
export const LATEST_TICK: Tick = 1 << 62;

/** 2^52: from here on every f64 is whole, and an f64 between it and twice it has its whole part in its low 52 bits. */
const WHOLE: f64 = 4503599627370496;
const FRACTION_BITS: i64 = 52;
const EXPONENT_OF_WHOLE: i64 = 1023 + 52;

/** The whole number nearest to `value`, halves to even. `value` is not negative and below 2^63. */
export function nearestTick(value: f64): Tick {
  // Adding 2^52 rounds in the last bit. By hand, because the conversion instruction and its range checks take ten times as long, even
  // where a branch avoids it: the compiler turns the branch into a choice between two finished values.
  if (value < WHOLE) return reinterpret<i64>(value + WHOLE) - reinterpret<i64>(WHOLE);
  const bits = reinterpret<i64>(value);
  const fraction = (bits & ((1 << FRACTION_BITS) - 1)) | (1 << FRACTION_BITS);
  return fraction << ((bits >> FRACTION_BITS) - EXPONENT_OF_WHOLE);
}

/** The tick nearest to `seconds`, halves to even. `seconds` is not negative and at most MAX_SECONDS. */
export function tickOf(seconds: f64): Tick {
  return nearestTick(seconds * TICKS_PER_SECOND);
}

/** A tick as it leaves the core: NEVER_TICK becomes Infinity. */
export function ticksOut(tick: Tick): f64 {
  return tick == NEVER_TICK ? Infinity : <f64>tick;
}

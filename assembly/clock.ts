import { TICKS_PER_SECOND } from "./contract";

/** Simulated time in whole nanoseconds since the start of the run. Signed, so that it turns into an f64 in one instruction. */
export type Tick = i64;

/** Later than every tick; one less than the largest i64, so that adding 1 to it does not wrap. */
export const NEVER_TICK: Tick = i64.MAX_VALUE - 1;

/** The clock stops counting here, 146 years on: a service of MAX_SECONDS can still be added to it. */
export const LATEST_TICK: Tick = 1 << 62;

/** The tick nearest to `seconds`, halves up. `seconds` is not negative and at most MAX_SECONDS. */
export function tickOf(seconds: f64): Tick {
  return <Tick>Math.floor(seconds * TICKS_PER_SECOND + 0.5);
}

/** A tick as it leaves the core: NEVER_TICK becomes Infinity. */
export function ticksOut(tick: Tick): f64 {
  return tick == NEVER_TICK ? Infinity : <f64>tick;
}

/** Section "Time": ticks are whole nanoseconds, grains 2^-20 of one. Both are `bigint`: 2^53 grains are only 8.6 seconds. */
import { nearest, tick } from "../reference/demand.js";

const GRAIN_BITS = 20n;

/** All times are held at this tick. */
const LAST_TICK = 1n << 61n;

/** Seconds to whole grains, halves to even; the sign goes apart. */
export function grains(seconds: number): bigint {
  const magnitude = BigInt(nearest(Math.abs(seconds) * 1e9 * 1048576));
  return seconds < 0 ? -magnitude : magnitude;
}

/** `floor(grains / 2^20)`: the tick of a clock, the whole ticks of a duration. */
export function ticksOf(grainsCount: bigint): bigint {
  return grainsCount >> GRAIN_BITS;
}

/** The clock that shows a tick exactly. */
export function clockAt(tickCount: bigint): bigint {
  return tickCount << GRAIN_BITS;
}

/** Seconds to whole ticks. */
export function tickAt(seconds: number): bigint {
  return holdTick(BigInt(tick(seconds)));
}

export function holdTick(tickCount: bigint): bigint {
  return tickCount < LAST_TICK ? tickCount : LAST_TICK;
}

export function holdClock(clock: bigint): bigint {
  const last = clockAt(LAST_TICK);
  return clock < last ? clock : last;
}

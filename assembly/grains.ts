import { nearestTick } from "./clock";

/** Durations inside a lane are whole grains of 2^-20 ns, so that a thousand iterations take exactly a thousand times as long as one. */
export const GRAIN_BITS: i64 = 20;

/** `seconds` in grains, to the nearest, halves to even; at most 2^62 of them. */
export function grainsOf(seconds: f64): i64 {
  const grains = seconds * 1e9 * 1048576;
  return grains < 0 ? -nearestTick(-grains) : nearestTick(grains);
}

/** No jump is longer: 2^61 grains, 36 minutes. A longer one is made in parts, which changes nothing. */
export const MOST_GRAINS: f64 = 2305843009213693952;

/** What a request asks of a replica: time and memory. */
import type { Pool } from "./case.js";

/** The whole number nearest to a value that is not negative, halves to even. */
export function nearest(value: number): number {
  const below = Math.floor(value);
  const above = value - below;
  if (above === 0.5) return below % 2 === 0 ? below : below + 1;
  return above < 0.5 ? below : below + 1;
}

/** Seconds to whole nanoseconds. */
export function tick(seconds: number): number {
  return seconds === Infinity ? Infinity : nearest(seconds * 1e9);
}

export interface Demand {
  prefillTicks: number;
  decodeTicks: number;
  /** KV blocks held from start to end. */
  blocks: number;
}

/** Section "A pool": service at full concurrency. The order of the floating-point operations is part of the rule. */
export function demandOf(pool: Pool, input: number, output: number): Demand {
  const length = input + output;
  const iterationS = pool.W + pool.H * (length / pool.calibrationCtx) * pool.slots;
  return {
    prefillTicks: tick(Math.ceil(input / pool.chunk) * iterationS),
    decodeTicks: tick(output * iterationS),
    blocks: Math.ceil(length / pool.blockSize),
  };
}

/** What a request asks of a replica: time and memory. */
import type { Pool } from "./case.js";

/** Seconds to whole nanoseconds. */
export function tick(seconds: number): number {
  return Math.floor(seconds * 1e9 + 0.5);
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

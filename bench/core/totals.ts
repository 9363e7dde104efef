/** What a run came to, pool by pool: the checksum by which contestants prove that they did the same work. */
export interface PoolTotals {
  arrived: number;
  completed: number;
  /** Sum of the times to first token, ticks. */
  ttftTicks: number;
  /** Sum of the times from arrival to end, ticks. */
  e2eTicks: number;
}

/** @throws Error if the two runs did not come to the same. */
export function requireSame(name: string, totals: readonly PoolTotals[], expected: readonly PoolTotals[]): void {
  const found = JSON.stringify(totals);
  const wanted = JSON.stringify(expected);
  if (found !== wanted) throw new Error(`${name} computed something else than the core:\n  ${found}\n  ${wanted}`);
}

/** What a fleet costs, and how long its slowest pool lets requests wait: less of both is better. */
export interface CostAndLatency {
  /** US dollars an hour. */
  cost_per_hr: number;
  /** Worst P99 of TTFT over the pools, ms. */
  worst_p99_ms: number;
}

/** Whether `a` is at least as good as `b` in both respects, and better in one. */
export function dominates(a: CostAndLatency, b: CostAndLatency): boolean {
  return (
    a.cost_per_hr <= b.cost_per_hr &&
    a.worst_p99_ms <= b.worst_p99_ms &&
    (a.cost_per_hr < b.cost_per_hr || a.worst_p99_ms < b.worst_p99_ms)
  );
}

/** Those that none of the others dominates, in their order; equal ones stay together. */
export function paretoFront<Row extends CostAndLatency>(rows: readonly Row[]): Row[] {
  return rows.filter((row) => !rows.some((other) => dominates(other, row)));
}

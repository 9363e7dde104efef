import type { ResultRows } from "../../host/core/simulation.js";

/** What became of each request of a run, copied from the views that a run hands on. */
export class PlayedRequests {
  readonly arrival: number[] = [];
  readonly input: number[] = [];
  readonly output: number[] = [];
  readonly pool: number[] = [];
  readonly replica: number[] = [];
  readonly wait: number[] = [];
  readonly ttft: number[] = [];
  readonly e2e: number[] = [];

  /** To be given as `onResults`. */
  readonly take = (rows: ResultRows): void => {
    for (let i = 0; i < rows.count; i++) {
      this.arrival.push(rows.arrival[i]!);
      this.input.push(rows.inputTokens[i]!);
      this.output.push(rows.outputTokens[i]!);
      this.pool.push(rows.pool[i]!);
      this.replica.push(rows.replica[i]!);
      this.wait.push(rows.queueWait[i]!);
      this.ttft.push(rows.ttft[i]!);
      this.e2e.push(rows.e2e[i]!);
    }
  };

  /** The values of a column for the requests of a pool. */
  of(column: number[], pool: number): number[] {
    return column.filter((_, i) => this.pool[i] === pool);
  }
}

/** Arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

import { expect } from "vitest";
import * as C from "../../assembly/contract.js";
import type { Figures } from "../../host/core/figures.js";
import type { Outcome } from "../../host/core/outcome.js";
import type { Simulation } from "../../host/core/simulation.js";

/**
 * Expects that no request was lost or counted twice: of every pool and of the fleet, arrived = completed + rejected + unfinished, the pools and
 * those that no pool took make up the fleet, and every distribution ranks exactly the measured requests.
 *
 * @param fed Requests that were fed to the run, where it had no horizon: then all of them arrived and none is unfinished.
 */
export function expectConserved(outcome: Outcome, fed?: number): void {
  const pools = Object.values(outcome.pools);
  for (const figures of [outcome, ...pools]) expectAccounted(figures);
  const sum = (of: (figures: Figures) => number) => pools.reduce((total, figures) => total + of(figures), 0);
  const { arrived, completed, rejected, unfinished } = outcome.requests;
  const unrouted = arrived - sum((pool) => pool.requests.arrived);
  expect(unrouted).toBeGreaterThanOrEqual(0);
  expect(completed).toBe(sum((pool) => pool.requests.completed));
  expect(rejected).toBe(sum((pool) => pool.requests.rejected) + unrouted);
  expect(unfinished).toBe(sum((pool) => pool.requests.unfinished));
  if (fed === undefined) return;
  expect(arrived).toBe(fed);
  expect(unfinished).toBe(0);
}

function expectAccounted({ requests, ttft_ms, queue_wait_ms, completed_only }: Figures): void {
  const { arrived, completed, rejected, unfinished, warmup_excluded } = requests;
  const reasons = requests.rejected_by_reason;
  expect(arrived).toBe(completed + rejected + unfinished);
  expect(rejected).toBe(reasons.too_long_for_pool + reasons.too_long_for_every_pool + reasons.queue_full);
  expect(ttft_ms.count).toBe(arrived - warmup_excluded);
  expect(queue_wait_ms.count).toBe(ttft_ms.count);
  expect(completed_only.e2e_ms.count).toBeLessThanOrEqual(completed);
  expect(completed_only.e2e_ms.count).toBeGreaterThanOrEqual(completed - warmup_excluded);
}

/**
 * The same of a run without horizon that is read without its outcome: the totals of the pools against the samples of the requests, which are counted on
 * another path, and against what was fed.
 */
export function expectTotalsConserved(simulation: Simulation, poolCount: number, fed: number): void {
  let arrivedInAll = 0;
  for (const scope of [...Array(poolCount).keys(), "none" as const]) {
    const row = simulation.figures(scope);
    const arrived = row[C.FIGURE_ARRIVED]!;
    const completed = row[C.FIGURE_COMPLETED]!;
    const rejected =
      row[C.FIGURE_REJECTED_TOO_LONG_FOR_POOL]! +
      row[C.FIGURE_REJECTED_TOO_LONG_FOR_EVERY_POOL]! +
      row[C.FIGURE_REJECTED_QUEUE_FULL]!;
    expect(row[C.FIGURE_UNFINISHED]).toBe(0);
    expect(arrived).toBe(completed + rejected);
    expect(simulation.gather("e2e", scope, 0, false)).toMatchObject({ count: arrived, reached: completed });
    arrivedInAll += arrived;
  }
  expect(arrivedInAll).toBe(fed);
}

import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import * as C from "../../assembly/contract.js";
import { rankOf } from "../../host/core/distribution.js";
import type { Core } from "../../host/core/load.js";
import { arbitraryCase } from "../reference/arbitrary.js";
import type { Figures, RequestResult } from "../reference/figures.js";
import { simulateCase } from "../reference/simulate.js";
import { playCase, type Settled } from "./play-case.js";
import { BUILDS, loadBuild } from "./wasm-builds.js";

const RUNS = { release: 600, debug: 200 };

const REASON_STATUS = {
  too_long_for_pool: C.STATUS_TOO_LONG_FOR_POOL,
  too_long_for_every_pool: C.STATUS_TOO_LONG_FOR_EVERY_POOL,
  queue_full: C.STATUS_QUEUE_FULL,
};

function expected(result: RequestResult): Settled {
  const { pool, replica, waitTicks, ttftTicks, tpotTicks, e2eTicks } = result;
  const settled = result.status === "completed" ? C.STATUS_COMPLETED : C.STATUS_UNFINISHED;
  const status = result.reason === null ? settled : REASON_STATUS[result.reason];
  return { pool, replica, status, waitTicks, ttftTicks, tpotTicks, e2eTicks };
}

function expectTotals(row: Float64Array, figures: Figures): void {
  expect(row[C.FIGURE_ARRIVED]).toBe(figures.arrived);
  expect(row[C.FIGURE_COMPLETED]).toBe(figures.completed);
  expect(row[C.FIGURE_REJECTED_TOO_LONG_FOR_POOL]).toBe(figures.rejected.too_long_for_pool);
  expect(row[C.FIGURE_REJECTED_TOO_LONG_FOR_EVERY_POOL]).toBe(figures.rejected.too_long_for_every_pool);
  expect(row[C.FIGURE_REJECTED_QUEUE_FULL]).toBe(figures.rejected.queue_full);
  expect(row[C.FIGURE_UNFINISHED]).toBe(figures.unfinished);
  expect(row[C.FIGURE_COMPRESSED]).toBe(figures.compressed);
  expect(row[C.FIGURE_BY_DEFAULT]).toBe(figures.byDefault);
  expect(row[C.FIGURE_E2E_SUM]).toBeCloseTo(figures.timeInSystem, 3);
}

describe.each(BUILDS)("the %s core and the plain twin", (build) => {
  let core: Core;
  beforeAll(async () => {
    core = await loadBuild(build);
  });

  it("agree on every request, to the tick", () => {
    fc.assert(
      fc.property(
        arbitraryCase(),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }),
        (given, chunks) => {
          const reference = simulateCase(given);
          const { settled } = playCase(core, given, { chunks });
          expect(settled).toEqual(reference.requests.map(expected));
        },
      ),
      { numRuns: RUNS[build] },
    );
  });

  it("agree on the totals of every pool", () => {
    fc.assert(
      fc.property(arbitraryCase(), (given) => {
        const reference = simulateCase(given);
        const { simulation } = playCase(core, given);
        given.fleet.pools.forEach((_, pool) => expectTotals(simulation.figures(pool), reference.pools[pool]!));
        expectTotals(simulation.figures("none"), reference.noPool);
      }),
      { numRuns: RUNS[build] / 2 },
    );
  });

  it("agree on the time integrals up to the last arrival", () => {
    fc.assert(
      fc.property(arbitraryCase(), (given) => {
        fc.pre(given.requests.length > 0 && given.options.horizonS === Infinity);
        const reference = simulateCase(given);
        const { values, points, rows } = playCase(core, given).simulation.series();
        given.fleet.pools.forEach((_, pool) => {
          const last = values.subarray(((points - 1) * rows + pool) * C.SERIES_FIELDS);
          const { toLastArrival } = reference.pools[pool]!;
          expect(last[C.SERIES_BUSY_AREA]).toBe(toLastArrival.busySlots);
          expect(last[C.SERIES_KV_AREA]).toBe(toLastArrival.kvBlocks);
          expect(last[C.SERIES_WAITING_AREA]).toBe(toLastArrival.waiting);
        });
      }),
      { numRuns: RUNS[build] / 2 },
    );
  });

  it("agree on percentiles of any rank, over all arrivals and over completed ones", () => {
    fc.assert(
      fc.property(
        arbitraryCase(),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.boolean(),
        (given, p, completedOnly) => {
          const { requests, firstMeasured } = simulateCase(given);
          const { simulation } = playCase(core, given);
          const measured = requests
            .slice(firstMeasured)
            .filter(({ status }) => !completedOnly || status === "completed");
          const gathered = simulation.gather("e2e", "all", firstMeasured, completedOnly);
          expect(gathered.count).toBe(measured.length);
          fc.pre(measured.length > 0);
          const sorted = Float64Array.from(measured, ({ e2eTicks }) => e2eTicks ?? Infinity).sort();
          const rank = rankOf(p, measured.length);
          expect(simulation.select(rank)).toBe(sorted[rank - 1]);
        },
      ),
      { numRuns: RUNS[build] / 2 },
    );
  });

  it("are matched by the textbook event queue", () => {
    fc.assert(
      fc.property(arbitraryCase(), (given) => {
        const tree = playCase(core, given);
        const bytes = (run: typeof tree) => [
          run.simulation.series().values,
          ...given.fleet.pools.map((_, i) => run.simulation.figures(i)),
        ];
        const ofTree = bytes(tree);
        const heap = playCase(core, given, { eventQueue: "heap" });
        expect(heap.settled).toEqual(tree.settled);
        expect(bytes(heap)).toEqual(ofTree);
      }),
      { numRuns: RUNS[build] / 2 },
    );
  });
});

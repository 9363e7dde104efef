/** What must hold in every case, whatever its figures are. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryCase } from "./arbitrary.js";
import type { Case } from "./case.js";
import { tick } from "./demand.js";
import type { ReferenceResult, RequestResult } from "./figures.js";
import { simulateCase } from "./simulate.js";

const RUNS = 300;

function holds(property: (result: ReferenceResult, one: Case) => void): void {
  fc.assert(
    fc.property(arbitraryCase(), (one) => property(simulateCase(one), one)),
    { numRuns: RUNS, seed: 20260 },
  );
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Ticks of [from, to) that lie before `end`; `null`: not begun, or not ended by then. */
function lasted(from: number | null, to: number | null, end: number): number {
  return from === null || from > end ? 0 : Math.min(to ?? end, end) - from;
}

/** When a request left the queue: at its start, or at once if it was turned away. */
function leftQueue(row: RequestResult): number | null {
  return row.status === "rejected" ? row.reachTick : row.startTick;
}

function leftPool(row: RequestResult): number | null {
  return row.status === "rejected" ? row.reachTick : row.endTick;
}

describe("in every case", () => {
  it("arrived = completed + rejected + unfinished, in every pool and in the fleet", () => {
    holds((result) => {
      for (const row of [...result.pools, result.noPool, result.fleet]) {
        expect(row.completed + total(Object.values(row.rejected)) + row.unfinished).toBe(row.arrived);
      }
      const parts = [...result.pools, result.noPool];
      expect(total(parts.map((row) => row.arrived))).toBe(result.fleet.arrived);
    });
  });

  it("without a horizon everything arrives and nothing is unfinished", () => {
    holds((result, { requests, options }) => {
      if (options.horizonS !== Infinity) return;
      expect(result.fleet).toMatchObject({ arrived: requests.length, unfinished: 0 });
    });
  });

  it("Little's law: when all is served, the integral of the number in system is the sum of the times in system", () => {
    holds((result, { options }) => {
      if (options.horizonS !== Infinity) return;
      for (const row of [...result.pools, result.fleet]) expect(row.toEnd.inSystem).toBe(row.timeInSystem);
    });
  });

  it("time integrals are sums over requests", () => {
    holds((result) => {
      for (const end of [result.lastArrivalTick ?? 0, result.endTick]) {
        result.pools.forEach((figures, pool) => {
          const rows = result.requests.filter((row) => row.pool === pool);
          expect(end === result.endTick ? figures.toEnd : figures.toLastArrival).toEqual({
            busySlots: total(rows.map((row) => lasted(row.startTick, row.endTick, end))),
            kvBlocks: total(rows.map((row) => (row.blocks ?? 0) * lasted(row.startTick, row.endTick, end))),
            waiting: total(rows.map((row) => lasted(row.reachTick, leftQueue(row), end))),
            inSystem: total(rows.map((row) => lasted(row.reachTick, leftPool(row), end))),
          });
        });
      }
    });
  });

  it("no replica serves more than its slots and blocks allow", () => {
    holds((result, { fleet }) => {
      for (const { pool, replica, startTick } of result.requests) {
        if (startTick === null) continue;
        const together = result.requests.filter(
          (row) => row.pool === pool && row.replica === replica && row.startTick !== null && row.startTick <= startTick,
        );
        const busy = together.filter((row) => row.endTick === null || row.endTick > startTick);
        expect(busy.length).toBeLessThanOrEqual(fleet.pools[pool]!.slots);
        expect(total(busy.map((row) => row.blocks!))).toBeLessThanOrEqual(fleet.pools[pool]!.kvBlocks);
      }
    });
  });

  it("queues are first in, first out", () => {
    holds((result, { fleet }) => {
      const lines = new Map<string, RequestResult[]>();
      for (const row of result.requests) {
        if (row.reachTick === null || row.status === "rejected") continue;
        const line = fleet.pools[row.pool]!.queue === "shared" ? `${row.pool}` : `${row.pool} ${row.replica}`;
        lines.set(line, [...(lines.get(line) ?? []), row]);
      }
      for (const line of lines.values()) {
        line.sort((a, b) => a.reachTick! - b.reachTick!);
        line.reduce((before, row) => {
          // Among equal reaching ticks compressed requests, which left earlier, come first: their order is not checked.
          if (row.reachTick === before.reachTick) return row;
          expect(row.startTick ?? Infinity).toBeGreaterThanOrEqual(before.startTick ?? Infinity);
          return row;
        }, line[0]!);
      }
    });
  });

  it("a request that waited starts when one completes at its replica", () => {
    holds((result) => {
      const completions = new Set(result.requests.map((row) => `${row.pool} ${row.replica} ${row.endTick}`));
      for (const row of result.requests) {
        if (row.startTick === null || row.startTick === row.reachTick) continue;
        expect(completions).toContain(`${row.pool} ${row.replica} ${row.startTick}`);
      }
    });
  });

  it("no queue is longer than its limit", () => {
    holds((result, { fleet }) => {
      for (const row of result.requests) {
        if (row.reachTick === null || row.startTick === row.reachTick || row.status === "rejected") continue;
        const { maxQueue, queue } = fleet.pools[row.pool]!;
        const ahead = result.requests.filter(
          (other) =>
            other.pool === row.pool &&
            (queue === "shared" || other.replica === row.replica) &&
            other.status !== "rejected" &&
            other.reachTick !== null &&
            other.reachTick < row.reachTick! &&
            (other.startTick ?? Infinity) > row.reachTick!,
        );
        expect(ahead.length).toBeLessThan(maxQueue);
      }
    });
  });

  it("what happens before the horizon does not depend on it", () => {
    holds((result, one) => {
      const whole = simulateCase({ ...one, options: { ...one.options, horizonS: Infinity } });
      const horizonTick = tick(one.options.horizonS);
      for (const row of result.requests) {
        const later = whole.requests[row.ordinal]!;
        for (const key of ["reachTick", "startTick", "endTick"] as const) {
          const happened = later[key] !== null && later[key] <= horizonTick;
          expect(row[key]).toBe(happened ? later[key] : null);
        }
      }
    });
  });
});

/** What must hold in every case whatever it is. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { arbitraryIterationsCase } from "./arbitrary.js";
import { type IterationsCase, servingPools } from "./case.js";
import type { Lane } from "./lane.js";
import { NAMED_CASES } from "./named-cases.js";
import type { RequestOutcome } from "./outcome.js";
import { lanesOf } from "./pool-state.js";
import { type IterationsResult, simulateIterations } from "./simulate.js";

const RUNS = 300;

function holds(
  property: (one: IterationsCase) => void,
  one: fc.Arbitrary<IterationsCase> = arbitraryIterationsCase(),
): void {
  Object.values(NAMED_CASES).forEach(property);
  fc.assert(fc.property(one, property), { numRuns: RUNS, seed: 11 });
}

const servedWhole = arbitraryIterationsCase().map((one) => ({ ...one, horizonS: Infinity }));

function total<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

const completed = ({ requests }: IterationsResult) => requests.filter(({ status }) => status === "completed");

it("all is settled without a horizon", () => {
  holds((one) => {
    if (one.horizonS !== Infinity) return;
    const { requests } = simulateIterations(one);
    expect(requests).toHaveLength(one.requests.length);
    expect(requests.filter(({ status }) => status === "unfinished")).toEqual([]);
  });
});

/** What is wrong with the memory or the seats of a lane. */
function wrongIn({ memory, running, queue, pool, seats }: Lane): string | null {
  const usedUnits = new Set(running.flatMap(({ units }) => units)).size;
  const owned = total(running, ({ ownBlocks }) => ownBlocks);
  if (memory.inUse !== owned + (usedUnits * (pool.serving.prefixBlock ?? 0)) / memory.blockSize) return "blocks in use";
  if (memory.inUse > memory.blocks) return "more blocks than there are";
  if (running.length > seats) return "more running than seats";
  const short = running.some((one) => memory.ownedBy(one) < Math.ceil(one.computed / memory.blockSize));
  if (short) return "tokens without a block";
  return queue.some((one) => memory.ownedBy(one) > 0) ? "blocks of a waiting request" : null;
}

it("memory and seats are never exceeded, and are all free in the end", () => {
  holds((one) => {
    let last: Lane[] = [];
    const wrong: string[] = [];
    simulateIterations(one, (pools) => {
      last = pools.flatMap(lanesOf);
      wrong.push(...last.flatMap((lane) => wrongIn(lane) ?? []));
    });
    expect(wrong).toEqual([]);
    if (one.horizonS === Infinity) expect(total(last, ({ memory }) => memory.inUse)).toBe(0);
  });
});

it("every token is computed, found in a cache, or computed again", () => {
  holds((one) => {
    if (one.horizonS !== Infinity) return;
    const result = simulateIterations(one);
    result.pools.forEach((pool, index) => {
      const served = completed(result).filter((row) => row.pool === index);
      const { requests } = one;
      const outputs = total(result.requests, (row) =>
        served.includes(row) ? requests[result.requests.indexOf(row)]!.output - 1 : 0,
      );
      expect(pool.prefillTokens + pool.decodeTokens + pool.cachedTokens).toBe(
        total(served, ({ input }) => input) + outputs + pool.recomputedTokens,
      );
      expect(pool.itlCount).toBe(outputs);
      expect(pool.preemptions).toBe(total(served, ({ preemptions }) => preemptions));
    });
  }, servedWhole);
});

it("gaps add up to the time from first to last token", () => {
  holds((one) => {
    const result = simulateIterations(one);
    result.pools.forEach((pool, index) => {
      if (one.horizonS !== Infinity) return;
      const gaps = total([...pool.itlGaps], ([gap, count]) => gap * count);
      const spans = total(completed(result), (row) => (row.pool === index ? row.endTick - row.firstTokenTick : 0));
      expect(Math.abs(gaps - spans)).toBeLessThanOrEqual(pool.itlCount);
    });
  }, servedWhole);
});

it("time in the pool is time waiting and running", () => {
  holds((one) => {
    if (one.horizonS !== Infinity) return;
    const result = simulateIterations(one);
    result.pools.forEach((pool, index) => {
      const inPool = total(completed(result), (row) =>
        row.pool === index ? row.endTick - row.startTick + row.waitTick : 0,
      );
      expect(Number(pool.runningArea + pool.waitingArea)).toBe(inPool);
    });
  }, servedWhole);
});

it("lanes are busy for no longer than the run", () => {
  holds((one) => {
    const { pools, endTick } = simulateIterations(one);
    servingPools(one).forEach((pool, index) => {
      expect(pools[index]!.busyTicks).toBeLessThanOrEqual(pool.replicas * pool.serving.pp * endTick);
    });
  });
});

it("a lane is idle exactly when it has no request", () => {
  holds((one) => {
    let agrees = true;
    simulateIterations(one, (pools) => {
      for (const lane of pools.flatMap(lanesOf)) {
        agrees &&= (lane.state === "idle") === (lane.running.length + lane.queue.length === 0);
      }
    });
    expect(agrees).toBe(true);
  });
});

it("milestones come in order", () => {
  holds((one) => {
    for (const row of simulateIterations(one).requests) {
      const milestones = [row.arrivalTick, row.startTick, row.firstTokenTick, row.endTick];
      expect(milestones).toEqual([...milestones].sort((a, b) => a - b));
    }
  });
});

it("reserving the longest request spares preemption", () => {
  holds((one) => {
    const { pools } = simulateIterations(one);
    servingPools(one).forEach(({ serving }, index) => {
      if (serving.scheduler === "orca" || serving.scheduler === "static") expect(pools[index]!.preemptions).toBe(0);
    });
  });
});

/** Requests that are there at the instants at which one arrives: sent, and neither completed nor rejected. */
function mostAtOnce(requests: readonly RequestOutcome[]): number {
  const served = requests.filter(({ status }) => status === "completed" || status === "unfinished");
  const there = served.map(
    ({ arrivalTick }) => served.filter((row) => row.arrivalTick <= arrivalTick && row.endTick > arrivalTick).length,
  );
  return Math.max(0, ...there);
}

it("a closed loop never has more requests than users", () => {
  holds((one) => {
    const { concurrency } = one.closedLoop ?? {};
    if (concurrency === undefined) return;
    const result = simulateIterations(one);
    expect(mostAtOnce(result.requests)).toBeLessThanOrEqual(concurrency);
  });
});

it("a horizon changes nothing before it", () => {
  holds((one) => {
    if (one.horizonS === Infinity) return;
    const cut = simulateIterations(one);
    const whole = simulateIterations({ ...one, horizonS: Infinity });
    cut.requests.forEach((row, i) => {
      const later = whole.requests[i]!;
      expect(row.arrivalTick).toBe(later.arrivalTick);
      if (row.status === "completed") expect(row).toEqual(later);
      if (row.status === "unfinished") expect(later.endTick).toBeGreaterThan(cut.endTick);
      if (row.startTick !== Infinity) expect(row.startTick).toBe(later.startTick);
    });
  });
});

it("cases are valid", () => {
  holds((one) => {
    for (const { kvBlocks, blockSize, maxCtx, serving } of servingPools(one)) {
      expect(maxCtx).toBeLessThanOrEqual(Math.floor(kvBlocks / serving.pp) * blockSize);
      expect((serving.prefixBlock ?? 0) % blockSize).toBe(0);
    }
    const before = new Map<number, number | undefined>();
    for (const { blockIds } of one.requests) {
      blockIds.forEach((id, unit) => {
        if (before.has(id)) expect(before.get(id)).toBe(blockIds[unit - 1]);
        before.set(id, blockIds[unit - 1]);
      });
    }
  });
});

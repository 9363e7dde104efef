/** What must hold in every staged case whatever it is. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { IterationsCase } from "../case.js";
import type { Lane } from "../lane.js";
import type { RequestOutcome } from "../outcome.js";
import { lanesOf, type PoolState } from "../pool-state.js";
import { type IterationsResult, simulateIterations } from "../simulate.js";
import { arbitraryStagedCase } from "./arbitrary-stages.js";
import { bytesOf } from "./links.js";

const RUNS = 200;

function holds(property: (one: IterationsCase) => void, one = arbitraryStagedCase()): void {
  fc.assert(fc.property(one, property), { numRuns: RUNS, seed: 12 });
}

const servedWhole = arbitraryStagedCase({ horizons: false });

function total<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

const completed = ({ requests }: IterationsResult) => requests.filter(({ status }) => status === "completed");

const handedOver = (result: IterationsResult) => completed(result).filter(({ transfer }) => transfer !== null);

const roleOf = (one: IterationsCase, pool: number) => one.pools[pool]!.stage?.role ?? "mixed";

it("all is settled without a horizon: nobody waits for ever", () => {
  holds((one) => {
    const { requests } = simulateIterations(one);
    expect(requests).toHaveLength(one.requests.length);
    expect(requests.filter(({ status }) => status === "unfinished")).toEqual([]);
  }, servedWhole);
});

/** Blocks of a lane by those who have them: running requests, requests that crossed or have yet to cross, and units of the prefix cache. */
function blocksBySide(lane: Lane, pools: readonly PoolState[]): number {
  const held = pools.flatMap(({ arriving }) => [...arriving].filter(({ crossing }) => crossing.heldIn === lane));
  const holders = [...lane.running, ...held, ...lane.landed, ...lane.granted.map(({ crossing }) => crossing.granted!)];
  const units = new Set(holders.flatMap((holder) => holder.units)).size;
  const unitBlocks = (lane.pool.serving.prefixBlock ?? 0) / lane.memory.blockSize;
  return total(holders, ({ ownBlocks }) => ownBlocks) + units * unitBlocks;
}

it("held, granted and running blocks are all that is in use, never more than there are, and free in the end", () => {
  holds((one) => {
    let last: Lane[] = [];
    simulateIterations(one, (pools) => {
      last = pools.flatMap(lanesOf);
      for (const lane of last) {
        if (lane.memory.inUse !== blocksBySide(lane, pools)) throw new Error("blocks of nobody");
        if (lane.memory.inUse > lane.memory.blocks) throw new Error("more blocks than there are");
        if (lane.running.length > lane.seats) throw new Error("more running than seats");
      }
    });
    if (one.horizonS === Infinity) expect(total(last, ({ memory }) => memory.inUse)).toBe(0);
  });
});

it("nobody is left in an intake, an outbox or on a link", () => {
  holds((one) => {
    let last: readonly PoolState[] = [];
    simulateIterations(one, (pools) => (last = pools));
    const lists = last.flatMap((pool) => [
      pool.reserving.size,
      pool.arriving.size,
      ...lanesOf(pool).map(({ intake, granted, landed }) => intake.length + granted.length + landed.length),
      ...pool.replicas.map(
        ({ outbox, asking, link }) => outbox.length + (asking ? 1 : 0) + (link?.underWay.length ?? 0),
      ),
    ]);
    expect(total(lists, (left) => left)).toBe(0);
  }, servedWhole);
});

it("at most one request of a replica asks where it pushes, and counts where it asks", () => {
  holds((one) => {
    simulateIterations(one, (pools) => {
      const asking = pools.flatMap((pool) => lanesOf(pool).flatMap(({ intake }) => intake));
      const pushed = asking.filter(({ pool }) => {
        const { stage } = one.pools[pool]!;
        return stage?.role === "prefill" && stage.handover === "push";
      });
      const replicas = pushed.map(({ pool, lane }) => `${pool}/${lane!.replica}`);
      if (new Set(replicas).size < replicas.length) throw new Error("two of a replica ask at once");
    });
  });
});

it("requests are conserved: what prefill pools give, decode pools take", () => {
  holds((one) => {
    const result = simulateIterations(one);
    const { requests, pools } = result;
    expect(total(pools, (pool) => pool.completed)).toBe(completed(result).length);
    expect(total(pools, (pool) => pool.handedOver + pool.spilled)).toBe(total(pools, (pool) => pool.takenOver));
    pools.forEach((pool, index) => {
      const arrived = requests.filter((row) => row.pool === index);
      if (roleOf(one, index) === "decode") expect(arrived).toEqual([]);
      const away = (row: RequestOutcome) => row.decodePool >= 0;
      expect(pool.handedOver + pool.spilled).toBe(arrived.filter(away).length);
      expect(pool.takenOver).toBe(requests.filter((row) => row.decodePool === index).length);
    });
  });
});

it("bytes are conserved: what leaves over links of prefill pools comes over those of decode pools", () => {
  holds((one) => {
    const result = simulateIterations(one);
    const bytesOfRow = (row: RequestOutcome) => {
      const { stage } = one.pools[row.pool]!;
      return stage?.role === "prefill" && Number.isFinite(row.transfer ?? Infinity)
        ? bytesOf(stage, row.input - (stage.firstToken === "decode" ? 1 : 0))
        : 0;
    };
    result.pools.forEach((pool, index) => {
      const rows = result.requests.filter((row) => row.pool === index || row.decodePool === index);
      const landed = rows.filter((row) => Number.isFinite(row.transfer ?? Infinity));
      expect(pool.linkBytes).toBe(total(rows, bytesOfRow));
      expect(pool.transfers).toBe(landed.length);
      expect(pool.transferSum).toBe(total(landed, ({ transfer }) => transfer!));
    });
  });
});

it("every token is computed, found in a cache, or computed again", () => {
  holds((one) => {
    const result = simulateIterations(one);
    const needed = total(completed(result), (row) => {
      const { stage } = one.pools[row.pool]!;
      // What the decode side emits first, it computes from the last prompt token, which the prefill side computed too.
      const twice = row.transfer !== null && stage?.role === "prefill" && stage.firstToken === "decode" ? 1 : 0;
      return row.input + one.requests[result.requests.indexOf(row)]!.output - 1 + twice;
    });
    const { pools } = result;
    const computed = total(pools, (pool) => pool.prefillTokens + pool.decodeTokens + pool.cachedTokens);
    expect(computed).toBe(needed + total(pools, (pool) => pool.recomputedTokens));
    expect(total(pools, ({ preemptions }) => preemptions)).toBe(
      total(completed(result), ({ preemptions }) => preemptions),
    );
  }, servedWhole);
});

it("gaps add up to the time from first to last token", () => {
  holds((one) => {
    const result = simulateIterations(one);
    const gaps = total(result.pools, ({ itlGaps }) => total([...itlGaps], ([gap, count]) => gap * count));
    const tokens = total(result.pools, ({ itlCount }) => itlCount);
    const rows = completed(result);
    expect(tokens).toBe(total(rows, (row) => one.requests[result.requests.indexOf(row)]!.output - 1));
    expect(Math.abs(gaps - total(rows, (row) => row.endTick - row.firstTokenTick))).toBeLessThanOrEqual(tokens);
  }, servedWhole);
});

it("time in pools is time waiting and running", () => {
  holds((one) => {
    const result = simulateIterations(one);
    const rows = completed(result);
    const reached = (row: RequestOutcome) => row.startTick - row.waitTick;
    /** The prompt's end, for whom the decode side emitted its first token a hand-over after it. */
    result.pools.forEach((pool, index) => {
      const inPool = Number(pool.runningArea + pool.waitingArea);
      if (roleOf(one, index) === "mixed") {
        expect(inPool).toBe(total(rows, (row) => (row.pool === index ? row.endTick - reached(row) : 0)));
      }
    });
    expect(total(result.pools, (pool) => Number(pool.runningArea + pool.waitingArea))).toBe(
      total(rows, (row) => row.endTick - reached(row)),
    );
  }, servedWhole);
});

it("milestones come in order", () => {
  holds((one) => {
    for (const row of simulateIterations(one).requests) {
      const milestones = [row.arrivalTick, row.startTick, row.firstTokenTick, row.endTick];
      expect(milestones).toEqual([...milestones].sort((a, b) => a - b));
      if (row.transfer === null || row.transfer === Infinity) continue;
      expect(row.transfer).toBeGreaterThanOrEqual(1);
      expect(row.handover).toBeGreaterThan(row.transfer);
    }
  });
});

it("a transfer is never done before it would be alone", () => {
  holds((one) => {
    for (const { linkWaitSum, grantSum, transferSum } of simulateIterations(one).pools) {
      expect(linkWaitSum).toBeGreaterThanOrEqual(0);
      expect(transferSum).toBeGreaterThanOrEqual(grantSum + linkWaitSum);
    }
  });
});

it("links carry no more than their bandwidth", () => {
  holds((one) => {
    const result = simulateIterations(one);
    result.pools.forEach((pool, index) => {
      const { stage, replicas } = one.pools[index]!;
      if (stage === undefined || stage.linkBytesPerS === Infinity || pool.transfers === 0) return;
      // Times are rounded by half a tick for each transfer.
      const seconds = (result.endTick + pool.transfers) / 1e9;
      expect(pool.linkBytes).toBeLessThanOrEqual(stage.linkBytesPerS * replicas * seconds * (1 + 1e-9));
    });
  });
});

it("an idle lane has nobody who runs or has landed, and nobody waits in it where all blocks are free", () => {
  holds((one) => {
    simulateIterations(one, (pools) => {
      for (const { state, running, landed, queue, memory } of pools.flatMap(lanesOf)) {
        if (state !== "idle") continue;
        if (running.length + landed.length > 0) throw new Error("an idle lane with work");
        if (queue.length > 0 && memory.inUse === 0) throw new Error("an idle lane with a queue and free memory");
      }
    });
  });
});

it("whom the prefill side keeps, or who is complete with the prompt, is decoded nowhere else", () => {
  holds((one) => {
    const result = simulateIterations(one);
    for (const row of completed(result)) {
      const crossed = row.transfer !== null;
      expect(row.handover !== null).toBe(crossed);
      if (crossed) expect(row.decodePool).toBeGreaterThanOrEqual(0);
      if (row.decodePool < 0) expect(crossed).toBe(false);
    }
    expect(handedOver(result).every(({ pool }) => roleOf(one, pool) === "prefill")).toBe(true);
  });
});

it("a horizon changes nothing before it", () => {
  holds((one) => {
    if (one.horizonS === Infinity) return;
    const cut = simulateIterations(one);
    const whole = simulateIterations({ ...one, horizonS: Infinity });
    cut.requests.forEach((row, i) => {
      const later = whole.requests[i]!;
      if (row.status === "completed") expect(row).toEqual(later);
      if (row.status === "unfinished") expect(later.endTick).toBeGreaterThan(cut.endTick);
      if (row.startTick !== Infinity) expect(row.startTick).toBe(later.startTick);
      if (row.transfer !== Infinity) expect(row.transfer).toBe(later.transfer);
    });
  });
});

it("cases are valid", () => {
  holds((one) => {
    for (const { stage, kvBlocks, blockSize, maxCtx, serving, queue, maxQueue, balance } of one.pools) {
      expect(maxCtx).toBeLessThanOrEqual(Math.floor(kvBlocks / serving!.pp) * blockSize);
      if (stage?.role === "decode") {
        expect(["vllm", "sarathi"]).toContain(serving!.scheduler);
        expect([queue, maxQueue, serving!.prefixBlock, balance === "prefix_affinity"]).toEqual([
          "replica",
          null,
          null,
          false,
        ]);
      } else if (stage?.role === "prefill") {
        expect(one.pools[stage.decodePool]!.stage?.role).toBe("decode");
        if (stage.mode === "layerwise") expect(stage.handover).not.toBe("pull");
        if (stage.handover === "reserve") expect([maxQueue, stage.spillPromptTokens]).toEqual([null, null]);
        if (stage.keepDecodes) expect([stage.handover, stage.mode]).toEqual(["pull", "serial"]);
        if (queue === "shared") expect(stage.spillPromptTokens).toBeNull();
      }
    }
    const sharings = one.pools.flatMap(({ stage }) => (stage?.role === "prefill" ? [stage.sharing] : []));
    expect(new Set(sharings).size).toBe(1);
  });
});

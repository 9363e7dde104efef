import { describe, expect, test } from "vitest";
import { type FleetCandidate, fleetCandidate } from "../../../host/planners/sizing/fleet-candidate.js";
import { FleetSearch } from "../../../host/planners/sizing/fleet-search.js";
import { priceBy, type SizingGoal } from "../../../host/planners/sizing/objective.js";
import type { SizingOptions } from "../../../host/planners/sizing/open-problem.js";
import { PoolSizing } from "../../../host/planners/sizing/pool-sizing.js";
import type { ReplicaOption } from "../../../host/planners/sizing/replica-option.js";
import type { Segment } from "../../../host/planners/sizing/segment.js";
import type { SizingProblem } from "../../../host/planners/sizing/sizing-problem.js";
import { choicesOf } from "../../../host/planners/sizing/boundaries.js";
import { type Compression } from "../../../host/planners/sizing/segment.js";
import { evenReplica, numbers, openSmall } from "./sizing-fixtures.js";

const MAX_CTX = 4000;
/** More replicas than any pool here needs. */
const BOX = 12;

const CHEAP = evenReplica("cheap", { iterationMs: 20, slots: 4, costPerHr: 1, idleW: 90, fullW: 200 });
const FAST = evenReplica("fast", { iterationMs: 8, slots: 4, costPerHr: 2.3, gpus: 2, idleW: 70, fullW: 260 });
const BIG = evenReplica("big", { iterationMs: 12, slots: 16, costPerHr: 5.1, idleW: 200, fullW: 400 });

function candidatesOf(
  boundaries: readonly number[],
  most: number,
  kinds: readonly ReplicaOption[],
  compressions: readonly Compression[] = [],
): FleetCandidate[] {
  const cuts = choicesOf(boundaries, most - 1);
  const optionsOf = () => kinds;
  return [
    ...cuts.map((cut) => fleetCandidate({ boundaries: cut, maxCtx: MAX_CTX, optionsOf })),
    ...cuts
      .filter((cut) => cut.length === 1)
      .flatMap((cut) =>
        compressions.map((compression) => fleetCandidate({ boundaries: cut, maxCtx: MAX_CTX, compression, optionsOf })),
      ),
  ];
}

/** The least price of every fleet with up to {@link BOX} replicas in each pool, each simulated: pools do not meet, so that the least sum is the sum of the least. */
async function byTryingAll(problem: SizingProblem, candidates: readonly FleetCandidate[], search: FleetSearch) {
  const known = new Map<PoolSizing, number>();
  const leastOf = async (segment: Segment) => {
    let least = Infinity;
    for (const option of segment.options) {
      const own = search.sizingsOf({ ...segment, options: [option] })[0]!;
      if (!known.has(own)) {
        // A sizing apart, so that nothing that the search knows helps.
        const sizing = PoolSizing.of(problem, segment, option);
        let price = Infinity;
        for (let replicas = 1; replicas <= BOX; replicas++) {
          if (!(search.price(sizing, replicas) < price) || !(await sizing.try(replicas)).isFeasible) continue;
          sizing.upper = replicas;
          if (await sizing.confirm()) price = search.price(sizing, replicas);
        }
        known.set(own, price);
      }
      least = Math.min(least, known.get(own)!);
    }
    return least;
  };
  let best = Infinity;
  for (const { segments } of candidates) {
    let sum = 0;
    for (const segment of segments) sum += await leastOf(segment);
    best = Math.min(best, sum);
  }
  return best;
}

interface Instance {
  name: string;
  options: SizingOptions & { rateRps: number };
  boundaries: number[];
  most: number;
  kinds: ReplicaOption[];
  gamma?: number;
  goal?: SizingGoal;
  availability?: number;
}

const INSTANCES: Instance[] = [
  { name: "two kinds, two boundaries, three pools", boundaries: [500, 1000], most: 3, kinds: [CHEAP, FAST] },
  { name: "three boundaries", boundaries: [100, 500, 1000], most: 2, kinds: [CHEAP, BIG] },
  { name: "compression", boundaries: [500, 1000], most: 2, kinds: [CHEAP, FAST], gamma: 1.5 },
  { name: "fewest GPUs", boundaries: [500, 1000], most: 3, kinds: [CHEAP, FAST], goal: "gpus" as const },
  { name: "fewest watts", boundaries: [500, 1000], most: 3, kinds: [CHEAP, FAST], goal: "watts" as const },
  { name: "replicas up 0.9 of the time", boundaries: [500, 1000], most: 3, kinds: [FAST, BIG], availability: 0.9 },
  { name: "one pool", boundaries: [], most: 1, kinds: [CHEAP, FAST, BIG] },
].flatMap((instance) =>
  [
    { engine: "slots" as const, rateRps: 6, sloMs: 160, seed: 1 },
    { engine: "slots" as const, rateRps: 9, sloMs: 400, seed: 2 },
    { engine: "iterations" as const, rateRps: 9, sloMs: 60, seed: 3 },
  ].map((options) => ({ ...instance, name: `${instance.name}, ${options.engine}, ${options.sloMs} ms`, options })),
);

/** Kinds of replica, rates and objectives that nobody has picked. */
function madeInstance(seed: number): Instance {
  const next = numbers(seed);
  const kinds = ["a", "b"].map((name) =>
    slowing(name, { c0: 4 + next(12), c1: (1 + next(30)) / 10, slots: 2 + next(7), costPerHr: (5 + next(30)) / 10 }),
  );
  const engine = next(2) === 0 ? "slots" : "iterations";
  const options = { engine, rateRps: 2 + next(8), sloMs: 60 + next(400), seed } as const;
  const tpot = engine === "iterations" && next(2) === 0 ? { sloTpotMs: 12 + next(15) } : {};
  const boundaries = [100, 500, 1000, 2000].filter(() => next(3) > 0);
  const gamma = next(2) === 0 ? { gamma: 1.5 } : {};
  return { name: `made ${seed}`, options: { ...options, ...tpot }, boundaries, most: 3, kinds, ...gamma };
}

/** A replica that takes `c0` ms for an iteration, and `c1` more for each sequence; its profile says the same. */
function slowing(
  name: string,
  { c0, c1, slots, costPerHr }: Record<"c0" | "c1" | "slots" | "costPerHr", number>,
): ReplicaOption {
  const profile = { name, W: c0 / 1000, H: c1 / 1000, calibration_ctx: 1000, chunk: 512, cost_per_hr: costPerHr };
  return {
    name,
    replica: {
      profile,
      slots,
      serving: { max_num_seqs: slots, num_blocks: 100_000, max_num_batched_tokens: 1024 },
      iteration_model: { type: "linear", c0_ms: c0, c1_ms: c1 / 100, c4_ms: c1 },
    },
  };
}

/** In five of them (19, 25, 31, 38, 39) the fleet that analysis expects to be cheapest is not; 1 has a pool that a longer run finds too small. */
const MADE = [1, 3, 7, 9, 12, 19, 25, 31, 33, 36, 38, 39].map(madeInstance);

describe("the cheapest fleet", () => {
  test.each([...INSTANCES, ...MADE])("is that of all fleets: $name", async (instance) => {
    const { options, boundaries, most, kinds, gamma, goal = "cost", availability = 1 } = instance;
    const { problem } = await openSmall({ requests: 1000, ...options });
    const compressions = gamma === undefined ? [] : [{ gamma, safeShare: 0.75, pCompress: 1 }];
    const candidates = candidatesOf(boundaries, most, kinds, compressions);
    const search = new FleetSearch(problem, priceBy(goal, availability));
    const best = await search.cheapest(candidates);
    const { runs } = problem;
    const least = await byTryingAll(problem, candidates, search);
    if (least === Infinity) expect(best).toBeUndefined();
    else expect(best!.price).toBeCloseTo(least, 9);
    expect(runs).toBeLessThan((problem.runs - runs) / 2);
  });

  test("has pools that were each simulated as they are, and are enough", async () => {
    const { problem } = await openSmall({ engine: "slots", rateRps: 6, sloMs: 160 });
    const search = new FleetSearch(problem, priceBy("cost", 1));
    const best = (await search.cheapest(candidatesOf([500, 1000], 3, [CHEAP, FAST])))!;
    for (const pool of best.pools) expect(pool.points.get(pool.upper)!.isFeasible).toBe(true);
    expect(best.price).toBeCloseTo(
      best.pools.reduce((sum, pool) => sum + search.price(pool, pool.upper), 0),
      12,
    );
  });

  test("is found although the kind that analysis would take turns out to be no use", async () => {
    const { problem } = await openSmall({ engine: "slots", rateRps: 6, sloMs: 500 });
    const search = new FleetSearch(problem, priceBy("cost", 1));
    const [candidate] = candidatesOf([], 1, [CHEAP, FAST]);
    const [cheap, fast] = search.sizingsOf(candidate!.segments[0]!);
    expect(search.expectedChoice(candidate!.segments[0]!)).toBe(cheap);
    cheap!.lower = Infinity;
    expect((await search.cheapest([candidate!]))!.pools).toEqual([fast]);
  });

  test("is none where no fleet can do it", async () => {
    const { problem } = await openSmall({ engine: "iterations", rateRps: 6, sloMs: 5 });
    const search = new FleetSearch(problem, priceBy("cost", 1));
    expect(await search.cheapest(candidatesOf([500], 2, [CHEAP, FAST]))).toBeUndefined();
    expect(search.sized).toEqual([]);
  });

  test("costs no more than any that was sized", async () => {
    const { problem } = await openSmall({ engine: "slots", rateRps: 9, sloMs: 200 });
    const search = new FleetSearch(problem, priceBy("cost", 1));
    const best = (await search.cheapest(candidatesOf([100, 500, 1000], 3, [CHEAP, FAST]), { atLeast: 4 }))!;
    expect(search.sized.length).toBeGreaterThanOrEqual(4);
    for (const { price } of search.sized) expect(best.price).toBeLessThanOrEqual(price);
  });
});

describe("a search that is not exhaustive", () => {
  test("sizes as many as it is asked to, and no more", async () => {
    const { problem } = await openSmall({ engine: "slots", rateRps: 9, sloMs: 200 });
    const search = new FleetSearch(problem, priceBy("cost", 1));
    await search.cheapest(candidatesOf([100, 500, 1000], 2, [CHEAP, FAST]), { atLeast: 2, isExhaustive: false });
    expect(search.sized.length).toBe(2);
  });
});

describe("pools that fleets have in common", () => {
  test("are simulated once", async () => {
    const { problem } = await openSmall({ engine: "slots", rateRps: 9, sloMs: 200 });
    const search = new FleetSearch(problem, priceBy("cost", 1));
    const [, first, second, both] = candidatesOf([500, 1000], 3, [CHEAP]);
    const [at500, at1000] = [(await search.size(first!))!, (await search.size(second!))!];
    const pools = [at500.pools[0]!, at1000.pools[1]!];
    const before = pools.map(({ points }) => points.size);
    const three = (await search.size(both!))!;
    expect([three.pools[0], three.pools[2]]).toEqual(pools);
    expect(pools.map(({ points }) => points.size)).toEqual(before);
  });
});

describe("a lower bound", () => {
  test("is never above what the fleet turns out to cost", async () => {
    const { problem } = await openSmall({ engine: "slots", rateRps: 9, sloMs: 200 });
    const search = new FleetSearch(problem, priceBy("cost", 0.9));
    for (const candidate of candidatesOf([100, 500, 1000], 3, [CHEAP, FAST])) {
      const bound = search.bound(candidate);
      const sized = (await search.size(candidate))!;
      expect(bound).toBeLessThanOrEqual(sized.price);
      expect(search.bound(candidate)).toBeCloseTo(sized.price, 12);
    }
  });
});

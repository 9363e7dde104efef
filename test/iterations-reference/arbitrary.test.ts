/** The generator is worth what it meets: each situation that the rules tell apart must come up often. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { arbitraryIterationsCase } from "./arbitrary.js";
import { type IterationsCase, servingPools } from "./case.js";
import { lanesOf } from "./pool-state.js";
import { type IterationsResult, simulateIterations } from "./simulate.js";

const CASES = 500;

interface Met {
  one: IterationsCase;
  result: IterationsResult;
  /** Seen while it ran. */
  seen: { twoPrefill: boolean; mixed: boolean; blockedByMemory: boolean; preemptedTwice: boolean };
}

function meet(one: IterationsCase): Met {
  const seen = { twoPrefill: false, mixed: false, blockedByMemory: false, preemptedTwice: false };
  const result = simulateIterations(one, (pools) => {
    for (const { iteration, running, queue, seats } of pools.flatMap(lanesOf)) {
      if (iteration === null) continue;
      seen.twoPrefill ||= iteration.load.chunks.length > 1;
      seen.mixed ||= iteration.load.chunks.length > 0 && iteration.load.decodes > 0;
      seen.blockedByMemory ||= queue.length > 0 && running.length < seats && iteration.load.chunks.length === 0;
    }
  });
  seen.preemptedTwice = result.requests.some(({ preemptions }) => preemptions > 1);
  return { one, result, seen };
}

let met: Met[];

beforeAll(() => {
  met = fc.sample(arbitraryIterationsCase(), { seed: 7, numRuns: CASES }).map(meet);
});

const shareOf = (holds: (met: Met) => boolean) => met.filter(holds).length / CASES;

const arrivalsAmong = (result: IterationsResult, ticks: readonly number[]) => {
  const times = new Set(ticks);
  return result.requests.some(({ arrivalTick }) => arrivalTick > 0 && times.has(arrivalTick));
};

const situations: Record<string, (met: Met) => boolean> = {
  "an end and an arrival at one tick": ({ result }) =>
    arrivalsAmong(
      result,
      result.requests.map(({ endTick }) => endTick),
    ),
  "a burst": ({ result }) => result.requests.filter(({ arrivalTick }) => arrivalTick === 0).length > 5,
  preemption: ({ result }) => result.pools.some(({ preemptions }) => preemptions > 0),
  "a storm of preemptions": ({ result }) => result.pools.some(({ preemptions }) => preemptions > 20),
  "a request preempted twice": ({ seen }) => seen.preemptedTwice,
  "several prefills in one iteration": ({ seen }) => seen.twoPrefill,
  "prefills and decodes in one iteration": ({ seen }) => seen.mixed,
  "waiting with a seat free": ({ seen }) => seen.blockedByMemory,
  "cached prefixes": ({ result }) => result.pools.some(({ cachedTokens }) => cachedTokens > 0),
  "cached prefixes and preemption": ({ result }) =>
    result.pools.some(({ cachedTokens, preemptions }) => cachedTokens > 0 && preemptions > 0),
  "a full queue": ({ result }) => result.requests.some(({ status }) => status === "queue_full"),
  "too long for its pool": ({ result }) => result.requests.some(({ status }) => status === "too_long_for_pool"),
  "too long for every pool": ({ result }) => result.requests.some(({ status }) => status === "too_long_for_every_pool"),
  compression: ({ one, result }) => result.requests.some(({ input }, i) => input !== one.requests[i]!.input),
  "unfinished requests": ({ result }) => result.requests.some(({ status }) => status === "unfinished"),
  "requests that never came": ({ one, result }) => result.requests.length < one.requests.length,
  "a request served in no tick": ({ result }) => result.requests.some(({ e2e }) => e2e === 0),
  "a closed loop with waiting": ({ one, result }) =>
    one.closedLoop !== undefined && result.requests.some(({ waitTick }) => waitTick > 0),
  "most requests completed": ({ result }) =>
    result.requests.filter(({ status }) => status === "completed").length > 0.8 * result.requests.length,
};

describe("random cases meet", () => {
  it.each(Object.keys(situations))("%s", (name) => {
    expect(shareOf(situations[name]!)).toBeGreaterThan(0.015);
  });

  it.each(["vllm", "vllm-v0", "sarathi", "orca", "static"])("scheduler %s with waiting", (scheduler) => {
    const waits = ({ one, result }: Met) =>
      servingPools(one).some(
        ({ serving }, pool) =>
          serving.scheduler === scheduler && result.requests.some((row) => row.pool === pool && row.waitTick > 0),
      );
    expect(shareOf(waits)).toBeGreaterThan(0.03);
  });

  it.each(["length", "compress_route", "spillover", "least_loaded", "label", "random", "round_robin"])(
    "router %s with several pools",
    (type) => expect(shareOf(({ one }) => one.router.type === type && one.pools.length > 1)).toBeGreaterThan(0.01),
  );
});

it("shrinks to the few requests that matter", () => {
  const outcome = fc.check(
    fc.property(arbitraryIterationsCase(), (one) =>
      simulateIterations(one).pools.every((pool) => pool.preemptions === 0),
    ),
    { seed: 3, numRuns: 1000 },
  );
  expect(outcome.failed).toBe(true);
  expect(outcome.counterexample![0].requests.length).toBeLessThanOrEqual(6);
  expect(outcome.counterexample![0].pools).toHaveLength(1);
});

import { describe, expect, test } from "vitest";
import type { SizingOptions } from "../../../host/planners/sizing/open-problem.js";
import { PoolSizing } from "../../../host/planners/sizing/pool-sizing.js";
import type { ReplicaOption } from "../../../host/planners/sizing/replica-option.js";
import type { SizingProblem } from "../../../host/planners/sizing/sizing-problem.js";
import { inPieces, traceText } from "../small-fleet.js";
import { evenReplica, openSmall } from "./sizing-fixtures.js";

const SEGMENT = { above: 0, upTo: 4000, options: [] };

/** A replica that gets slower with what it holds. */
const SLOWING: ReplicaOption = {
  name: "slowing",
  replica: {
    profile: { name: "slowing", W: 0.004, H: 0.0008, calibration_ctx: 2048, chunk: 512, max_slots: 16, cost_per_hr: 1 },
    serving: { max_num_seqs: 16, num_blocks: 4096 },
  },
};

function sizingOf(problem: SizingProblem, option: ReplicaOption, segment = SEGMENT) {
  return PoolSizing.of(problem, { ...segment, options: [option] }, option);
}

/** The least number from 1 on that is enough, in a longer run as well, and whether all tried from there to `most` are enough. */
async function byTrying(problem: SizingProblem, option: ReplicaOption, most: number) {
  const sizing = sizingOf(problem, option);
  let least = Infinity;
  let isMonotone = true;
  for (let replicas = 1; replicas <= most; replicas++) {
    const { isFeasible } = await sizing.try(replicas);
    if (replicas > least) isMonotone &&= isFeasible;
    else if (isFeasible) {
      sizing.upper = replicas;
      if (await sizing.confirm()) least = replicas;
    }
  }
  return { least, isMonotone };
}

const CASES: [string, ReplicaOption, SizingOptions & { rateRps: number }][] = (
  [
    ["even", evenReplica("even", { slots: 4 }), 8, 300],
    ["even, tight", evenReplica("even", { slots: 2 }), 5, 80],
    ["one slot", evenReplica("one", { slots: 1 }), 4, 500],
    ["slowing", SLOWING, 40, 300],
  ] as const
).flatMap(([name, option, rateRps, sloMs]) =>
  (["slots", "iterations"] as const).flatMap((engine) =>
    [1, 2, 3].map((seed): [string, ReplicaOption, SizingOptions & { rateRps: number }] => [
      `${name}, ${engine}, seed ${seed}`,
      option,
      { rateRps, sloMs, engine, seed },
    ]),
  ),
);

describe("the size of a pool", () => {
  test.each(CASES)("is the least number that is enough: %s", async (_name, option, options) => {
    const { problem } = await openSmall(options);
    const sizing = sizingOf(problem, option);
    await sizing.settle();
    const { least, isMonotone } = await byTrying(problem, option, sizing.upper + 3);
    expect(isMonotone).toBe(true);
    expect(sizing.upper).toBe(least);
    expect(sizing.lower).toBe(sizing.upper);
  });

  test("is known after a few runs", async () => {
    let [runs, pools] = [0, 0];
    for (const [, option, options] of CASES) {
      const { problem } = await openSmall(options);
      await sizingOf(problem, option).settle();
      runs += problem.runs;
      pools++;
    }
    expect(runs / pools).toBeLessThan(5);
  });

  test("is found from far away", async () => {
    // Of the time per output token analysis knows the mean.
    const options = { rateRps: 60, engine: "iterations", sloMs: 5000, sloTpotMs: 6, requests: 20_000 } as const;
    const { problem } = await openSmall(options);
    const sizing = sizingOf(problem, SLOWING);
    await sizing.settle();
    expect(sizing.upper).toBeGreaterThan(1.5 * sizing.expected!.replicas);
    expect(sizing.points.get(sizing.upper)!.isFeasible).toBe(true);
    expect((await sizing.try(sizing.upper - 1)).isFeasible).toBe(false);
    expect(problem.runs).toBeLessThan(15);
  });

  test("is one that is enough, next to one that is not, where more are not always better", async () => {
    // So few requests say little of the P99: its interval is wide here and narrow there.
    for (const seed of [1, 2, 3]) {
      const { problem } = await openSmall({ rateRps: 60, engine: "iterations", sloMs: 5000, sloTpotMs: 6, seed });
      const sizing = sizingOf(problem, SLOWING);
      await sizing.settle();
      expect(sizing.points.get(sizing.upper)!.isFeasible).toBe(true);
      expect(sizing.points.get(sizing.upper - 1)!.isFeasible).toBe(false);
    }
  });
});

describe("one run more", () => {
  test("is never outside of what is open, whatever most it is given", async () => {
    for (const most of [0, 1, 3, 7, 20, Infinity]) {
      const { problem } = await openSmall({ rateRps: 10, sloMs: 150, engine: "slots" });
      const sizing = sizingOf(problem, evenReplica("even", { slots: 2 }));
      while (!sizing.isSettled) {
        const { lower, upper } = sizing;
        const before = new Set(sizing.points.keys());
        await sizing.narrow(most);
        const tried = [...sizing.points.keys()].filter((replicas) => !before.has(replicas));
        expect(tried.length).toBe(1);
        expect(tried[0]).toBeGreaterThanOrEqual(lower);
        expect(tried[0]).toBeLessThan(upper);
        expect(tried[0]).toBeLessThanOrEqual(Math.max(most, lower));
        expect(sizing.upper - sizing.lower < upper - lower || sizing.lower > lower).toBe(true);
      }
    }
  });

  test("of a pool that is settled is none", async () => {
    const { problem } = await openSmall({ rateRps: 2, sloMs: 1000, engine: "slots" });
    const sizing = sizingOf(problem, evenReplica("even"));
    await sizing.settle();
    const { runs } = problem;
    await sizing.narrow();
    expect(problem.runs).toBe(runs);
  });

  test("is remembered", async () => {
    const { problem } = await openSmall({ engine: "slots" });
    const sizing = sizingOf(problem, evenReplica("even"));
    expect(await sizing.try(5)).toBe(await sizing.try(5));
    expect(problem.runs).toBe(1);
  });
});

describe("an objective that no number meets", () => {
  test.each([
    // The longest prompts take 7 iterations of 10 ms by themselves; where all of a prompt goes in one, that is 10 ms.
    ["slots", 15],
    ["iterations", 9],
  ] as const)("is known to be one after few runs: %s", async (engine, sloMs) => {
    const { problem } = await openSmall({ engine, sloMs });
    const sizing = sizingOf(problem, evenReplica("even"));
    await sizing.settle();
    expect(sizing.lower).toBe(Infinity);
    expect(sizing.upper).toBe(Infinity);
    expect(problem.runs).toBeLessThanOrEqual(10);
  });

  test("is one of the time per output token, too", async () => {
    const { problem } = await openSmall({ engine: "iterations", sloMs: 1000, sloTpotMs: 9 });
    const sizing = sizingOf(problem, evenReplica("even"));
    await sizing.settle();
    expect(sizing.lower).toBe(Infinity);
    expect(problem.runs).toBeLessThanOrEqual(10);
  });
});

describe("a number that is known to be enough", () => {
  test("stays so, however many fewer are not", async () => {
    const { problem } = await openSmall({ rateRps: 10, engine: "slots", sloMs: 75 });
    const sizing = sizingOf(problem, evenReplica("one", { slots: 1 }));
    await sizing.settle();
    expect(sizing.upper).toBeLessThan(Infinity);
    expect(sizing.lower).toBe(sizing.upper);
  });

  test("is found where requests come in crowds", async () => {
    // 40 at a moment, 1 slot a replica: all must be served at once, though on average hardly any is there.
    const rows = Array.from({ length: 4000 }, (_, i) => [Math.floor(i / 40) * 60, 100, 10]);
    const open = () => inPieces(traceText(rows));
    const { problem } = await openSmall({
      trace: { name: "crowds.csv", open },
      cdf: undefined as never,
      rateRps: undefined as never,
      engine: "slots",
      sloMs: 15,
    });
    const sizing = sizingOf(problem, evenReplica("one", { slots: 1 }));
    await sizing.settle();
    expect(sizing.upper).toBe(40);
  });
});

describe("a kind of replica that cannot serve a pool", () => {
  test("is told of with the reason, and not tried", async () => {
    const { problem } = await openSmall({ engine: "slots" });
    const tiny: ReplicaOption = {
      name: "tiny",
      replica: { profile: { name: "tiny", W: 0.01, H: 0, total_kv_blks: 10, cost_per_hr: 1 } },
    };
    const sizing = sizingOf(problem, tiny);
    expect(sizing.lower).toBe(Infinity);
    expect(sizing.isSettled).toBe(true);
    expect(sizing.why).toMatch(/max_ctx is 4000/);
    expect(sizing.expected).toBeUndefined();
  });
});

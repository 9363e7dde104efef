import { describe, expect, test } from "vitest";
import { disagg, type DisaggOptions } from "../../../host/planners/disagg.js";
import { InputError } from "../../../host/specs/input-error.js";
import { fixedLengths } from "../capacity-fixtures.js";
import { EVEN, kinds, linear, smallQuestion } from "./small-question.js";

describe("the objective", () => {
  const slowLink = { link: { bandwidth_GBps: 0.6, efficiency: 1, kv_bytes_per_token: 100_000 } };

  test("at the user counts the hand-over, at the end of the prefill it does not", async () => {
    const question = { ...EVEN, rateRps: 2, handover: slowLink, sloTpotMs: 50 };
    const atPrefill = await disagg({ ...question, ttftAt: "prefill" });
    const atUser = await disagg({ ...question, ttftAt: "user", sloTtftMs: 400 });
    expect(atPrefill.best!.ttft_ms!).toBeLessThan(40);
    expect(atUser.best!.ttft_ms!).toBeGreaterThan(85);
    expect((await disagg({ ...question, ttftAt: "user", sloTtftMs: 80 })).best).toBeNull();
  });

  test("as a share needs no more than the P99 of each where it is smaller", async () => {
    const strict = await disagg(smallQuestion(4, 60));
    const loose = await disagg(smallQuestion(4, 60, { attainment: 0.5 }));
    expect(loose.best!.cost_per_hr).toBeLessThanOrEqual(strict.best!.cost_per_hr);
    expect(loose.best!.attainment.joint).toBeGreaterThanOrEqual(0.5);
    expect(loose.objective).toMatchObject({ attainment: 0.5, tpot_over: "n-1", ttft_at: "emitted" });
  });

  test("as slowdowns is against a lone request, over all tokens", async () => {
    const { check, objective, best } = await disagg(smallQuestion(5, 40, SLOWDOWN));
    expect(objective).toMatchObject({
      ttft_ms: null,
      tpot_over: "n",
      slowdown: { reference: "a100-sxm-80gb/llama-3.1-8b/TP1" },
    });
    expect(objective.slowdown!.conditions).toHaveLength(9);
    expect(best!.ttft_ms!).toBeGreaterThan(1);
    const { ttft, tpot, e2e } = check!.slowdowns!;
    for (const [found, most] of [
      [ttft.p50, 2],
      [ttft.p99, 6],
      [tpot.p90, 1.5],
      [e2e.p50, 1.25],
    ]) {
      expect(found!).toBeLessThanOrEqual(most!);
    }
  });
});

const SLOWDOWN: Partial<DisaggOptions> = {
  sloTtftMs: undefined!,
  sloTpotMs: undefined!,
  sloSlowdown: kinds("a100-sxm-80gb")[0]!,
};

describe("beside replicas that do both", () => {
  test("both ways to mix prompts and decodes are sized for the same requests", async () => {
    const { colocated, best } = await disagg({ ...EVEN, comparesColocated: true });
    expect(new Set(colocated!.rows.map(({ scheduling }) => scheduling))).toEqual(new Set(["chunked", "prefill-first"]));
    for (const { rate_rps, attainment } of colocated!.rows) {
      expect(rate_rps).toBe(20);
      expect(attainment.joint).toBeGreaterThan(0.98);
    }
    expect(colocated!.cost_ratio).toBeCloseTo(best!.cost_per_hr / colocated!.cheapest!.cost_per_hr, 9);
    expect(colocated!.at_same_cost!.cost_per_hr).toBeLessThanOrEqual(best!.cost_per_hr);
    expect(colocated!.goodput_ratio).toBeCloseTo(best!.goodput_rps / colocated!.at_same_cost!.rate_rps, 3);
  });

  test("chunks of several sizes are tried where none is given, and the given one alone otherwise", async () => {
    const sizeOf = async (serving?: { max_num_batched_tokens: number }) => {
      const own = kinds("h100-sxm").map(({ name, replica }) => ({
        name,
        replica: { ...replica, ...(serving && { serving }) },
      }));
      const question = smallQuestion(3, 40, { prefill: own, decode: own, sloTpotMs: 12, comparesColocated: true });
      const { colocated } = await disagg(question);
      return colocated!.rows.find(({ scheduling }) => scheduling === "chunked")?.max_num_batched_tokens;
    };
    expect(await sizeOf()).toBeLessThan(8192);
    expect(await sizeOf({ max_num_batched_tokens: 4096 })).toBe(4096);
  });

  // A prompt takes 80 ms, a token more than 2 ms a token: together they spoil the gaps between tokens.
  test("separating pays where prompts get in the way of tokens, and does not where they do not", async () => {
    const both = (tokenMs: number) => linear(`both-${tokenMs}`, { ms: 2, tokenMs, seats: 64 });
    const question = {
      ...EVEN,
      workload: fixedLengths(512, 33),
      comparesColocated: true,
      rateRps: 10,
      sloTtftMs: 800,
      sloTpotMs: 4,
      maxPrefill: 8,
    };
    const apart = await disagg({ ...question, prefill: both(0.15), decode: both(0.15) });
    expect(apart.colocated!.pays).toBe(true);
    const together = await disagg({ ...question, prefill: both(0.001), decode: both(0.001) });
    expect(together.colocated!.pays).toBe(false);
    expect(together.colocated!.cheapest!.total_gpus).toBe(1);
  });
});

describe("designs", () => {
  test("are told apart by GPU and cap, and each has its best pair", async () => {
    const capped = kinds("h100-sxm").map(({ name, replica }) => ({
      name: `${name}/400W`,
      replica: { ...replica, power_cap_w: 400 },
    }));
    const gpus = [...kinds("h100-sxm", "a100-sxm-80gb")];
    const { designs, best } = await disagg(
      smallQuestion(6, 40, { prefill: gpus, decode: [...gpus, ...capped], goal: "power" }),
    );
    expect(designs.map(({ design }) => design)).toEqual([
      "h100-sxm",
      "h100-sxm + a100-sxm-80gb",
      "h100-sxm + h100-sxm at 400 W",
      "a100-sxm-80gb + h100-sxm",
      "a100-sxm-80gb",
      "a100-sxm-80gb + h100-sxm at 400 W",
    ]);
    const powers = designs.flatMap((row) => (row.best ? [row.best.power_w!] : []));
    expect(best!.power_w).toBe(Math.min(...powers));
  });

  test("of least power are among the pairs of the front, though it is one of cost and GPUs", async () => {
    const [own] = kinds("h100-sxm");
    const capped = { name: "capped", replica: { ...own!.replica, power_cap_w: 400 } };
    const { best, pareto, designs } = await disagg(smallQuestion(6, 40, { decode: [own!, capped], goal: "power" }));
    expect(best!.decode).toBe("capped");
    expect(pareto).toContainEqual(designs.find(({ design }) => design === best!.design)!.best);
  });

  test("of several sizes of replica have the best of all of them", async () => {
    const sizes = [linear("small", { seats: 8 }), linear("large", { seats: 32 })];
    const { designs, best } = await disagg({ ...EVEN, decode: sizes });
    expect(designs.map(({ design }) => design)).toEqual(["prefill + small", "prefill + large"]);
    expect(best).toMatchObject({ decode: "large", n_decode: 1 });
  });
});

describe("a budget", () => {
  test("is used for the highest rate", async () => {
    const { best, goal, check } = await disagg({ ...EVEN, rateRps: 1, budget: { gpus: 4 }, maxDecode: 8 });
    expect(goal).toBe("goodput");
    // One that prefills has 100 requests/s, three that decode 48.
    expect(best).toMatchObject({ n_prefill: 1, n_decode: 3, total_gpus: 4 });
    expect(best!.goodput_rps).toBeGreaterThan(35);
    expect(best!.goodput_rps).toBeLessThan(48.5);
    expect(check).toMatchObject({ holds: true });
    expect(check!.rate_rps).toBeCloseTo(best!.goodput_rps, 3);
  });

  test("of dollars buys what they cost", async () => {
    const { best } = await disagg({ ...EVEN, rateRps: 1, budget: { costPerHr: 3 } });
    expect(best).toMatchObject({ n_prefill: 1, n_decode: 2, cost_per_hr: 3 });
  });

  test("that buys nothing has no answer", async () => {
    const { best, why_none: why } = await disagg({ ...EVEN, budget: { gpus: 1 } });
    expect(best).toBeNull();
    expect(why).toContain("the budget does not buy one replica of each side");
  });
});

describe("where no pair is enough", () => {
  test("the nearest is told, and what it misses", async () => {
    const { best, pareto, nearest_miss: miss, why_none: why } = await disagg({ ...EVEN, sloTpotMs: 9 });
    expect([best, pareto]).toEqual([null, []]);
    expect(why).toBe("not even 4 that prefill and 8 that decode keep the objective");
    expect(miss!.point).toMatchObject({ n_prefill: 4, n_decode: 8, slo_met: false });
    expect(miss!.missed).toEqual([{ condition: "P99 of TPOT", excess: expect.closeTo(100, 0) as number }]);
  });

  test("for want of replicas, so many are told as there must be", async () => {
    const { best, why_none: why } = await disagg({ ...EVEN, rateRps: 200 });
    expect(best).toBeNull();
    expect(why).toBe("8 decode replicas of decode cannot serve it: 12 are the least, allow more");
  });
});

test("formulas explain the answer where they are asked to", async () => {
  const { explanation, best } = await disagg({ ...smallQuestion(2, 40), explain: true });
  expect(explanation!.rate_rps).toBeCloseTo(40, 1);
  expect(explanation!.link!.sides.map(({ replicas }) => replicas)).toEqual([best!.n_prefill, best!.n_decode]);
});

test("what was not given is said to be assumed", async () => {
  const { assumed } = await disagg(smallQuestion(2, 40));
  expect(assumed.join(" ")).toContain("1 ib-ndr a replica");
  expect(assumed.join(" ")).toContain("80 % of their bandwidth");
  const given = await disagg(smallQuestion(2, 40, { handover: { link: { type: "ib-ndr", efficiency: 0.9 } } }));
  expect(given.assumed).toEqual([]);
});

describe("refuses", () => {
  test.each<[Partial<DisaggOptions>, string]>([
    [{ meanIsl: -4 }, "meanIsl is -4, but must be a whole number of tokens from 1"],
    [{ meanIsl: 9000 }, "meanIsl is 9000, but must be less than maxCtx, 8192"],
    [{ maxPrefill: 0 }, "maxPrefill is 0"],
    [{ maxDecode: 1000 }, "maxDecode is 1000, but must be a whole number from 1 to 512"],
    [{ sloTtftMs: NaN }, "sloTtftMs is NaN"],
    [{ attainment: 1 }, "attainment is 1, but must be a share above 0 and below 1"],
    [{ requests: 50 }, "requests is 50, but must be a whole number from 100 to 1000000"],
    [{ seed: -1 }, "seed is -1"],
    [{ goal: "fun" as "cost" }, 'goal is "fun"'],
    [{ ttftAt: "never" as "user" }, 'ttftAt is "never"'],
    [{ tpotOver: "m" as "n" }, 'tpotOver is "m"'],
    [{ budget: {} }, "a budget needs one of budgetCostPerHr, budgetPowerW, budgetGpus"],
    [{ budget: { gpus: 3, powerW: 4 } }, "a budget has one of budgetCostPerHr, budgetPowerW, budgetGpus, not several"],
    [{ budget: { gpus: -3 } }, "budgetGpus is -3, but must be a finite number above 0"],
    [{ budget: { gpus: 4 }, goal: "cost" }, "goal has no meaning beside budgetGpus"],
    [{ sloSlowdown: true }, "sloTtftMs has no meaning beside sloSlowdown"],
    [{ goal: "power" }, "nothing is known of the power of prefill: minimise cost or gpus"],
    [{ budget: { powerW: 1000 } }, "nothing is known of the power of prefill"],
    [{ prefill: [] }, "replicas names no kind of replica"],
    [{ prefill: [linear("a", {}), linear("a", { ms: 5 })] }, 'two kinds of the name "a"'],
    [{ handover: { link: { type: "none" } } }, "nothing is known of the model that prefill serves"],
    [{ handover: { link: { type: "infinibang", kv_bytes_per_token: 1 } } }, "must be one of nvlink3"],
    [{ maxCtx: 100 }, "no request of fixed has at most 100 tokens"],
  ])("%o", async (wrong, message) => {
    const answer = disagg({ ...EVEN, ...wrong });
    await expect(answer).rejects.toThrow(InputError);
    await expect(answer).rejects.toThrow(message);
  });

  test("too many pairs", async () => {
    const many = Array.from({ length: 21 }, (_, i) => linear(`kind-${i}`, {}));
    await expect(disagg({ ...EVEN, prefill: many, decode: many })).rejects.toThrow(
      "make 441 pairs of kinds of replica; at most 400",
    );
  });

  test("what has no price, where cost is the goal", async () => {
    const free = { name: "free", replica: { iteration_model: { type: "linear" as const, c0_ms: 10 } } };
    await expect(disagg({ ...EVEN, prefill: free })).rejects.toThrow(
      "free has no price: give it one, or minimise power or gpus.",
    );
  });
});

import { describe, expect, test } from "vitest";
import { disagg, type DisaggOptions } from "../../../host/planners/disagg.js";
import { openDisagg } from "../../../host/planners/disagg/disagg-question.js";
import { cheapestPair } from "../../../host/planners/disagg/cheapest-pair.js";
import { FleetSizing, tryKind } from "../../../host/planners/disagg/fleet-sizing.js";
import { replicaOptions } from "../../../host/planners/sizing/replica-options.js";
import { replay } from "../../../host/planners/replay.js";
import { resolveFleet } from "../../../host/specs/fleet.js";
import { checkFleet } from "../../../host/specs/fleet-spec.js";
import { InputError } from "../../../host/specs/input-error.js";
import { fixedLengths } from "../capacity-fixtures.js";
import { PYTHON_KEYS } from "./python-keys.js";
import { CORE, kinds, linear, smallQuestion } from "./small-question.js";

/** 512 prompt and 101 output tokens each; prompts take 10 ms, decodes 10 ms a token. */
const EVEN: DisaggOptions = {
  workload: fixedLengths(512, 101),
  rateRps: 20,
  prefill: linear("prefill", {}),
  decode: linear("decode", {}),
  handover: { link: { type: "none", latency_us: 0, kv_bytes_per_token: 100_000 } },
  sloTtftMs: 100,
  sloTpotMs: 20,
  requests: 2000,
  maxPrefill: 4,
  maxDecode: 8,
  comparesColocated: false,
  core: CORE,
};

describe("an answer", () => {
  test("has the keys of the Python tool first, and more beside them", async () => {
    const { best, pareto } = await disagg(EVEN);
    for (const point of [best!, ...pareto]) {
      expect(Object.keys(point).slice(0, 9)).toEqual(PYTHON_KEYS);
      expect(point).toMatchObject({ method: "simulate", slo_met: true });
    }
  });

  // Each decode replica serves 16 requests for a second: 20 requests/s need two, and one prefill replica has 100.
  test("is what arithmetic says where it can be worked out", async () => {
    const { best, check } = await disagg(EVEN);
    expect(best).toMatchObject({
      n_prefill: 1,
      n_decode: 2,
      total_gpus: 3,
      system_rate: 32,
      cost_per_hr: 3,
      is_confirmed: true,
    });
    expect(check).toMatchObject({ holds: true, verdict: "stable", has_fresh_requests: true });
    expect(check!.tpot_ms.p50).toBeCloseTo(10, 0);
    expect(check!.use.decode.seats).toBeCloseTo(20 / 32, 1);
    expect(best!.goodput_rps).toBeGreaterThan(20);
    expect(best!.goodput_rps).toBeLessThan(33);
  });

  test("is the same to the last bit each time, whatever instance it runs in", async () => {
    const { core, ...anew } = EVEN;
    expect(core).toBe(CORE);
    expect(await disagg(anew)).toEqual(await disagg(EVEN));
  });

  test("is a fleet that replay takes, and finds the same of", async () => {
    const { fleet, check } = await disagg(EVEN);
    const run = await replay({
      fleet: resolveFleet(checkFleet(fleet)),
      requests: {
        drawn: { model: fixedLengths(512, 101), process: { type: "poisson" }, rateRps: 20, count: check!.requests },
      },
      seed: check!.seed,
      warmup: 0.25,
      core: CORE,
    });
    expect(run.ttft_ms.p99).toBe(check!.ttft_ms.p99);
    expect(run.handover_ms).toEqual(check!.handover_ms);
  });

  test("holds for other requests: with fewer on either side it does not", async () => {
    const question = await openDisagg(smallQuestion(2, 60));
    const { best } = await disagg(smallQuestion(2, 60));
    const { n_prefill: prefill, n_decode: decode } = best!;
    const [pair] = question.pairs;
    for (const counts of [
      { prefill: prefill - 1, decode },
      { prefill, decode: decode - 1 },
    ]) {
      if (counts.prefill === 0 || counts.decode === 0) continue;
      const point = await tryKind(question, pair!, { counts, rateRps: question.rateRps, load: question.load });
      expect(point.isEnough).toBe(false);
    }
  });

  test("of a trace is found and checked with the requests that it has", async () => {
    const { best, check, search } = await disagg(smallQuestion(2, 60));
    expect(best!.is_confirmed).toBe(false);
    expect(check).toMatchObject({ has_fresh_requests: false, holds: true, requests: 1500 });
    expect(search.requests_to_confirm).toBeNull();
  });

  test("leaves out what is longer than the window, and says how many", async () => {
    const { requests, lengths } = await disagg(smallQuestion(2, 30, { maxCtx: 2048 }));
    expect(requests.too_long_share).toBeGreaterThan(0.1);
    expect(lengths.mean_isl).toBeLessThan(2048);
  });

  test("takes lengths that are given in place of those of the requests", async () => {
    const { lengths } = await disagg({ ...EVEN, meanIsl: 256, meanOsl: 51 });
    expect(lengths).toEqual({ mean_isl: 256, mean_osl: 51, from: "given" });
  });

  test("is a number wherever it is one", async () => {
    const text = JSON.stringify(await disagg({ ...EVEN, comparesColocated: true, explain: true }));
    expect(JSON.parse(text)).toEqual(JSON.parse(text.replaceAll(/NaN|Infinity/g, "")));
    expect(text).not.toContain("undefined");
  });
});

describe("an overloaded decode pool", () => {
  // A full batch of 256 takes 35.6 ms, so that a replica serves 35.96 requests/s. The first 300 of 45 a second find a batch that is still growing: nobody waits.
  const short: DisaggOptions = {
    ...EVEN,
    workload: fixedLengths(64, 201),
    rateRps: 45,
    decode: linear("decode", { ms: 10, tokenMs: 0.1, seats: 256 }),
    sloTpotMs: 40,
    requests: 300,
  };
  const one = { prefill: 1, decode: 1 };

  test("that passes with a few requests is called overloaded all the same", async () => {
    const question = await openDisagg(short);
    const trial = { counts: one, rateRps: 45, load: question.load };
    const point = await tryKind(question, question.pairs[0]!, trial);
    expect(point.judge.isLost).toBe(false);
    expect(point).toMatchObject({ verdict: "overloaded", isEnough: false });
  });

  test("is not what is recommended", async () => {
    const { best } = await disagg(short);
    expect(best).toMatchObject({ n_decode: 2, system_rate: expect.closeTo(71.9, 1) as number });
  });

  test("that is overloaded by little is seen to be by a run that has the time to fill up, whatever the limits", async () => {
    const question = await openDisagg({ ...short, sloTtftMs: 1e6, sloTpotMs: 1e6, requests: 8000 });
    const trial = { counts: one, rateRps: 38, load: question.load };
    expect(question.pairs[0]!.mostRps(one)).toBeGreaterThan(38);
    const point = await tryKind(question, question.pairs[0]!, trial);
    expect(point.judge.isLost).toBe(false);
    expect(point).toMatchObject({ verdict: "overloaded", isEnough: false });
    expect(point.bottlenecks).toContainEqual(expect.objectContaining({ pool: "decode", what: "decoding" }));
  });
});

describe("an answer that misses with other requests", () => {
  const edge: DisaggOptions = {
    workload: "azure",
    rateRps: 20,
    comparesColocated: false,
    core: CORE,
    prefill: replicaOptions({ gpus: ["h100"] }),
    decode: replicaOptions({ gpus: ["h100"] }),
    sloTpotMs: 5,
    maxDecode: 10,
    requests: 1500,
  };

  test("gives way to one that keeps the objective with those, and others still", async () => {
    const question = await openDisagg(edge);
    const first = await cheapestPair([new FleetSizing(question, question.pairs[0]!, "cost")]);
    const { best, check } = await disagg(edge);
    expect(best!.n_decode).toBeGreaterThan(first!.counts.decode);
    expect(best!.is_confirmed).toBe(true);
    expect(check).toMatchObject({ holds: true, has_fresh_requests: true });
    expect(check!.seed).toBeGreaterThan(44);
  });
});

describe("what breaks first", () => {
  const broken = async (more: Partial<DisaggOptions>) => (await disagg({ ...EVEN, ...more })).breaks_first!;

  test("is prefill where prompts are slow", async () => {
    const found = await broken({
      prefill: linear("prefill", { ms: 1, tokenMs: 0.06 }),
      decode: linear("decode", { seats: 256 }),
    });
    expect(found).toMatchObject({ resource: "prefill", missed: ["P99 of TTFT"] });
    expect(found.at_rps).toBeGreaterThan(found.goodput_rps);
  });

  test("is the seats of the decode side where these are few", async () => {
    expect((await broken({})).resource).toBe("decode-seats");
  });

  test("is its memory where that is small", async () => {
    const { resource } = await broken({ decode: linear("decode", { seats: 256, blocks: 520 }) });
    expect(resource).toBe("decode-memory");
  });

  test("is its speed where a batch slows down", async () => {
    const { resource } = await broken({ decode: linear("decode", { ms: 5, tokenMs: 0.5, seats: 256 }) });
    expect(resource).toBe("decode-speed");
  });

  // 51.2 MB a request: 25 of them a second fill the link.
  test("is the link where it is narrow", async () => {
    const link = { bandwidth_GBps: 1.28, efficiency: 1, kv_bytes_per_token: 100_000 };
    const { resource, use } = await broken({
      rateRps: 10,
      decode: linear("decode", { seats: 256 }),
      handover: { link },
    });
    expect(resource).toBe("link");
    expect(use.prefill.link!).toBeGreaterThan(0.8);
  });
});

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

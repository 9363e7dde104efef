import { describe, expect, test } from "vitest";
import { capacity, type CapacityResult } from "../../host/planners/capacity.js";
import type { CapacityOptions } from "../../host/planners/capacity-options.js";
import { replay } from "../../host/planners/replay.js";
import { md1Wait } from "../../host/queueing/md1.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { checkFleet } from "../../host/specs/fleet-spec.js";
import { InputError } from "../../host/specs/input-error.js";
import { fixedLengths, linearFleet } from "./capacity-fixtures.js";
import { inPieces, smallFleet, traceText } from "./small-fleet.js";

const even = { arrivals: { type: "deterministic" } } as const;

/** Iterations of 10 ms whatever the batch, requests of 20 of them: a replica of n seats bears 5 n requests/s. */
const tenMs: CapacityOptions = {
  trace: fixedLengths(10, 20),
  fleet: linearFleet(4, { c0_ms: 10 }),
  slo: { ttftMs: 1000 },
};

/** The rate lies between the two ends of the answer, and these are one step apart. */
function expectBetween({ rate_rps: low, lowest_infeasible_rps: high, tolerance }: CapacityResult, rate: number) {
  expect(low).toBeLessThanOrEqual(rate);
  expect(high).toBeGreaterThanOrEqual(rate * 0.999);
  expect(high! / low!).toBeCloseTo(1 + tolerance, 9);
}

describe("the highest rate", () => {
  test.each([1, 4, 16])(
    "of %i seats whose iteration takes a time for each sequence is seats / iteration",
    async (seats) => {
      // An iteration of n sequences takes n ms, and a request 20 of them: n / (20 n ms), whatever n.
      const fleet = linearFleet(seats, { c0_ms: 1e-6, c4_ms: 1 });
      expectBetween(await capacity({ ...tenMs, ...even, fleet }), 50);
    },
  );

  test.each([1, 4, 16])(
    "of %i seats whose iteration takes a time by itself is seats / (20 iterations)",
    async (seats) => {
      expectBetween(await capacity({ ...tenMs, ...even, fleet: linearFleet(seats, { c0_ms: 10 }) }), 5 * seats);
    },
  );

  test("of prompts that are paid by the token is what an iteration of one prompt takes", async () => {
    // 1 ms a prompt token, one output token, one seat: 100 tokens in 100 ms.
    const fleet = linearFleet(1, { c1_ms: 1 });
    expectBetween(await capacity({ ...tenMs, ...even, trace: fixedLengths(100, 1), fleet }), 10);
  });

  test("of a server of even service agrees with M/D/1", async () => {
    const found = await capacity({ ...tenMs, fleet: linearFleet(1, { c0_ms: 10 }), count: 200_000 });
    // TTFT is the wait and one iteration.
    const tail = (rate: number) => md1Wait(rate, 0.2).tail(0.99);
    expect(tail(found.rate_rps! * 0.97)).toBeLessThan(0.01);
    expect(tail(found.rate_rps! * 1.03)).toBeGreaterThan(0.01);
    expect(found.limited_by).toMatchObject({ cause: "ttft", limit_ms: 1000 });
  });

  test("is where the backlog begins to grow if no time is limited", async () => {
    const { rate_rps: rate, limited_by: reason } = await capacity({ ...tenMs, ...even, slo: { e2eMs: 1e7 } });
    // A backlog that grows by 1 % of the arrivals is called growing.
    expect(rate! / 20).toBeGreaterThan(0.99);
    expect(rate! / 20).toBeLessThan(1.03);
    expect(reason).toMatchObject({ cause: "overloaded", pools: ["only"] });
  });

  test("is not below that of a fleet that is slower at every rate", async () => {
    const rates: number[] = [];
    for (const c0_ms of [10, 10.02, 10.05, 10.2, 10.5]) {
      const { rate_rps: rate } = await capacity({ ...tenMs, fleet: linearFleet(4, { c0_ms }), count: 5000 });
      rates.push(rate!);
    }
    expect(rates).toEqual(rates.toSorted((a, b) => b - a));
    expect(rates[0]).toBeGreaterThan(rates[4]!);
  });

  test("is higher for a looser objective and for more replicas", async () => {
    const rate = async (more: Partial<CapacityOptions>) =>
      (await capacity({ ...tenMs, count: 5000, ...more })).rate_rps!;
    const strict = await rate({ slo: { ttftMs: 100 } });
    expect(await rate({ slo: { ttftMs: 1000 } })).toBeGreaterThan(strict);
    expect(await rate({ slo: { ttftMs: 100 }, attainment: 0.9 })).toBeGreaterThan(strict);
    const four = linearFleet(4, { c0_ms: 10 }, { n_replicas: 4 });
    expect(await rate({ slo: { ttftMs: 100 }, fleet: four })).toBeGreaterThan(4 * strict);
  });

  test("comes out the same to the last bit", async () => {
    const options = {
      ...tenMs,
      trace: "azure-conv",
      fleet: "examples/iterations.yaml",
      slo: { ttftMs: 1000, tpotMs: 50 },
    };
    expect(await capacity(options)).toEqual(await capacity(options));
    const { rate_rps: other } = await capacity({ ...options, seed: 43 });
    expect(other).not.toBe((await capacity(options)).rate_rps);
  });

  test("is that at which a replay of it meets the objective", async () => {
    const found = await capacity({ ...tenMs, count: 5000 });
    const result = await replay({
      fleet: resolveFleet(checkFleet(tenMs.fleet)),
      requests: {
        drawn: { model: fixedLengths(10, 20), rateRps: found.rate_rps!, count: 5000, process: { type: "poisson" } },
      },
      sloMs: 1000,
    });
    const { at_capacity: point } = found;
    expect(point!.attainment).toBe(result.slo.attainment);
    expect(point!.ttft_ms).toEqual(result.ttft_ms);
    expect(point!.limits[0]).toMatchObject({ limit: "ttft", value_ms: result.ttft_ms.p99 });
    expect(point!.pools["only"]!.requests).toEqual(result.pools["only"]!.requests);
    expect(point!.goodput_rps).toBeCloseTo(found.rate_rps! * result.slo.attainment!, 9);
  });
});

describe("a search", () => {
  test("tries each rate once, and no more than 25 of them", async () => {
    let played = 0;
    const found = await capacity({ ...tenMs, count: 4000, onProgress: (requests) => void (played = requests) });
    const rates = found.tried.map(({ rate_rps: rate }) => rate);
    expect(new Set(rates).size).toBe(rates.length);
    expect(found.runs).toBe(rates.length);
    expect(found.runs).toBeLessThanOrEqual(25);
    expect(played).toBe(found.runs * 4000);
  });

  test("tells of rates that are bearable up to the answer and too much beyond it", async () => {
    const { tried, rate_rps: rate, beyond_capacity: beyond } = await capacity({ ...tenMs, count: 4000 });
    for (const load of tried) expect(load.is_feasible).toBe(load.rate_rps <= rate!);
    expect(beyond).toMatchObject({ is_feasible: false });
    expect(tried.map((load) => load.rate_rps)).toEqual(tried.map((load) => load.rate_rps).toSorted((a, b) => a - b));
  });

  test("divides the answer by replicas, GPUs and dollars", async () => {
    const profile = { name: "even", W: 0.01, H: 0, chunk: 512, cost_per_hr: 3, gpus_per_replica: 2 };
    const fleet = { pools: [{ id: "p", profile, n_replicas: 3, max_ctx: 1024, serving: { max_num_seqs: 4 } }] };
    const found = await capacity({ ...tenMs, fleet, count: 4000 });
    const rate = found.rate_rps!;
    expect(found.fleet).toEqual({ replicas: 3, gpus: 6, per_hr_usd: 18 });
    expect(found.rate_per_replica_rps).toBe(rate / 3);
    expect(found.rate_per_gpu_rps).toBe(rate / 6);
    expect(found.rate_per_dollar_hour).toBe(rate / 18);
    expect((await capacity({ ...tenMs, count: 4000 })).rate_per_dollar_hour).toBeNull();
  });

  test("takes one replica of each pool if it is asked to", async () => {
    const fleet = linearFleet(4, { c0_ms: 10 }, { n_replicas: 7 });
    const one = await capacity({ ...tenMs, fleet, perReplica: true, count: 4000 });
    expect(one.at_capacity).toEqual((await capacity({ ...tenMs, count: 4000 })).at_capacity);
    expect(one).toMatchObject({ per_replica: true, fleet: { replicas: 1 } });
  });

  test("has runs long enough for the fleet to fill, unless their number is given", async () => {
    const large = linearFleet(64, { c0_ms: 10 }, { n_replicas: 40 });
    const found = await capacity({ ...tenMs, fleet: large });
    const { rate_rps: rate, e2e_ms: stay } = found.at_capacity!;
    expect(found.requests_per_run).toBeGreaterThanOrEqual((20 * rate * stay.mean!) / 1000);
    expect(found.runs).toBeGreaterThan(found.tried.length);
    expect(found.notes).toEqual([]);
    const short = await capacity({ ...tenMs, fleet: large, count: 5000 });
    expect(short.requests_per_run).toBe(5000);
    expect(short.notes[0]).toMatch(/^A run of 5000 requests is short for so large a fleet.* --n \d+ would do/);
  });

  test("draws whole rounds of a workload that varies in time", async () => {
    const found = await capacity({ trace: "azure-conv", fleet: "examples/iterations.yaml", slo: { ttftMs: 1000 } });
    expect(found.requests_per_run).toBe(2 * 14_176);
    expect(found.trace).toMatchObject({ used: 2 * 14_176, arrivals: { type: "poisson", rate_rps: found.rate_rps } });
  });

  test("says between which rates the answer surely is", async () => {
    const found = await capacity({ ...tenMs, count: 20_000 });
    expect(found.surely_feasible_rps).toBeLessThanOrEqual(found.rate_rps!);
    expect(found.surely_infeasible_rps).toBeGreaterThanOrEqual(found.lowest_infeasible_rps!);
    const [low, high] = found.at_capacity!.attainment_ci95;
    expect(low).toBeLessThan(0.99);
    expect(high).toBeGreaterThan(0.99);
  });

  test("judges by the means of replications", async () => {
    const found = await capacity({ ...tenMs, count: 4000, replications: 3 });
    expect(found.runs).toBe(3 * found.tried.length);
    expect(found.at_capacity!.requests.arrived).toBe(12_000);
    expect(found.at_capacity!.attainment).toBeGreaterThanOrEqual(0.99);
  });

  test("runs the engine slots, too", async () => {
    const found = await capacity({ trace: fixedLengths(512, 10), fleet: smallFleet(), engine: "slots", ...even });
    // One slot, 110 ms a request: 9.09 a second, in the pool short alone.
    expectBetween(found, 1 / 0.11);
    expect(found.at_capacity).not.toHaveProperty("mean_batch");
  });
});

describe("what limits", () => {
  const reason = async (more: Partial<CapacityOptions>) =>
    (await capacity({ ...tenMs, count: 4000, ...more })).limited_by;

  test("is the time whose limit too many arrivals exceed", async () => {
    expect(await reason({ slo: { ttftMs: 50, e2eMs: 1e6 } })).toMatchObject({ cause: "ttft" });
    expect(await reason({ slo: { ttftMs: 1e6, e2eMs: 250 } })).toMatchObject({ cause: "e2e", limit_ms: 250 });
    // Every sequence of a batch adds 1 ms to an iteration: with 12 ms a token no more than 12 at once.
    const slo = { tpotMs: 12 };
    const batches = await reason({ slo, fleet: linearFleet(64, { c0_ms: 1, c4_ms: 1 }) });
    expect(batches).toMatchObject({ cause: "tpot", limit_ms: 12 });
  });

  test("is the gap between tokens", async () => {
    // A prompt of 100 tokens holds up the others for 100 ms.
    const fleet = linearFleet(64, { c0_ms: 1, c1_ms: 1 });
    const found = await capacity({ trace: fixedLengths(100, 100), fleet, slo: { itlMs: 50 }, count: 4000 });
    expect(found.limited_by).toMatchObject({ cause: "itl", limit_ms: 50 });
    expect(found.at_capacity!.itl_ms!.p99).toBeLessThanOrEqual(50);
    expect(found.beyond_capacity!.itl_ms!.p99).toBeGreaterThan(50);
    expect(found.objective).toEqual({ attainment: 0.99, itl_ms: 50 });
  });

  test("is all limits together where none is exceeded too often by itself", async () => {
    // 0.1 ms a prompt token, 10 ms an iteration: one in a hundred has 40 tokens of output, which is too long in all; another one a prompt of 400, which is too long for a first token.
    const rows = Array.from({ length: 2000 }, (_, i) => {
      return [10 * i, i % 100 === 50 ? 400 : 10, i % 100 === 0 ? 40 : i % 100 === 50 ? 2 : 20];
    });
    const found = await capacity({
      trace: { name: "t.csv", open: () => inPieces(traceText(rows)) },
      fleet: linearFleet(4, { c0_ms: 10, c1_ms: 0.1 }),
      slo: { e2eMs: 399.5, ttftMs: 30 },
      warmup: 0,
    });
    expect(found).toMatchObject({ status: "none", limited_by: { cause: "all_limits", missed: 0.02, allowed: 0.01 } });
    expect(found.beyond_capacity!.limits).toMatchObject([{ missed: 0.01 }, { missed: 0.01 }]);
  });

  test("is rejection, and for what reason, where more are turned away than may be late", async () => {
    const long = Array.from({ length: 100 }, (_, i) => [i, i % 10 === 0 ? 5000 : 10, 20]);
    const trace = { name: "t.csv", open: () => inPieces(traceText(long)) };
    const found = await capacity({ ...tenMs, trace });
    expect(found).toMatchObject({
      status: "none",
      rate_rps: null,
      at_capacity: null,
      limited_by: { cause: "rejected", share: 0.1, rejected_by_reason: { too_long_for_every_pool: 10 } },
    });
  });
});

describe("no answer", () => {
  test("if requests that never meet are late already", async () => {
    const found = await capacity({ ...tenMs, slo: { ttftMs: 5 } });
    expect(found).toMatchObject({ status: "none", rate_rps: null, rate_per_gpu_rps: null });
    expect(found.limited_by).toMatchObject({ cause: "ttft", missed: 1, value_ms: 10 });
    // It lies 200 ms in the fleet: at 1 request in 20 s hardly any meets another.
    expect(found.tried[0]!.rate_rps).toBeCloseTo(0.05, 2);
    expect(found.tried.length).toBe(4);
  });

  test("is no limit found, where every load is bearable", async () => {
    const found = await capacity({ ...tenMs, users: { most: 3 }, count: 4000 });
    expect(found).toMatchObject({ status: "no_limit_found", concurrency: 3, limited_by: null, beyond_capacity: null });
  });
});

describe("a closed loop", () => {
  test("bears one user for every seat if nobody may wait", async () => {
    const found = await capacity({ ...tenMs, fleet: linearFleet(16, { c0_ms: 10 }), slo: { ttftMs: 30 }, users: {} });
    expect(found).toMatchObject({ searched: "concurrency", concurrency: 16, lowest_infeasible_concurrency: 17 });
    // 16 users, 20 iterations of 10 ms a request.
    expect(found.rate_rps).toBeCloseTo(80, 0);
    expect(found.rate_per_replica_rps).toBe(found.rate_rps);
  });

  test("bears more users who think, and as many of a trace", async () => {
    const users = async (more: Partial<CapacityOptions>) => {
      return (await capacity({ ...tenMs, slo: { ttftMs: 30 }, count: 4000, users: {}, ...more })).concurrency!;
    };
    expect(await users({ users: { thinkS: 1, think: "exponential", rampS: 1 } })).toBeGreaterThan(await users({}));
    const rows = Array.from({ length: 4000 }, () => [0, 10, 20]);
    const trace = { name: "t.csv", open: () => inPieces(traceText(rows)) };
    expect((await capacity({ ...tenMs, trace, slo: { ttftMs: 30 }, users: {} })).concurrency).toBe(await users({}));
  });

  test("is tried with whole users alone", async () => {
    const { tried } = await capacity({ ...tenMs, users: {}, slo: { ttftMs: 1500 }, count: 4000 });
    for (const { concurrency } of tried) expect(Number.isInteger(concurrency)).toBe(true);
  });
});

describe("a trace", () => {
  const rows = Array.from({ length: 3000 }, (_, i) => [i * 0.5, 10, 20]);
  const trace = { name: "t.csv", open: () => inPieces(traceText(rows)) };

  test("is played faster with its own arrivals", async () => {
    const found = await capacity({ ...tenMs, trace });
    expectBetween(found, 20);
    expect(found.trace).toMatchObject({ name: "t.csv", used: 3000 });
    expect(found.trace).not.toHaveProperty("arrivals");
  });

  test("gets drawn ones if it is asked for", async () => {
    const found = await capacity({ ...tenMs, trace, arrivals: { type: "gamma", cv: 4 } });
    expect(found.rate_rps).toBeLessThan(19);
    expect(found.trace.arrivals).toEqual({ type: "gamma", cv: 4, rate_rps: found.rate_rps });
  });

  test("that is short for the fleet is to be repeated", async () => {
    const { notes } = await capacity({ ...tenMs, trace, fleet: linearFleet(4, { c0_ms: 10 }, { n_replicas: 100 }) });
    expect(notes[0]).toMatch(/--repeat \d+ would do/);
  });
});

describe("the objective", () => {
  const objective = async (slo: CapacityOptions["slo"], sloMs?: number) => {
    const fleet = { ...linearFleet(4, { c0_ms: 10 }), ...(sloMs === undefined ? {} : { slo_ms: sloMs }) };
    return (await capacity({ trace: tenMs.trace, fleet, count: 2000, ...(slo ? { slo } : {}) })).objective;
  };

  test("is the fleet's, else 500 ms to the first token, else what is given", async () => {
    expect(await objective(undefined)).toEqual({ attainment: 0.99, ttft_ms: 500 });
    expect(await objective(undefined, 300)).toEqual({ attainment: 0.99, ttft_ms: 300 });
    expect(await objective({ tpotMs: 50 })).toEqual({ attainment: 0.99, tpot_ms: 50 });
    expect(await objective({ tpotMs: 50 }, 300)).toEqual({ attainment: 0.99, ttft_ms: 300, tpot_ms: 50 });
    expect(await objective({ ttftMs: 200 }, 300)).toEqual({ attainment: 0.99, ttft_ms: 200 });
  });
});

test.each<[Partial<CapacityOptions>, string]>([
  [{ slo: { ttftMs: 0 } }, "ttftMs is 0; allowed is a finite number of ms above 0."],
  [{ slo: { tpotMs: NaN } }, "tpotMs is NaN"],
  [{ slo: { e2eMs: Infinity } }, "e2eMs is Infinity"],
  [{ attainment: 0 }, "attainment is 0; allowed is a share above 0 and at most 1."],
  [{ attainment: 0.98, slo: { itlMs: 5 } }, "attainment is 0.98; with a limit for ITL allowed is one of 0.5, 0.9"],
  [{ tolerance: 1e-5 }, "tolerance is 0.00001; allowed is a share from 0.0001 to 1."],
  [{ seed: -1 }, "seed is -1"],
  [{ replications: 0 }, "replications is 0"],
  [{ engine: "tokens" as "slots" }, "engine is tokens"],
  [{ engine: "slots", slo: { itlMs: 5 } }, "pool only"],
  [
    { engine: "slots", slo: { itlMs: 5 }, fleet: smallFleet() },
    "the engine slots does not know the gaps between tokens",
  ],
  [{ users: { most: 0 } }, "concurrency is 0"],
  [{ users: { thinkS: -1 } }, "thinkS is -1"],
  [{ users: {}, rateRps: 5 }, "--rate has no meaning for the users of a closed loop"],
  [{ users: {}, arrivals: { type: "poisson" } }, "--arrivals has no meaning for the users of a closed loop"],
  [{ speed: 2 } as Partial<CapacityOptions>, "speed is what a capacity search finds"],
  [{ classify: "x.mjs" }, "classify belongs to the router semantic"],
  [{ trace: "azure-konv" }, "did you mean azure-conv?"],
  [{ fleet: "nowhere.json" }, "nowhere.json"],
])("refuses %o", async (wrong, message) => {
  const answer = capacity({ ...tenMs, count: 1000, ...wrong });
  await expect(answer).rejects.toThrow(InputError);
  await expect(answer).rejects.toThrow(message);
});

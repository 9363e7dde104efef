import { describe, expect, test } from "vitest";
import { capacity } from "../../host/planners/capacity.js";
import {
  combinations,
  fleetDocument,
  fleetWith,
  MAX_COMBINATIONS,
  type Sweep,
} from "../../host/planners/capacity-combinations.js";
import { capacitySweep, type CapacitySweepOptions } from "../../host/planners/capacity-sweep.js";
import { checkFleet, type FleetInput } from "../../host/specs/fleet-spec.js";
import { InputError } from "../../host/specs/input-error.js";
import { fixedLengths, linearFleet } from "./capacity-fixtures.js";
import { smallFleet } from "./small-fleet.js";

/** Seats are all that limits: 10 ms an iteration, 20 iterations a request. */
const seats: CapacitySweepOptions = {
  trace: fixedLengths(10, 20),
  arrivals: { type: "deterministic" },
  fleet: linearFleet(1, { c0_ms: 10 }),
  slo: { ttftMs: 1000 },
  count: 4000,
  sweep: { max_num_seqs: [1, 4, 2] },
};

const rooflines: FleetInput = {
  pools: [
    {
      id: "p",
      n_replicas: 1,
      max_ctx: 16384,
      iteration_model: { type: "roofline", hardware: "h100-sxm", model: "llama-3.1-8b" },
    },
  ],
};

describe("combinations", () => {
  test("are all there are, the last key changing fastest", () => {
    expect(combinations({ scheduler: ["vllm", "orca"], max_num_seqs: [1, 2] })).toEqual([
      { scheduler: "vllm", max_num_seqs: 1 },
      { scheduler: "vllm", max_num_seqs: 2 },
      { scheduler: "orca", max_num_seqs: 1 },
      { scheduler: "orca", max_num_seqs: 2 },
    ]);
  });

  test.each<[Sweep, string]>([
    [{ chunck: [1] } as Sweep, "sweep: chunck is not swept; it must be one of scheduler, max_num_seqs"],
    [{ chunk: [] }, "sweep: chunk has no values; give at least one."],
    [{ chunk: [256, 512, 256] }, "sweep: chunk names 256 twice."],
    [
      { chunk: Array.from({ length: 17 }, (_, i) => i), max_num_seqs: Array.from({ length: 16 }, (_, i) => i + 1) },
      `sweep: its lists make more than ${MAX_COMBINATIONS} combinations, the most allowed.`,
    ],
  ])("refuses %o", (sweep, message) => {
    expect(() => combinations(sweep)).toThrow(InputError);
    expect(() => combinations(sweep)).toThrow(message);
  });
});

describe("a fleet with a combination", () => {
  const two = (serving: object): FleetInput => {
    const pool = { n_replicas: 1, max_ctx: 1024, iteration_model: { type: "linear", c0_ms: 10 }, serving } as const;
    return {
      pools: [
        { id: "a", ...pool },
        { id: "b", ...pool },
      ],
    };
  };

  test("has it in every pool, beside what the pools say themselves", async () => {
    const document = await fleetDocument(two({ block_size: 32, max_num_seqs: 8 }));
    const { spec, leftOut } = fleetWith(document, { scheduler: "sarathi", max_num_seqs: 16 });
    for (const { serving } of spec.pools) {
      expect(serving).toMatchObject({ scheduler: "sarathi", maxNumSeqs: 16, blockSize: 32 });
    }
    expect(leftOut).toEqual([]);
    expect(document.value).toEqual(two({ block_size: 32, max_num_seqs: 8 }));
  });

  test("leaves out what the fleet says and the combination has no use for, and no more", async () => {
    const document = await fleetDocument(two({ max_num_batched_tokens: 2048, chunk: 256 }));
    const leftOut = (combination: Parameters<typeof fleetWith>[1]) => fleetWith(document, combination).leftOut;
    expect(leftOut({ scheduler: "vllm" })).toEqual([]);
    expect(leftOut({ scheduler: "vllm-v0" })).toEqual(["chunk"]);
    expect(leftOut({ scheduler: "orca" })).toEqual(["max_num_batched_tokens", "chunk"]);
    expect(leftOut({ scheduler: "sarathi", chunk: 512 })).toEqual(["max_num_batched_tokens"]);
  });

  test("is none where the combination contradicts itself", async () => {
    const document = await fleetDocument(two({}));
    expect(() => fleetWith(document, { scheduler: "orca", chunk: 256 })).toThrow(
      "pools[0].serving.chunk is 256, but has no meaning with the scheduler orca",
    );
    expect(() => fleetWith(document, { max_num_seqs: 0 })).toThrow("pools[0].serving.max_num_seqs is 0");
    expect(() => fleetWith(document, { tp: 2 })).toThrow("pool a: tp is that of a roofline model");
  });

  test("has tp in its roofline models, which take as many GPUs", async () => {
    const { spec } = fleetWith(await fleetDocument(rooflines), { tp: 4 });
    expect(spec.pools[0]!.iterationModel).toMatchObject({ type: "roofline", tp: 4 });
  });

  test("comes from a file, from text or from an object, not from a fleet without keys", async () => {
    expect((await fleetDocument("examples/iterations.yaml")).file).toBe("examples/iterations.yaml");
    expect((await fleetDocument(JSON.stringify(rooflines))).value).toEqual(rooflines);
    await expect(fleetDocument(checkFleet(rooflines))).rejects.toThrow("a sweep changes the keys of a fleet");
  });
});

describe("a sweep", () => {
  test("finds for each combination what a search of its own finds", async () => {
    const { rows } = await capacitySweep(seats);
    expect(rows.length).toBe(3);
    for (const { setting, rate_rps: rate, lowest_infeasible_rps: above } of rows) {
      const alone = await capacity({ ...seats, fleet: linearFleet(setting.max_num_seqs as number, { c0_ms: 10 }) });
      expect([rate, above]).toEqual([alone.rate_rps, alone.lowest_infeasible_rps]);
    }
  });

  test("puts the most for a GPU first where there is no price", async () => {
    const { rows, compared_by: by } = await capacitySweep(seats);
    expect(by).toBe("rate_per_gpu_rps");
    expect(rows.map(({ setting }) => setting.max_num_seqs)).toEqual([4, 2, 1]);
  });

  test("puts the most for a dollar first where there is one", async () => {
    const { rows, compared_by: by } = await capacitySweep({
      trace: "azure-conv",
      fleet: rooflines,
      slo: { ttftMs: 2000 },
      count: 2000,
      sweep: { tp: [4, 1] },
    });
    expect(by).toBe("rate_per_dollar_hour");
    expect(rows.map(({ fleet }) => fleet.gpus)).toEqual([1, 4]);
    expect(rows[1]!.rate_rps).toBeGreaterThan(rows[0]!.rate_rps!);
    expect(rows[1]!.rate_per_dollar_hour).toBeLessThan(rows[0]!.rate_per_dollar_hour!);
  });

  test("begins each search where the most similar combination ended", async () => {
    const { rows } = await capacitySweep({ ...seats, sweep: { max_num_seqs: [4], block_size: [16, 32, 64] } });
    const [first, ...others] = rows.map(({ runs }) => runs);
    for (const runs of others) expect(runs).toBeLessThan(first! / 2);
    expect(new Set(rows.map(({ rate_rps: rate }) => rate)).size).toBe(1);
  });

  test("marks what no other combination is better than", async () => {
    // Fewer seats: a lower rate, but less time for a token of a batch.
    const fleet = linearFleet(1, { c0_ms: 10, c4_ms: 1 });
    const { rows } = await capacitySweep({ ...seats, fleet, sweep: { max_num_seqs: [1, 2, 8], pp: [1] } });
    const front = rows.filter((row) => row.is_pareto).map((row) => row.setting.max_num_seqs);
    const figures = rows.map((row) => ({
      seats: row.setting.max_num_seqs,
      costs: [-row.rate_per_gpu_rps!, row.at_capacity!.ttft_ms.p99!, row.at_capacity!.tpot_ms.p99!],
    }));
    const isBeaten = (costs: number[]) =>
      figures.some(({ costs: other }) => other.every((x, i) => x <= costs[i]!) && other.some((x, i) => x < costs[i]!));
    expect(front).toEqual(figures.filter(({ costs }) => !isBeaten(costs)).map((row) => row.seats));
    expect(front).toContain(8);
    expect(front).toContain(1);
  });

  test("lists combinations that make no fleet with the reason, and goes on", async () => {
    const { rows, invalid } = await capacitySweep({
      ...seats,
      sweep: { scheduler: ["orca", "vllm"], chunk: [256] },
    });
    expect(rows.map(({ setting }) => setting.scheduler)).toEqual(["vllm"]);
    expect(invalid).toMatchObject([{ setting: { scheduler: "orca" } }]);
    expect(invalid[0]!.reason).toContain("takes prompts whole");
  });

  test("puts combinations that bear nothing last", async () => {
    const fleet = linearFleet(1, { c0_ms: 10, c1_ms: 1 });
    const options = { ...seats, fleet, trace: fixedLengths(100, 20), slo: { ttftMs: 150 } };
    // In chunks of 5 tokens a prompt takes 20 iterations of 15 ms.
    const { rows } = await capacitySweep({ ...options, sweep: { chunk: [5, 200] } });
    expect(rows.map(({ setting, status }) => [setting.chunk, status])).toEqual([
      [200, "found"],
      [5, "none"],
    ]);
    expect(rows[1]).toMatchObject({ rate_rps: null, is_pareto: false, limited_by: { cause: "ttft" } });
  });

  test("searches users, too", async () => {
    const { trace, fleet, sweep } = seats;
    const { rows, searched } = await capacitySweep({ trace, fleet, sweep, users: {}, slo: { ttftMs: 30 } });
    expect(searched).toBe("concurrency");
    expect(rows.map(({ concurrency }) => concurrency)).toEqual([4, 2, 1]);
  });

  test("tells of all requests that it played", async () => {
    let played = 0;
    const { rows } = await capacitySweep({ ...seats, onProgress: (requests) => void (played = requests) });
    expect(played).toBe(rows.reduce((sum, { runs }) => sum + runs, 0) * 4000);
  });

  test.each<[Partial<CapacitySweepOptions>, string]>([
    [{ engine: "slots", fleet: smallFleet() }, "of which the engine slots knows nothing"],
    [{ fleet: { ...linearFleet(1, { c0_ms: 10 }), engine: "slots" } }, "of which the engine slots knows nothing"],
    [
      { sweep: { scheduler: ["vlm"] } },
      'none of its combinations makes a fleet; with scheduler vlm: pools[0].serving.scheduler is "vlm"',
    ],
    [{ attainment: 2 }, "attainment is 2"],
  ])("refuses %o", async (wrong, message) => {
    const answer = capacitySweep({ ...seats, ...wrong });
    await expect(answer).rejects.toThrow(InputError);
    await expect(answer).rejects.toThrow(message);
  });
});

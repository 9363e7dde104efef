import { describe, expect, test } from "vitest";
import { compareRouters } from "../../host/planners/compare-routers.js";
import { simulate } from "../../host/planners/simulate.js";
import { InputError } from "../../host/specs/input-error.js";
import { inPieces, traceText } from "./small-fleet.js";
import { getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";

const fleet = { nShort: 20, nLong: 40, workload: getBuiltinWorkload("azure"), requests: 10_000 };

describe("comparing routers", () => {
  test("compares length, compress-and-route and random unless told otherwise, in the keys of the Python tool", async () => {
    const rows = await compareRouters(fleet);
    expect(rows.map((row) => row.router)).toEqual(["length", "compress_route", "random"]);
    for (const row of rows) {
      expect(Object.keys(row).slice(0, 4)).toEqual([
        "router",
        "p99_ttft_ms",
        "slo_compliance_pct",
        "mean_utilisation_pct",
      ]);
    }
  });

  test("gives for length what simulate gives, and for compress_route what it gives with gamma 1.5", async () => {
    const [length, compressed] = await compareRouters(fleet);
    const plain = (await simulate(fleet)).replay;
    const gamma = (await simulate({ ...fleet, gamma: 1.5 })).replay;
    expect(length!.p99_ttft_ms).toBe(Number(plain.ttft_ms.p99!.toFixed(2)));
    expect(compressed!.p99_ttft_ms).toBe(Number(gamma.ttft_ms.p99!.toFixed(2)));
    expect(compressed!.requests.compressed).toBeGreaterThan(0);
  });

  test("plays every router on the requests as they were drawn", async () => {
    const [alone] = await compareRouters({ ...fleet, routers: ["random"] });
    const [, after] = await compareRouters({ ...fleet, routers: ["compress_route", "random"] });
    expect({ ...after, difference: null }).toEqual(alone);
  });

  test("gives every router the same number of requests, and loses none", async () => {
    const rows = await compareRouters({ ...fleet, routers: "all" });
    expect(rows.map((row) => row.router)).toEqual([
      "length",
      "compress_route",
      "spillover",
      "least_loaded",
      "random",
      "round_robin",
    ]);
    for (const { requests } of rows) {
      expect(requests.arrived).toBe(10_000);
      expect(requests.completed + requests.rejected + requests.unfinished).toBe(10_000);
    }
  });

  test("serves the long pool on its own GPU", async () => {
    const [a100] = await compareRouters({ ...fleet, routers: ["random"] });
    const [h100] = await compareRouters({ ...fleet, routers: ["random"], gpuLong: "h100" });
    expect(h100!.p50_ttft_ms).toBeLessThan(0.8 * a100!.p50_ttft_ms!);
    expect(h100!.mean_utilisation_pct).toBeLessThan(a100!.mean_utilisation_pct);
  });

  test("never sends a request to a pool that does not hold it", async () => {
    const rows = await compareRouters({ ...fleet, routers: ["random", "least_loaded", "round_robin"] });
    for (const { requests } of rows) expect(requests.rejected).toBe(0);
  });

  test("rejects what is longer than every pool, whatever the router", async () => {
    const long = { ...fleet, workload: getBuiltinWorkload("agent_heavy"), longMaxCtx: 16384 };
    for (const { requests } of await compareRouters({ ...long, routers: "all" })) {
      expect(requests.rejected_by_reason.too_long_for_every_pool).toBeGreaterThan(700);
    }
  });

  test("tells how far it is, over all routers", async () => {
    const told: number[] = [];
    await compareRouters({ ...fleet, routers: ["length", "random"], onProgress: (played) => void told.push(played) });
    expect(told).toEqual([10_000, 20_000]);
  });
});

describe("differences", () => {
  test("are those of the figures, against the first or another one", async () => {
    const rows = await compareRouters({ ...fleet, baseline: "random" });
    const [length, compressed, random] = rows;
    expect(random!.difference).toBeNull();
    expect(length!.difference).toMatchObject({ baseline: "random", method: "paired_batches", pairs: 10 });
    for (const row of [length!, compressed!]) {
      const { p99_ttft_ms: p99, mean_ttft_ms: mean } = row.difference!;
      expect(p99.difference).toBeCloseTo(row.p99_ttft_ms! - random!.p99_ttft_ms!, 1);
      expect(mean.difference).toBeCloseTo(row.mean_ttft_ms! - random!.mean_ttft_ms!, 1);
    }
  });

  test("of a router that is worse say so, and are surer than the figures", async () => {
    const rows = await compareRouters({ ...fleet, routers: ["length", "random"], replications: 5 });
    const [length, random] = rows;
    const { method, pairs, mean_ttft_ms: mean } = random!.difference!;
    expect({ method, pairs }).toEqual({ method: "paired_replications", pairs: 5 });
    expect(mean.verdict).toBe("better");
    const apart = rows.map(({ p99_ttft_ms_ci95: ci95 }) => ci95![1] - ci95![0]);
    const { ci95 } = random!.difference!.p99_ttft_ms;
    expect(ci95![1] - ci95![0]).toBeLessThan(apart[0]! + apart[1]!);
    expect(length!.replications).toBe(5);
  });

  test("of the same routing are none", async () => {
    const [, spillover] = await compareRouters({ ...fleet, nShort: 100, routers: ["length", "spillover"] });
    const none = { difference: 0, ci95: [0, 0], verdict: "no difference shown" };
    expect(spillover!.difference).toMatchObject({ p99_ttft_ms: none, mean_ttft_ms: none, slo_compliance_pct: none });
  });

  test("in time are better where more are", async () => {
    const short = { ...fleet, nShort: 4, nLong: 20, engine: "slots", rateRps: 150, replications: 4 } as const;
    const [length, least] = await compareRouters({ ...short, routers: ["length", "least_loaded"] });
    expect(least!.slo_compliance_pct).toBeGreaterThan(length!.slo_compliance_pct! + 1);
    expect(least!.difference!.slo_compliance_pct.verdict).toBe("better");
    expect(least!.difference!.p99_ttft_ms.verdict).toBe("better");
  });

  test("of a trace that is the same in every replication come from its batches", async () => {
    const rows = Array.from({ length: 2000 }, (_, i) => [i / 50, 200 + (i % 7) * 100, 20]);
    const trace = { name: "t.csv", open: () => inPieces(traceText(rows)) };
    const [, random] = await compareRouters({
      nShort: 1,
      nLong: 1,
      trace,
      routers: ["length", "random"],
      replications: 3,
    });
    expect(random!.difference).toMatchObject({ method: "paired_batches" });
  });
});

test.each([
  [{ gpuLong: "h200" }, '--gpu-long is "h200"'],
  [{ nLong: -1 }, "--n-l is -1"],
  [{ rateRps: Infinity }, "the rate is Infinity"],
])("refuses %o", async (wrong, message) => {
  const answer = compareRouters({ ...fleet, ...wrong });
  await expect(answer).rejects.toThrow(InputError);
  await expect(answer).rejects.toThrow(message);
});

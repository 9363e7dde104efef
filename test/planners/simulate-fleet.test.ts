import { describe, expect, test } from "vitest";
import { simulateFleet, type PoolStream } from "../../host/planners/simulate-fleet.js";
import { checkFleet } from "../../host/specs/fleet-spec.js";
import { resolveFleet, type Fleet } from "../../host/specs/fleet.js";
import { getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";
import { mean, PlayedRequests } from "./played-requests.js";

const azure = getBuiltinWorkload("azure");
const lmsys = getBuiltinWorkload("lmsys");

function fleetOf(router: string): Fleet {
  return resolveFleet(
    checkFleet({
      pools: [
        { id: "chat", gpu: "a100", n_gpus: 40, max_ctx: 65536 },
        { id: "small", gpu: "a10g", n_gpus: 80, max_ctx: 65536 },
      ],
      router,
    }),
  );
}

const streams: PoolStream[] = [
  { pool: "chat", workload: azure, lamFrac: 0.7 },
  { pool: "small", workload: lmsys, lamFrac: 0.3 },
];

describe("a stream for each pool", () => {
  test("has its share of the requests and of the rate, and reaches its pool", async () => {
    const { summary, replay } = await simulateFleet({
      fleet: fleetOf("model"),
      streams,
      rateRps: 100,
      requests: 10_000,
    });
    expect(summary.pools.chat!.requests.arrived).toBe(7000);
    expect(summary.pools.small!.requests.arrived).toBe(3000);
    expect(replay.pools.chat!.arrival_rate_rps).toBeCloseTo(70, -1);
    expect(replay.pools.small!.arrival_rate_rps).toBeCloseTo(30, -1);
    expect(summary.requests.routed_by_default).toBe(0);
  });

  test("has at least one request", async () => {
    const rare = [streams[0]!, { ...streams[1]!, lamFrac: 1e-6 }];
    const { summary } = await simulateFleet({ fleet: fleetOf("model"), streams: rare, requests: 100 });
    expect(summary.pools.small!.requests.arrived).toBe(1);
  });

  test("arrives independently of the others", async () => {
    const played = new PlayedRequests();
    const equal = streams.map((stream) => ({ ...stream, lamFrac: 0.5, workload: azure }));
    await simulateFleet({ fleet: fleetOf("model"), streams: equal, rateRps: 100, onResults: played.take });
    const [chat, small] = [0, 1].map((pool) => gaps(played.of(played.arrival, pool)));
    expect(Math.abs(correlation(chat!, small!))).toBeLessThan(0.05);
    const [inputs, others] = [0, 1].map((pool) => played.of(played.input, pool));
    expect(Math.abs(correlation(inputs!, others!))).toBeLessThan(0.05);
  });

  test("has other arrivals in every replication", async () => {
    const runs = [new PlayedRequests(), new PlayedRequests()];
    await simulateFleet({
      fleet: fleetOf("model"),
      streams,
      requests: 1000,
      replications: 2,
      onResults: (rows, replication) => runs[replication]!.take(rows),
    });
    const firsts = runs.flatMap((run) => [run.of(run.arrival, 0)[0], run.of(run.arrival, 1)[0]]);
    expect(new Set(firsts).size).toBe(4);
  });

  test("keeps its requests when another one is added", async () => {
    const arrivals = async (given: PoolStream[]) => {
      const played = new PlayedRequests();
      const options = { fleet: fleetOf("model"), rateRps: 100, requests: 1000 };
      await simulateFleet({ ...options, streams: given, onResults: played.take });
      return played.of(played.arrival, 0);
    };
    expect(await arrivals(streams)).toEqual(await arrivals(streams.slice(0, 1)));
  });
});

test("refuses more streams than it can draw", async () => {
  const many = new Array<PoolStream>(257).fill(streams[0]!);
  await expect(simulateFleet({ fleet: fleetOf("model"), streams: many })).rejects.toThrow("has 257 streams");
  const long = [{ ...streams[0]!, lamFrac: 1e6 }];
  await expect(simulateFleet({ fleet: fleetOf("model"), streams: long })).rejects.toThrow("have 30000000000 requests");
});

describe("one stream", () => {
  test("goes before the streams of the pools", async () => {
    const options = { fleet: fleetOf("random"), rateRps: 100, requests: 5000 };
    const one = await simulateFleet({ ...options, workload: azure });
    expect((await simulateFleet({ ...options, workload: azure, streams })).summary).toEqual(one.summary);
  });

  test("under the router of models goes to the default pool", async () => {
    const { summary } = await simulateFleet({ fleet: fleetOf("model"), workload: azure, requests: 1000 });
    expect(summary.requests.routed_by_default).toBe(1000);
    expect(summary.pools.small!.requests.arrived).toBe(0);
  });

  test("has totals uniform up to the first pool's window where nothing is given", async () => {
    const played = new PlayedRequests();
    await simulateFleet({ fleet: fleetOf("length"), requests: 20_000, onResults: played.take });
    const totals = played.input.map((input, i) => input + played.output[i]!);
    expect(mean(totals) / 32768).toBeCloseTo(1, 1);
    expect(Math.max(...totals)).toBeGreaterThan(65_000);
    expect(Math.max(...totals)).toBeLessThanOrEqual(65_536);
  });
});

test("the objective is the caller's, else the fleet's, else 500 ms", async () => {
  const fleet = fleetOf("length");
  const sloOf = async (given: Fleet, sloMs?: number) => {
    const options = sloMs === undefined ? {} : { sloMs };
    return (await simulateFleet({ fleet: given, workload: azure, requests: 100, ...options })).summary.slo_ms;
  };
  expect(await sloOf(fleet)).toBe(500);
  expect(await sloOf({ ...fleet, sloMs: 800 })).toBe(800);
  expect(await sloOf({ ...fleet, sloMs: 800 }, 900)).toBe(900);
});

function gaps(arrivals: readonly number[]): number[] {
  return arrivals.slice(1).map((arrival, i) => arrival - arrivals[i]!);
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const n = Math.min(x.length, y.length);
  const [meanX, meanY] = [mean(x.slice(0, n)), mean(y.slice(0, n))];
  let [products, squaresX, squaresY] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    products += (x[i]! - meanX) * (y[i]! - meanY);
    squaresX += (x[i]! - meanX) ** 2;
    squaresY += (y[i]! - meanY) ** 2;
  }
  return products / Math.sqrt(squaresX * squaresY);
}

/** M/M/c: Poisson arrivals, exponential services, one queue. Erlang C. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import { mmcWait } from "../../host/queueing/mmc.js";
import { loadBuild } from "../core/wasm-builds.js";
import { expectAgrees, REPLICATIONS } from "./agreement.js";
import { plainPool, playQueue, type Queue, readWaits, replicate } from "./queue.js";
import { exponentials } from "./service-times.js";

function mmc(servers: number, rho: number): Queue {
  return {
    pools: [plainPool({ slots: servers })],
    rateRps: servers * rho,
    services: { times: (replication) => exponentials(servers, replication) },
  };
}

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

/** Requests of a replication, and the relative errors that are allowed: near saturation, and where few wait, waits go together in clusters. */
const CASES = [
  { servers: 1, rho: 0.5, count: 200_000, allowed: { mean: 0.02, share: 0.01, p99: 0.03 } },
  { servers: 1, rho: 0.8, count: 300_000, allowed: { mean: 0.04, share: 0.01, p99: 0.05 } },
  { servers: 1, rho: 0.95, count: 700_000, allowed: { mean: 0.07, share: 0.01, p99: 0.14 } },
  { servers: 4, rho: 0.5, count: 200_000, allowed: { mean: 0.03, share: 0.02, p99: 0.04 } },
  { servers: 4, rho: 0.8, count: 300_000, allowed: { mean: 0.04, share: 0.01, p99: 0.05 } },
  { servers: 4, rho: 0.95, count: 700_000, allowed: { mean: 0.07, share: 0.01, p99: 0.14 } },
  // One in 111 waits: the P99 is zero in one run and not in another.
  { servers: 16, rho: 0.5, count: 300_000, allowed: { mean: 0.1, share: 0.05 } },
  { servers: 16, rho: 0.8, count: 300_000, allowed: { mean: 0.06, share: 0.02, p99: 0.05 } },
  { servers: 16, rho: 0.95, count: 700_000, allowed: { mean: 0.07, share: 0.01, p99: 0.14 } },
  { servers: 64, rho: 0.8, count: 400_000, allowed: { mean: 0.1, share: 0.05, p99: 0.08 } },
  { servers: 64, rho: 0.95, count: 700_000, allowed: { mean: 0.1, share: 0.03, p99: 0.16 } },
];

describe("M/M/c waits as Erlang C says", () => {
  it.each(CASES)("$servers servers at load $rho", ({ servers, rho, count, allowed }) => {
    const law = mmcWait(servers, servers * rho, 1);
    const waits = replicate((replication) => {
      return readWaits(playQueue(core, mmc(servers, rho), count, servers, replication), count);
    });
    const of = (figure: keyof (typeof waits)[0]) => waits.map((wait) => wait[figure]);
    expectAgrees("mean wait, s", of("meanS"), law.meanS, allowed.mean);
    expectAgrees("share that waits", of("share"), law.tail(0), allowed.share);
    if (allowed.p99) expectAgrees("P99 wait, s", of("p99S"), law.percentileS(0.99), allowed.p99);
  });

  it("64 servers at load 0.5: one in two million waits", () => {
    const count = 50_000;
    const waits = replicate((replication) => {
      return readWaits(playQueue(core, mmc(64, 0.5), count, 64, replication), count);
    });
    const expected = mmcWait(64, 32, 1).tail(0) * count * REPLICATIONS;
    expect(waits.reduce((sum, { share }) => sum + share * count, 0)).toBeLessThan(expected + 20);
    expect(Math.max(...waits.map(({ p99S }) => p99S))).toBe(0);
  });
});

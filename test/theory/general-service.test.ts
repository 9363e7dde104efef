/** M/D/c, D/D/1 and M/G/1: services that are not exponential. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import { mdcWait } from "../../host/queueing/mdc.js";
import { mg1MeanWaitS } from "../../host/queueing/mg1.js";
import { getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";
import type { LengthModel } from "../../host/workloads/models.js";
import { loadBuild } from "../core/wasm-builds.js";
import { expectAgrees } from "./agreement.js";
import { cells, fixedLengths, serviceMoments } from "./length-models.js";
import { plainPool, playQueue, type Queue, readWaits, replicate, TOKENS_PER_SECOND } from "./queue.js";
import { logNormals } from "./service-times.js";

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

const oneSecond: Queue["services"] = { lengths: fixedLengths(1, TOKENS_PER_SECOND - 1) };

describe("M/D/c waits as Crommelin's and Franx's formulas say", () => {
  it.each([
    { servers: 1, rho: 0.5, count: 100_000, allowed: { mean: 0.02, share: 0.01, p99: 0.02 } },
    { servers: 1, rho: 0.9, count: 400_000, allowed: { mean: 0.05, share: 0.01, p99: 0.08 } },
    { servers: 4, rho: 0.8, count: 200_000, allowed: { mean: 0.05, share: 0.02, p99: 0.05 } },
    { servers: 16, rho: 0.9, count: 400_000, allowed: { mean: 0.06, share: 0.03, p99: 0.06 } },
  ])("$servers servers at load $rho", ({ servers, rho, count, allowed }) => {
    const law = mdcWait(servers, servers * rho, 1);
    const queue = { pools: [plainPool({ slots: servers })], rateRps: servers * rho, services: oneSecond };
    const waits = replicate((replication) => readWaits(playQueue(core, queue, count, servers, replication), count));
    const of = (figure: keyof (typeof waits)[0]) => waits.map((wait) => wait[figure]);
    expectAgrees("mean wait, s", of("meanS"), law.meanS, allowed.mean);
    expectAgrees("share that waits", of("share"), law.tail(0), allowed.share);
    expectAgrees("P99 wait, s", of("p99S"), law.percentileS(0.99), allowed.p99);
  });
});

describe("D/D/1", () => {
  const dd1 = (rateRps: number): Queue => {
    return { pools: [plainPool()], rateRps, process: { type: "deterministic" }, services: oneSecond };
  };

  it("below its capacity: nobody waits", () => {
    const simulation = playQueue(core, dd1(0.5), 10_000, 1);
    expect(simulation.gather("queueWait", "all", 0, false)).toMatchObject({ reached: 10_000, positive: 0 });
  });

  it("at its capacity: nobody waits", () => {
    const simulation = playQueue(core, dd1(1), 10_000, 1);
    expect(simulation.gather("queueWait", "all", 0, false)).toMatchObject({ reached: 10_000, positive: 0 });
  });

  it("at twice its capacity: request n waits n half services", () => {
    const simulation = playQueue(core, dd1(2), 10_000, 1);
    expect(simulation.gather("queueWait", "all", 0, false).sumTicks).toBe((0.5e9 * 9999 * 10_000) / 2);
    for (const rank of [1, 2, 100, 10_000]) expect(simulation.select(rank)).toBe(0.5e9 * (rank - 1));
  });
});

/** Nine in ten short, one in ten 41 times as long: mean 1 s, squared coefficient of variation 5.76. */
const twoPoints = cells([
  { share: 0.9, input: [1, 1], output: [0.2e5 - 1, 0.2e5 - 1] },
  { share: 0.1, input: [1, 1], output: [8.2e5 - 1, 8.2e5 - 1] },
]);

/** All services from none to two seconds equally likely. */
const even = cells([{ share: 1, input: [1, 1], output: [1, 2e5 - 2] }]);

describe("M/G/1 waits as Pollaczek and Khinchine say", () => {
  const RHO = 0.7;

  function expectMeanWait(queue: Queue, meanServiceS: number, cv2: number, count: number, allowed: number): void {
    const waits = replicate((replication) => {
      return readWaits(playQueue(core, queue, count, 3, replication), count).meanS;
    });
    expectAgrees("mean wait, s", waits, mg1MeanWaitS(queue.rateRps, meanServiceS, cv2), allowed);
  }

  it.each<[string, LengthModel, number, number]>([
    ["services of two lengths", twoPoints, 300_000, 0.06],
    ["services spread evenly", even, 100_000, 0.03],
  ])("%s", (_, lengths, count, allowed) => {
    const pool = plainPool();
    const { meanS, cv2 } = serviceMoments(lengths, pool);
    expect(meanS).toBeCloseTo(1, 4);
    expectMeanWait({ pools: [pool], rateRps: RHO, services: { lengths } }, meanS, cv2, count, allowed);
  });

  it("log-normal services", () => {
    const cv2 = 2.25;
    const services = { times: (replication: number) => logNormals(cv2, 3, replication) };
    expectMeanWait({ pools: [plainPool()], rateRps: RHO, services }, 1, cv2, 300_000, 0.08);
  });

  it.each(["azure", "lmsys"])("the lengths of %s on a replica whose iterations grow with the context", (name) => {
    const { lengths } = getBuiltinWorkload(name);
    const pool = plainPool({ W: 0.008, H: 0.0006, calibrationCtx: 8192, chunk: 512, maxCtx: 1e6 });
    const { meanS, cv2 } = serviceMoments(lengths, pool);
    expectMeanWait({ pools: [pool], rateRps: RHO / meanS, services: { lengths } }, meanS, cv2, 300_000, 0.08);
  });
});

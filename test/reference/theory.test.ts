/**
 * Agreement with queueing theory. Iterations of one microsecond make output tokens microseconds of service.
 *
 * Formulas: Kleinrock, "Queueing Systems", volume 1 (1975), sections 3.2 (M/M/1), 3.4 and 3.5 (Erlang C and B), 5.6
 * (Pollaczek-Khinchine). Tolerances are several standard errors of the runs below, which are the same on every machine.
 */
import { describe, expect, it } from "vitest";
import type { Pool, Request } from "./case.js";
import { play, pool as examplePool, SECOND } from "./examples.js";
import { draw } from "./random.js";

const MICROSECONDS = 1e6;

function pool(changes: Partial<Pool> = {}): Pool {
  return examplePool({ W: 1e-6, chunk: 1e9, maxCtx: 1e9, kvBlocks: 1e9, blockSize: 1e9, ...changes });
}

/**
 * Exponential variates of mean 1. Lehmer generator modulo 2^64 with a multiplier of L'Ecuyer, "Tables of linear congruential
 * generators of different sizes and good lattice structure", Math. Comp. 68 (1999): unlike the streams under test.
 */
function exponentials(stream: number): () => number {
  let state = draw({ seed: 1, replication: 0 }, stream, 0) | 1n;
  return () => {
    state = BigInt.asUintN(64, state * 1181783497276652981n);
    return -Math.log((Number(state >> 11n) + 0.5) * 2 ** -53);
  };
}

/** Poisson arrivals of `rateRps`, mean service one second. */
function poisson(count: number, rateRps: number, service: "exponential" | "fixed"): Request[] {
  const gap = exponentials(1);
  const variate = exponentials(2);
  let arrivalS = 0;
  return Array.from({ length: count }, () => {
    arrivalS += gap() / rateRps;
    const serviceS = service === "fixed" ? 1 : variate();
    return { arrivalS, input: 0, output: Math.round(serviceS * MICROSECONDS), label: -1, category: 0 };
  });
}

function meanWaitS(pools: readonly Pool[], requests: readonly Request[]): number {
  const waits = play(pools, requests).requests.map((row) => row.waitTicks!);
  return waits.reduce((sum, wait) => sum + wait, 0) / waits.length / SECOND;
}

function expectWithin(measured: number, theory: number, relative: number): void {
  expect(Math.abs(measured / theory - 1), `${measured} against ${theory}`).toBeLessThan(relative);
}

/** Probability that all `servers` are busy in a loss system of `load` Erlangs. */
function erlangB(servers: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked;
}

describe("agrees with", () => {
  it("M/M/1: mean wait rho / (1 - rho) services", () => {
    expectWithin(meanWaitS([pool()], poisson(200_000, 0.7, "exponential")), 0.7 / 0.3, 0.05);
  });

  it("M/D/1: half the wait of M/M/1", () => {
    expectWithin(meanWaitS([pool()], poisson(40_000, 0.7, "fixed")), 0.7 / 0.3 / 2, 0.05);
  });

  it.each([
    ["slots of one replica", pool({ slots: 4 })],
    ["replicas behind a shared queue", pool({ replicas: 4, queue: "shared" })],
  ])("M/M/4, %s: Erlang C", (_, servers) => {
    const load = 4 * 0.8;
    const blocked = erlangB(4, load);
    const delayed = blocked / (1 - 0.8 * (1 - blocked));
    expectWithin(meanWaitS([servers], poisson(40_000, load, "exponential")), delayed / (4 - load), 0.07);
  });

  it.each(["exponential", "fixed"] as const)("M/G/4/4, %s service: Erlang B", (service) => {
    const result = play([pool({ slots: 4, maxQueue: 0 })], poisson(40_000, 3, service));
    expectWithin(result.fleet.rejected.queue_full / result.fleet.arrived, erlangB(4, 3), 0.03);
  });

  it("utilisation: the time average of busy slots is the load", () => {
    const result = play([pool({ slots: 4 })], poisson(20_000, 2, "exponential"));
    expectWithin(result.fleet.toLastArrival.busySlots / result.lastArrivalTick!, 2, 0.02);
  });
});

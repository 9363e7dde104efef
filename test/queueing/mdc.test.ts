import { describe, expect, it } from "vitest";
import { md1Wait } from "../../host/queueing/md1.js";
import { mdcWait } from "../../host/queueing/mdc.js";
import { mmcWait } from "../../host/queueing/mmc.js";

/**
 * Mean wait, in services, from the roots of z^c = e^(a (z - 1)) inside the unit circle: E[Q] = sum of 1 / (1 - z) over the roots but
 * z = 1, plus (a^2 - c (c - 1)) / (2 (c - a)). The generating function of the queue at 1; no part of it is shared with the code tested.
 */
function meanByRoots(servers: number, rho: number): number {
  const load = servers * rho;
  let sum = (load * load - servers * (servers - 1)) / (2 * (servers - load));
  for (let k = 1; k < servers; k++) {
    const turn = (2 * Math.PI * k) / servers;
    let [x, y] = [0, 0];
    for (let step = 0; step < 3000; step++) {
      const modulus = Math.exp(-rho * (1 - x));
      [x, y] = [modulus * Math.cos(turn + rho * y), modulus * Math.sin(turn + rho * y)];
    }
    sum += (1 - x) / ((1 - x) ** 2 + y * y);
  }
  return sum / load;
}

/** Waits of a simulation: with constant service a request starts when the c-th before it ends. */
function simulate(servers: number, rho: number, requests: number): Float64Array {
  let state = 12345;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
  const starts = new Float64Array(requests);
  const waits = new Float64Array(requests);
  let now = 0;
  for (let i = 0; i < requests; i++) {
    now -= Math.log(1 - uniform()) / (servers * rho);
    starts[i] = i < servers ? now : Math.max(now, starts[i - servers]! + 1);
    waits[i] = starts[i]! - now;
  }
  return waits;
}

describe("mdcWait", () => {
  it.each([0.001, 0.2, 0.5, 0.8, 0.95])("of one server at a load of %d is M/D/1", (rho) => {
    const one = md1Wait(rho, 1);
    const many = mdcWait(1, rho, 1);
    expect(many.meanS / one.meanS).toBeCloseTo(1, 11);
    for (const t of [0, 0.5, 1, 2.5, 3]) expect(many.tail(t) / one.tail(t)).toBeCloseTo(1, 10);
  });

  it.each([
    [2, 0.5],
    [2, 0.95],
    [4, 0.8],
    [10, 0.9],
    [16, 0.8],
    [64, 0.8],
    [64, 0.99],
  ])("of %i servers at a load of %d has the mean that the roots of its generating function give", (servers, rho) => {
    expect(mdcWait(servers, servers * rho, 1).meanS / meanByRoots(servers, rho)).toBeCloseTo(1, 9);
  });

  it.each([
    [2, 0.8],
    [4, 0.9],
    [16, 0.8],
  ])("of %i servers at a load of %d has the mean and the tail of a simulation", (servers, rho) => {
    const law = mdcWait(servers, servers * rho, 1);
    const waits = simulate(servers, rho, 1_000_000);
    const share = (t: number) => waits.reduce((count, wait) => count + (wait > t ? 1 : 0), 0) / waits.length;
    expect(waits.reduce((sum, wait) => sum + wait, 0) / waits.length / law.meanS).toBeCloseTo(1, 1);
    // The start of a run that began empty, and noise: 3 in the second digit.
    for (const t of [0, 0.3, 1]) expect(Math.abs(share(t) - law.tail(t))).toBeLessThan(0.006);
  });

  it.each([2, 4, 8, 16])("of %i servers waits as long as Cosmetatos's approximation says, to 2 %%", (servers) => {
    for (const rho of [0.7, 0.8, 0.9, 0.95]) {
      // G. P. Cosmetatos, Approximate explicit formulae for the average queueing time in M/D/r and D/M/r, INFOR 13 (1975).
      const correction = ((1 - rho) * (servers - 1) * (Math.sqrt(4 + 5 * servers) - 2)) / (16 * rho * servers);
      const approximation = 0.5 * (1 + correction) * mmcWait(servers, servers * rho, 1).meanS;
      expect(Math.abs(mdcWait(servers, servers * rho, 1).meanS / approximation - 1)).toBeLessThan(0.02);
    }
  });

  it("waits less than M/M/c, and half as long where the load nears 1", () => {
    for (const rho of [0.3, 0.6, 0.9]) {
      expect(mdcWait(8, 8 * rho, 1).meanS).toBeLessThan(mmcWait(8, 8 * rho, 1).meanS);
    }
    expect(mdcWait(8, 8 * 0.99, 1).meanS / mmcWait(8, 8 * 0.99, 1).meanS).toBeCloseTo(0.5, 2);
  });

  it("keeps its digits where almost nobody waits", () => {
    // Where a wait is rare, more than 15 arrivals within one service: P(wait > 0) ~ P(Poisson(a) >= 16).
    const probability = (k: number) => {
      let term = Math.exp(-0.5);
      for (let i = 1; i <= k; i++) term *= 0.5 / i;
      return term;
    };
    let tail = 0;
    for (let k = 60; k >= 16; k--) tail += probability(k);
    expect(mdcWait(16, 0.5, 1).tail(0) / tail).toBeCloseTo(1, 2);
  });

  it("scales with the service", () => {
    expect(mdcWait(3, 24, 0.1).percentileS(0.9) * 10).toBeCloseTo(mdcWait(3, 2.4, 1).percentileS(0.9), 10);
  });

  it("refuses a load too close to 1 to work out", () => {
    expect(() => mdcWait(2, 1.9999, 1)).toThrow("too close to 1");
  });

  it("refuses no servers and parts of them", () => {
    for (const servers of [0, 1.5, NaN]) expect(() => mdcWait(servers, 0.1, 1)).toThrow(RangeError);
  });
});

/** The iteration-level engine against a plain second program, against itself in steps, and however the requests are cut into chunks. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import { arbitraryIterationsCase } from "../iterations-reference/arbitrary.js";
import { NAMED_CASES } from "../iterations-reference/named-cases.js";
import { simulateIterations } from "../iterations-reference/simulate.js";
import { comparable, expectedPool, isDefined } from "./compare-iterations.js";
import { playIterations } from "./play-iterations.js";
import { BUILDS, loadBuild } from "./wasm-builds.js";

const RUNS = { release: 4000, debug: 1500 };

describe.each(BUILDS)("the %s core", (build) => {
  let core: Core;
  let other: Core;
  beforeAll(async () => {
    core = await loadBuild(build);
    other = await loadBuild(build);
  });

  it("agrees with the plain program on every request, to the tick, and on every sum", () => {
    const property = fc.property(arbitraryIterationsCase(), (given) => {
      const reference = simulateIterations(given);
      fc.pre(isDefined(given, reference));
      const played = playIterations(core, given);
      expect(played.requests.map(comparable)).toEqual(reference.requests.map(comparable));
      played.pools.forEach((pool, index) => expect(pool).toMatchObject(expectedPool(reference.pools[index]!)));
    });
    fc.assert(property, { numRuns: RUNS[build], seed: 1 });
  });

  it.each(Object.entries(NAMED_CASES))("agrees with it and with its own steps: %s", (_, given) => {
    const reference = simulateIterations(given);
    const played = playIterations(core, given);
    expect(played.requests.map(comparable)).toEqual(reference.requests.map(comparable));
    expect(playIterations(other, given, { step: true })).toEqual(played);
  });

  it("gives the same in jumps and in steps", () => {
    const property = fc.property(arbitraryIterationsCase(), (given) => {
      fc.pre(isDefined(given, simulateIterations(given)));
      expect(playIterations(core, given)).toEqual(playIterations(other, given, { step: true }));
    });
    fc.assert(property, { numRuns: RUNS[build], seed: 2 });
  });

  it("gives the same however the requests are cut into chunks", () => {
    const property = fc.property(arbitraryIterationsCase(), fc.integer({ min: 1, max: 20 }), (given, rows) => {
      expect(playIterations(core, given, { rows })).toEqual(playIterations(other, given));
    });
    fc.assert(property, { numRuns: RUNS[build] / 5, seed: 3 });
  });
});

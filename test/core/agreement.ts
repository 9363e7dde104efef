/** The iteration-level engine against a plain second program, against itself in steps, and however the requests are cut into chunks. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import type { IterationsCase } from "../iterations-reference/case.js";
import { simulateIterations } from "../iterations-reference/simulate.js";
import { isDefined, type Reference } from "./compare-iterations.js";
import { type PlayedPool, type PlayedRequest, playIterations } from "./play-iterations.js";
import { type Build, BUILDS, loadBuild } from "./wasm-builds.js";

/** Cases of one kind, and what of them both programs must agree on. */
export interface AgreedCases {
  drawn: () => fc.Arbitrary<IterationsCase>;
  named: Readonly<Record<string, IterationsCase>>;
  ofPlayed: (request: PlayedRequest) => unknown[];
  ofReference: (request: Reference["requests"][number]) => unknown[];
  ofPool: (pool: Reference["pools"][number]) => Partial<PlayedPool>;
  /** Cases that are drawn for each build. */
  runs: Readonly<Record<Build, number>>;
  /** Those that are played in steps as well. */
  stepRuns: Readonly<Record<Build, number>>;
}

/** Tests of cases of one kind, on both builds. */
export function testAgreement(cases: AgreedCases): void {
  const { drawn, named, ofPlayed, ofReference, ofPool, runs, stepRuns } = cases;

  describe.each(BUILDS)("the %s core", (build) => {
    let core: Core;
    let other: Core;
    beforeAll(async () => {
      core = await loadBuild(build);
      other = await loadBuild(build);
    });

    it("agrees with the plain program on every request, to the tick, and on every sum", () => {
      const property = fc.property(drawn(), (given) => {
        const reference = simulateIterations(given);
        fc.pre(isDefined(given, reference));
        const played = playIterations(core, given);
        expect(played.requests.map(ofPlayed)).toEqual(reference.requests.map(ofReference));
        played.pools.forEach((pool, index) => expect(pool).toMatchObject(ofPool(reference.pools[index]!)));
      });
      fc.assert(property, { numRuns: runs[build], seed: 1 });
    });

    it.each(Object.entries(named))("agrees with it and with its own steps: %s", (_, given) => {
      const reference = simulateIterations(given);
      const played = playIterations(core, given);
      expect(played.requests.map(ofPlayed)).toEqual(reference.requests.map(ofReference));
      expect(playIterations(other, given, { step: true })).toEqual(played);
    });

    it("gives the same in jumps and in steps", () => {
      const property = fc.property(drawn(), (given) => {
        fc.pre(isDefined(given, simulateIterations(given)));
        expect(playIterations(core, given)).toEqual(playIterations(other, given, { step: true }));
      });
      fc.assert(property, { numRuns: stepRuns[build], seed: 2 });
    });

    it("gives the same however the requests are cut into chunks", () => {
      const property = fc.property(drawn(), fc.integer({ min: 1, max: 20 }), (given, rows) => {
        expect(playIterations(core, given, { rows })).toEqual(playIterations(other, given));
      });
      fc.assert(property, { numRuns: runs[build] / 5, seed: 3 });
    });
  });
}

/** Staged fleets: the engine against a plain second program, against itself in steps, and however the requests are cut into chunks. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import { simulateIterations } from "../iterations-reference/simulate.js";
import { arbitraryStagedCase } from "../iterations-reference/stages/arbitrary-stages.js";
import { NAMED_STAGED_CASES } from "../iterations-reference/stages/named-stages.js";
import { comparable, expectedPool, isDefined, type Reference } from "./compare-iterations.js";
import { type PlayedRequest, type PlayedStage, playIterations } from "./play-iterations.js";
import { BUILDS, loadBuild } from "./wasm-builds.js";

const RUNS = { release: 4000, debug: 1200 };

/** Figures of who is not completed are known as far as they were reached: it is not yet known that others will not come. */
function reached(figure: number | null, { status }: { status: string }): number | null {
  return status === "completed" ? figure : (figure ?? Infinity);
}

function comparablePlayed(request: PlayedRequest): unknown[] {
  const { decodePool, decodeReplica, transfer, handover } = request.crossing!;
  return [...comparable(request), decodePool, decodeReplica, reached(transfer, request), reached(handover, request)];
}

function comparableReference(request: Reference["requests"][number]): unknown[] {
  const { decodePool, decodeReplica, transfer, handover } = request;
  return [...comparable(request), decodePool, decodeReplica, reached(transfer, request), reached(handover, request)];
}

function expectedStage(pool: Reference["pools"][number]): PlayedStage {
  const { handedOver, takenOver, spilled, kept, completed } = pool;
  const { transfers, linkBytes, transferSum, grantSum, linkWaitSum } = pool;
  return { handedOver, takenOver, spilled, kept, completed, transfers, linkBytes, transferSum, grantSum, linkWaitSum };
}

describe.each(BUILDS)("the %s core", (build) => {
  let core: Core;
  let other: Core;
  beforeAll(async () => {
    core = await loadBuild(build);
    other = await loadBuild(build);
  });

  it("agrees with the plain program on every request, to the tick, and on every sum", () => {
    const property = fc.property(arbitraryStagedCase(), (given) => {
      const reference = simulateIterations(given);
      fc.pre(isDefined(given, reference));
      const played = playIterations(core, given);
      expect(played.requests.map(comparablePlayed)).toEqual(reference.requests.map(comparableReference));
      played.pools.forEach((pool, index) => {
        const expected = reference.pools[index]!;
        expect(pool).toMatchObject({ ...expectedPool(expected), stage: expectedStage(expected) });
      });
    });
    fc.assert(property, { numRuns: RUNS[build], seed: 1 });
  });

  it.each(Object.entries(NAMED_STAGED_CASES))("agrees with it and with its own steps: %s", (_, given) => {
    const reference = simulateIterations(given);
    const played = playIterations(core, given);
    expect(played.requests.map(comparablePlayed)).toEqual(reference.requests.map(comparableReference));
    expect(playIterations(other, given, { step: true })).toEqual(played);
  });

  it("gives the same in jumps and in steps", () => {
    const property = fc.property(arbitraryStagedCase(), (given) => {
      fc.pre(isDefined(given, simulateIterations(given)));
      expect(playIterations(core, given)).toEqual(playIterations(other, given, { step: true }));
    });
    fc.assert(property, { numRuns: RUNS[build] / 2, seed: 2 });
  });

  it("gives the same however the requests are cut into chunks", () => {
    const property = fc.property(arbitraryStagedCase(), fc.integer({ min: 1, max: 20 }), (given, rows) => {
      expect(playIterations(core, given, { rows })).toEqual(playIterations(other, given));
    });
    fc.assert(property, { numRuns: RUNS[build] / 5, seed: 3 });
  });
});

/** Staged fleets: who crossed, when, and what it took, beside all that other fleets agree on. */
import { arbitraryStagedCase } from "../iterations-reference/stages/arbitrary-stages.js";
import { NAMED_STAGED_CASES } from "../iterations-reference/stages/named-stages.js";
import { testAgreement } from "./agreement.js";
import { comparable, expectedPool, type Reference } from "./compare-iterations.js";
import type { PlayedRequest, PlayedStage } from "./play-iterations.js";

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

testAgreement({
  drawn: arbitraryStagedCase,
  named: NAMED_STAGED_CASES,
  ofPlayed: comparablePlayed,
  ofReference: comparableReference,
  ofPool: (pool) => ({ ...expectedPool(pool), stage: expectedStage(pool) }),
  runs: { release: 4000, debug: 1200 },
  stepRuns: { release: 2000, debug: 600 },
});

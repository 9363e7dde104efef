/** Section "Arrival at a prefill pool". */
import { join, type Lane } from "../lane.js";
import { enterPool, enterReplica, type PoolState, type Replica, takeLane } from "../pool-state.js";
import type { Sequence } from "../sequence.js";
import { ask, chooseDecodeLane, wouldGrant } from "./asking.js";
import { decodePoolOf, prefillStageOf, type StagedFleet } from "./fleet.js";

/** A request reaches its pool, of whatever role. */
export function reach(fleet: StagedFleet, sequence: Sequence): void {
  const state = fleet.pools[sequence.pool]!;
  const stage = prefillStageOf(state.pool);
  sequence.reachTick = fleet.now;
  if (stage?.handover === "reserve") {
    state.reserving.add(sequence);
    ask(fleet, sequence);
  } else if (stage === null || stage.spillPromptTokens === null) {
    enterPool(state, sequence, fleet.now, fleet.one);
  } else {
    const lane = takeLane(state, sequence, fleet.one);
    const wants = pendingTokens(state.replicas[lane.replica]!) >= stage.spillPromptTokens;
    const decodeLane = wants ? chooseDecodeLane(fleet, sequence) : null;
    const spills = decodeLane !== null && decodeLane.intake.length === 0 && wouldGrant(fleet, decodeLane, sequence);
    if (spills) spill(fleet, state, decodePoolOf(fleet, stage), decodeLane, sequence);
    else enterReplica(state, lane, sequence, fleet.now);
  }
}

/** Inputs of the requests of a replica whose first prompt is not yet computed. */
function pendingTokens({ lanes }: Replica): number {
  return lanes
    .flatMap(({ queue, running }) => [...queue, ...running])
    .filter(({ crossing }) => crossing.promptTick === null)
    .reduce((sum, { input }) => sum + input, 0);
}

/** A request goes to the decode pool as it is, as to a mixed pool. */
function spill(fleet: StagedFleet, from: PoolState, to: PoolState, lane: Lane, sequence: Sequence): void {
  sequence.crossing.spilled = true;
  sequence.crossing.decodePool = lane.poolIndex;
  sequence.crossing.decodeLane = lane;
  from.totals.spilled += 1;
  to.totals.takenOver += 1;
  join(lane, sequence, fleet.now);
}

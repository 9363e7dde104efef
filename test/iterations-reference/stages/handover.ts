/** Section "The end of a prompt": what becomes of the requests of a prefill lane whose prompts are computed. */
import type { CorePrefillStage } from "../../../host/core/run-spec.js";
import type { Lane } from "../lane.js";
import type { Sequence } from "../sequence.js";
import { ask, chooseDecodeLane, toAsk, wouldGrant } from "./asking.js";
import { asksWhenAdmitted, prefillStageOf, replicaOf, type StagedFleet } from "./fleet.js";
import { beginTransfer } from "./transfer.js";

/** A request whose first prompt was computed in this iteration, and which is not complete, is handed over; or it is kept: `keep` is called, and answers nothing. */
export function handOver(fleet: StagedFleet, lane: Lane, sequence: Sequence, keep: () => void): void {
  const stage = prefillStageOf(lane.pool)!;
  if (!stage.keepDecodes) {
    leave(fleet, stage, lane, sequence);
    goOnAsking(fleet, stage, lane, sequence);
    return;
  }
  const decodeLane = chooseDecodeLane(fleet, sequence);
  if (decodeLane.intake.length === 0 && wouldGrant(fleet, decodeLane, sequence)) {
    leave(fleet, stage, lane, sequence);
    ask(fleet, sequence, decodeLane);
  } else {
    lane.totals.kept += 1;
    keep();
  }
}

/** It leaves its seat and its pool; its blocks stay taken. */
function leave(fleet: StagedFleet, stage: CorePrefillStage, lane: Lane, sequence: Sequence): void {
  const { crossing } = sequence;
  const decodePool = fleet.pools[stage.decodePool]!;
  lane.running.splice(lane.running.indexOf(sequence), 1);
  crossing.handedOver = true;
  crossing.decodePool = stage.decodePool;
  crossing.heldIn = lane;
  replicaOf(fleet, lane).held.add(sequence);
  decodePool.arriving.add(sequence);
  lane.totals.handedOver += 1;
  decodePool.totals.takenOver += 1;
}

function goOnAsking(fleet: StagedFleet, stage: CorePrefillStage, lane: Lane, sequence: Sequence): void {
  const askedBefore = stage.handover === "reserve" || asksWhenAdmitted(stage);
  if (askedBefore && sequence.crossing.place === "granted") beginTransfer(fleet, sequence);
  if (askedBefore) return;
  if (stage.handover === "push") toAsk(fleet, sequence, lane);
  else ask(fleet, sequence);
}

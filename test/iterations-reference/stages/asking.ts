/** Section "Asking and granting": memory of the decode side. */
import { type Lane, wake } from "../lane.js";
import { enterPool, takeLane } from "../pool-state.js";
import type { Sequence } from "../sequence.js";
import {
  asksWhenAdmitted,
  crossingTokens,
  decodePoolOf,
  prefillStageOf,
  replicaOf,
  type StagedFleet,
  stageOf,
} from "./fleet.js";
import { beginTransfer } from "./transfer.js";

/** The lane of the decode pool that a request would ask now. The choice counts as made. */
export function chooseDecodeLane(fleet: StagedFleet, sequence: Sequence): Lane {
  return takeLane(decodePoolOf(fleet, stageOf(fleet, sequence)), sequence, fleet.one);
}

/** A request joins the intake of a decode lane. */
export function ask(fleet: StagedFleet, sequence: Sequence, lane: Lane = chooseDecodeLane(fleet, sequence)): void {
  sequence.crossing.place = "intake";
  sequence.crossing.decodeLane = lane;
  lane.intake.push(sequence);
  grantInTurn(fleet, lane);
}

/** `push`: a request of a replica is to ask, in its turn. */
export function toAsk(fleet: StagedFleet, sequence: Sequence, prefillLane: Lane): void {
  sequence.crossing.place = "outbox";
  replicaOf(fleet, prefillLane).outbox.push(sequence);
  askInTurn(fleet, prefillLane);
}

/** While nobody of the replica is asking, the head of its outbox asks. */
function askInTurn(fleet: StagedFleet, prefillLane: Lane): void {
  const replica = replicaOf(fleet, prefillLane);
  while (replica.asking === null && replica.outbox.length > 0) {
    const head = replica.outbox.shift()!;
    replica.asking = head;
    ask(fleet, head);
  }
}

/** The head of an intake is granted as often as it can be. */
export function grantInTurn(fleet: StagedFleet, lane: Lane): void {
  while (lane.intake.length > 0 && wouldGrant(fleet, lane, lane.intake[0]!)) {
    grant(fleet, lane, lane.intake.shift()!);
  }
}

function blocksFor(fleet: StagedFleet, lane: Lane, sequence: Sequence): number {
  return Math.ceil(crossingTokens(stageOf(fleet, sequence), sequence) / lane.memory.blockSize);
}

/** Whether a lane would grant a request what it asks for if that were the head of its intake. */
export function wouldGrant(fleet: StagedFleet, lane: Lane, sequence: Sequence): boolean {
  const { memory, running, granted, landed, seats, queue } = lane;
  if (queue.length > 0) return false;
  const watermark = memory.inUse === 0 ? 0 : Math.floor(lane.pool.serving.watermark * memory.blocks);
  if (blocksFor(fleet, lane, sequence) + watermark > memory.free) return false;
  return stageOf(fleet, sequence).handover !== "pull" || running.length + granted.length + landed.length < seats;
}

function grant(fleet: StagedFleet, lane: Lane, sequence: Sequence): void {
  const { crossing } = sequence;
  const { handover } = stageOf(fleet, sequence);
  crossing.place = "granted";
  crossing.grantTick = fleet.now;
  crossing.granted = { ownBlocks: 0, units: [] };
  lane.memory.take(crossing.granted, blocksFor(fleet, lane, sequence));
  lane.granted.push(sequence);

  if (crossing.handedOver) beginTransfer(fleet, sequence);
  if (handover === "reserve") goOnWithPrompt(fleet, sequence);
  if (handover === "push") nobodyAsks(fleet, sequence);
}

/** `reserve`: it goes on where it stopped at its prefill pool. */
function goOnWithPrompt(fleet: StagedFleet, sequence: Sequence): void {
  const pool = fleet.pools[sequence.pool]!;
  pool.reserving.delete(sequence);
  enterPool(pool, sequence, fleet.now, fleet.one);
}

/** `push`: a request no longer asks, and the next of its replica does. */
function nobodyAsks(fleet: StagedFleet, sequence: Sequence): void {
  const lane = sequence.crossing.heldIn ?? sequence.lane!;
  replicaOf(fleet, lane).asking = null;
  askInTurn(fleet, lane);
}

/** A request that is in no transfer gives up what it asked for, or was granted, or was to ask for. */
export function giveUp(fleet: StagedFleet, sequence: Sequence): void {
  const { crossing } = sequence;
  const { place, decodeLane } = crossing;
  crossing.place = "none";
  crossing.decodeLane = null;
  if (place === "outbox") {
    const { outbox } = replicaOf(fleet, sequence.lane!);
    outbox.splice(outbox.indexOf(sequence), 1);
  } else if (place === "intake") {
    decodeLane!.intake.splice(decodeLane!.intake.indexOf(sequence), 1);
    grantInTurn(fleet, decodeLane!);
    if (stageOf(fleet, sequence).handover === "push") nobodyAsks(fleet, sequence);
  } else if (place === "granted") {
    decodeLane!.granted.splice(decodeLane!.granted.indexOf(sequence), 1);
    decodeLane!.memory.release(crossing.granted!);
    crossing.granted = null;
    crossing.grantTick = null;
    if (decodeLane!.queue.length > 0) wake(decodeLane!, fleet.now);
    grantInTurn(fleet, decodeLane!);
  }
}

/** An iteration starts in a prefill lane: who was preempted gives up, then who was admitted is to ask. */
export function iterationStarted(
  fleet: StagedFleet,
  lane: Lane,
  { preempted, admitted }: { preempted: readonly Sequence[]; admitted: readonly Sequence[] },
): void {
  const stage = prefillStageOf(lane.pool);
  if (stage === null || !asksWhenAdmitted(stage)) return;
  for (const sequence of preempted) giveUp(fleet, sequence);
  for (const sequence of admitted) toAsk(fleet, sequence, lane);
}

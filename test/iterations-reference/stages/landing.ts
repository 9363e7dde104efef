/** Section "Landing": keys and values are there; the request waits for nothing but a seat. */
import { type Lane, wake } from "../lane.js";
import type { Sequence } from "../sequence.js";
import { crossingTokens, replicaOf, type StagedFleet, stageOf } from "./fleet.js";
import { later } from "./links.js";
import type { Transfer } from "./transfer.js";

export function land(fleet: StagedFleet, transfer: Transfer): void {
  const { sequence } = transfer;
  const { crossing } = sequence;
  const from = crossing.heldIn!;
  const to = crossing.decodeLane!;

  from.memory.release(sequence);
  crossing.heldIn = null;
  replicaOf(fleet, from).held.delete(sequence);
  if (from.queue.length > 0) wake(from, fleet.now);

  to.granted.splice(to.granted.indexOf(sequence), 1);
  to.landed.push(sequence);
  sequence.ownBlocks = crossing.granted!.ownBlocks;
  crossing.granted = null;
  crossing.place = "landed";
  crossing.landTick = fleet.now;
  wake(to, fleet.now);

  count(fleet, transfer);
}

/** In both pools: each counts what its links carried. */
function count(fleet: StagedFleet, { sequence, bytes, doneTick, aloneTick }: Transfer): void {
  const { promptTick, grantTick, landTick, decodeLane } = sequence.crossing;
  for (const pool of [sequence.pool, decodeLane!.poolIndex]) {
    const { totals } = fleet.pools[pool]!;
    totals.transfers += 1;
    totals.linkBytes += bytes;
    totals.transferSum += Number(landTick! - promptTick!);
    totals.grantSum += Number(later(promptTick!, grantTick!) - promptTick!);
    totals.linkWaitSum += Number(doneTick - aloneTick);
  }
}

/** At the start of an iteration, before anything else: who landed takes a seat while there is one. */
export function seatLanded(fleet: StagedFleet, lane: Lane): void {
  while (lane.landed.length > 0 && lane.running.length < lane.seats) {
    const sequence = lane.landed.shift()!;
    takeSeat(fleet, lane, sequence);
  }
}

function takeSeat(fleet: StagedFleet, lane: Lane, sequence: Sequence): void {
  sequence.computed = crossingTokens(stageOf(fleet, sequence), sequence);
  // All but what it emits next is computed: it decodes.
  sequence.prompt = sequence.computed;
  sequence.lane = lane;
  sequence.crossing.place = "seated";
  fleet.pools[lane.poolIndex]!.arriving.delete(sequence);
  lane.running.push(sequence);
}

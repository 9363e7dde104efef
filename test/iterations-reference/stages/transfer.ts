/** Section "Transfer": keys and values on their way. */
import { holdTick, tickAt } from "../clock.js";
import type { Sequence } from "../sequence.js";
import { crossingTokens, replicaOf, type StagedFleet, stageOf } from "./fleet.js";
import { land } from "./landing.js";
import { aloneTick, bytesOf, later, layersOf, type Link, ticksOn } from "./links.js";

export interface Transfer {
  sequence: Sequence;
  bytes: number;
  /** Of the prefill side, then of the decode side. */
  links: readonly [Link, Link];
  aloneTick: bigint;
  latencyTicks: bigint;
  /** When it is, or was, done; `shared`: as far as is known now. */
  doneTick: bigint;
  /** `shared`: whether it is on its links; what is left of it, bytes, when it was last looked at, and its rate from then on. */
  underWay: boolean;
  rest: number;
  lookedAt: bigint;
  rate: number;
}

/** The prompt of a request is computed and memory is granted: its keys and values begin to cross. */
export function beginTransfer(fleet: StagedFleet, sequence: Sequence): void {
  const stage = stageOf(fleet, sequence);
  const { heldIn, decodeLane, promptTick, grantTick } = sequence.crossing;
  const bytes = bytesOf(stage, crossingTokens(stage, sequence));
  const links = [replicaOf(fleet, heldIn!).link!, replicaOf(fleet, decodeLane!).link!] as const;
  const each = links.map(({ bandwidth }) => ticksOn(bytes, bandwidth)) as [bigint, bigint];
  const S = later(1n, later(...each));
  const milestones = { admissionTick: sequence.admissionTick!, promptTick: promptTick!, grantTick: grantTick! };
  const alone = aloneTick(stage, milestones, S);
  const transfer: Transfer = {
    sequence,
    bytes,
    links,
    aloneTick: alone,
    latencyTicks: tickAt(stage.linkLatencyS),
    doneTick: alone,
    underWay: false,
    rest: bytes,
    lookedAt: fleet.now,
    rate: 0,
  };
  fleet.transfers.push(transfer);
  if (stage.sharing === "shared") beginShared(transfer, fleet.now);
  else {
    const { readyTick, lastLayerTicks } = layersOf(stage, milestones, each);
    queueUp(transfer, each, readyTick, lastLayerTicks);
  }
}

/** `fifo`: the first link, then the second, each for its own time. */
function queueUp(
  transfer: Transfer,
  each: readonly [bigint, bigint],
  readyTick: bigint,
  lastLayer: readonly bigint[],
): void {
  const [first, second] = transfer.links;
  const begin1 = later(readyTick, first.freeTick);
  const end1 = holdTick(later(begin1 + each[0], lastLayer[0]!));
  const begin2 = later(begin1, second.freeTick);
  const end2 = holdTick(later(begin2 + each[1], later(lastLayer[1]!, end1)));
  if (first.bandwidth < Infinity) first.freeTick = end1;
  if (second.bandwidth < Infinity) second.freeTick = end2;
  transfer.doneTick = later(transfer.aloneTick, end2);
}

function beginShared(transfer: Transfer, now: bigint): void {
  transfer.underWay = true;
  for (const link of transfer.links) link.underWay.push(transfer);
  lookAt(transfer.links, now);
}

function endShared(transfer: Transfer, now: bigint): void {
  transfer.underWay = false;
  for (const link of transfer.links) link.underWay.splice(link.underWay.indexOf(transfer), 1);
  lookAt(transfer.links, now);
}

/** A transfer began or ended on these links. */
function lookAt(links: readonly Link[], now: bigint): void {
  for (const transfer of new Set(links.flatMap(({ underWay }) => underWay))) {
    // Without limit nothing is carried in no time, where the formula would be infinity times zero.
    if (now > transfer.lookedAt) {
      transfer.rest = Math.max(0, transfer.rest - transfer.rate * (Number(now - transfer.lookedAt) / 1e9));
    }
    transfer.lookedAt = now;
    transfer.rate = Math.min(...transfer.links.map(({ bandwidth, underWay }) => bandwidth / underWay.length));
    const ticks = Math.ceil((transfer.rest / transfer.rate) * 1e9);
    if (ticks === 0) transfer.rest = 0;
    transfer.doneTick = holdTick(now + BigInt(Math.max(1, ticks)));
  }
}

/** The tick of the next event of a transfer: it ends, or it lands. */
export function nextTickOf({ underWay, doneTick, latencyTicks }: Transfer): bigint {
  return underWay ? doneTick : holdTick(doneTick + latencyTicks);
}

/** That event. */
export function goOn(fleet: StagedFleet, transfer: Transfer): void {
  if (transfer.underWay) {
    endShared(transfer, fleet.now);
    if (transfer.latencyTicks > 0n) return;
  }
  fleet.transfers.splice(fleet.transfers.indexOf(transfer), 1);
  land(fleet, transfer);
}

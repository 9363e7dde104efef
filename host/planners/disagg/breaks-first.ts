import type { ReplayResult } from "../replay.js";
import type { DisaggQuestion } from "./disagg-question.js";
import type { BreaksFirst } from "./disagg-result.js";
import { type JudgedReplay, replayLoad, usesOf } from "./fresh-replay.js";
import type { LatencyObjective } from "./latency-objective.js";
import { DECODE_ID, PREFILL_ID } from "./pair-fleet.js";
import type { PairKind } from "./pair-kind.js";
import { type FleetRate, nextRate } from "./rate-search.js";
import type { RequestJudge } from "./request-judge.js";

/** Plays a pair at higher and higher rates, until it does not bear one any more, to see what gives way. */
export async function breaksFirst(question: DisaggQuestion, rate: FleetRate<PairKind>): Promise<BreaksFirst> {
  const { load, seed, objective } = question;
  const fleet = rate.kind.fleetOf(rate.counts);
  let atRps = rate.rateRps;
  const replayedAt = (rateRps: number) => replayLoad(question, fleet, { load, rateRps, seed });
  let borne = await replayedAt(atRps);
  let replayed = await replayedAt((atRps = nextRate(atRps)));
  // What other requests have ruled out these may still bear.
  for (let steps = 1; isBorne(replayed) && steps < MOST_STEPS; steps++) {
    borne = replayed;
    replayed = await replayedAt((atRps = nextRate(atRps)));
  }
  const low = await replayedAt(LOW * rate.rateRps);
  const { judge, run } = replayed;
  const isMissed = (index: number) => judge.missed[index]! > judge.allowed[index]!;
  return {
    goodput_rps: rate.rateRps,
    at_rps: atRps,
    missed: objective.conditions.filter((_, index) => isMissed(index)).map(({ name }) => name),
    resource: resourceOf(question, replayed, { borne, low }),
    use: usesOf(run),
  };
}

/** Steps of the ladder that are tried. */
const MOST_STEPS = 25;

function isBorne({ judge, run }: JudgedReplay): boolean {
  return run.stability.verdict === "stable" && !judge.isLost;
}

type Resource = BreaksFirst["resource"];

/** The low rate that waits are held against, as a share of the highest that is borne. */
const LOW = 0.5;

/** Mean parts of the time of a request, ms. */
interface Parts {
  /** To the end of its prompt. */
  prefill: number;
  link: number;
  /** Waiting for memory or a seat of the decode side. */
  room: number;
  /** Between its tokens there. */
  decoding: number;
}

/**
 * The part of the time of a request that has grown most since the rate was half as high, of those that the limit counts which is missed most: time to the first token, or time per output token. Before that,
 * room on the decode side that has just run out. Where no limit is missed yet, or prompts wait because the decode side holds their pool up, it is what does not keep up.
 */
function resourceOf(
  { objective }: DisaggQuestion,
  { run, judge }: JudgedReplay,
  { borne, low }: { borne: JudgedReplay; low: JudgedReplay },
): Resource {
  const room = roomOf(run);
  const counted = countedParts(objective, judge);
  const bottleneck = (run.bottlenecks ?? []).find(
    ({ holds_up: heldUp }) => !judge.isLost || (counted.includes("prefill") && heldUp.includes(PREFILL_ID)),
  );
  if (bottleneck) {
    const resources = { prompts: "prefill", link: "link", decoding: room, serving: room } as const;
    return resources[bottleneck.what];
  }
  const [now, before] = [partsOf(run), partsOf(low.run)];
  if (counted.includes("room") && isRoomGone(run, borne.run)) return room;
  const grown = (part: keyof Parts) => now[part] - before[part];
  const part = counted.reduce((most, one) => (grown(one) > grown(most) ? one : most));
  return ({ prefill: "prefill", link: "link", room, decoding: "decode-speed" } as const)[part];
}

/** Who waits for room runs with fewer others: iterations that have grown longer until then would hide what made the wait. */
function isRoomGone(now: ReplayResult, borne: ReplayResult): boolean {
  const waitMs = partsOf(now).room;
  return waitMs > TOLD_WAIT * (now.e2e_ms.mean ?? 0) && waitMs >= LEAP * partsOf(borne).room;
}

/** Share of the end-to-end time, both on average, above which a wait for room is told. */
const TOLD_WAIT = 0.1;

/** How many times as long it is as at the last rate that is borne. */
const LEAP = 10;

/** The parts of the time that the limit counts which is missed most. */
function countedParts({ conditions, limits, ttftAt }: LatencyObjective, judge: RequestJudge): (keyof Parts)[] {
  const excess = conditions.map((_, index) => judge.missed[index]! / Math.max(1, judge.allowed[index]!));
  const worst = conditions[excess.indexOf(Math.max(...excess))]!;
  const missesTtft = judge.shareWithin({ ttft: limits.ttft! }) < judge.shareWithin({ tpot: limits.tpot! });
  const isOfBoth = worst.limits.ttft !== undefined && worst.limits.tpot !== undefined;
  if (isOfBoth ? missesTtft : worst.limits.ttft !== undefined) {
    return ttftAt === "user" ? ["prefill", "link", "room"] : ["prefill"];
  }
  return worst.limits.e2e === undefined ? ["link", "room", "decoding"] : ["prefill", "link", "room", "decoding"];
}

function partsOf({ transfers, ttft_at_prefill_ms: prefill, ttft_at_user_ms: user, e2e_ms: e2e }: ReplayResult): Parts {
  return {
    prefill: prefill?.mean ?? 0,
    link: transfers?.waiting_for_link_ms ?? 0,
    room: transfers?.waiting_for_room_ms ?? 0,
    decoding: (e2e.mean ?? 0) - (user?.mean ?? 0),
  };
}

/** What of the decode side is scarcer. */
function roomOf({ pools }: ReplayResult): Resource {
  const { slots, kv } = pools[DECODE_ID]!.utilisation;
  return slots > kv ? "decode-seats" : "decode-memory";
}

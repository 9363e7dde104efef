import type { DisaggQuestion } from "./disagg-question.js";
import type { BreaksFirst } from "./disagg-result.js";
import { type JudgedReplay, replayLoad, usesOf } from "./fresh-replay.js";
import { DECODE_ID, PREFILL_ID } from "./pair-fleet.js";
import type { PairKind } from "./pair-kind.js";
import { type FleetRate, nextRate } from "./rate-search.js";

/** Plays a pair at higher and higher rates, until it does not bear one any more, to see what gives way. */
export async function breaksFirst(question: DisaggQuestion, rate: FleetRate<PairKind>): Promise<BreaksFirst> {
  const { load, seed, objective } = question;
  const fleet = rate.kind.fleetOf(rate.counts);
  let atRps = rate.rateRps;
  let replayed: JudgedReplay;
  let steps = 0;
  // What other requests have ruled out these may still bear.
  do {
    atRps = nextRate(atRps);
    replayed = await replayLoad(question, fleet, { load, rateRps: atRps, seed });
  } while (isBorne(replayed) && ++steps < MOST_STEPS);
  const { judge, run } = replayed;
  const isMissed = (index: number) => judge.missed[index]! > judge.allowed[index]!;
  return {
    goodput_rps: rate.rateRps,
    at_rps: atRps,
    missed: objective.conditions.filter((_, index) => isMissed(index)).map(({ name }) => name),
    resource: resourceOf(question, replayed),
    use: usesOf(run),
  };
}

/** Steps of the ladder that are tried. */
const MOST_STEPS = 25;

function isBorne({ judge, run }: JudgedReplay): boolean {
  return run.stability.verdict === "stable" && !judge.isLost;
}

type Resource = BreaksFirst["resource"];

/**
 * Where a pool does not keep up it is that. Else it is what takes most of the figure that is missed most: of the first token the wait for prefill against the waits of the hand-over; of the time per output token these against
 * the iterations of the decode side.
 */
function resourceOf({ objective }: DisaggQuestion, { run, judge }: JudgedReplay): Resource {
  const { link, memory, room } = waitsOf(run);
  const [bottleneck] = run.bottlenecks ?? [];
  if (bottleneck)
    return { prompts: "prefill", link: "link", decoding: room, serving: room }[bottleneck.what] as Resource;
  const excess = objective.conditions.map((_, index) => judge.missed[index]! / Math.max(1, judge.allowed[index]!));
  const worst = objective.conditions[excess.indexOf(Math.max(...excess))]!;
  const missesTtft =
    judge.shareWithin({ ttft: objective.limits.ttft! }) < judge.shareWithin({ tpot: objective.limits.tpot! });
  const isTtft =
    worst.limits.tpot === undefined ? worst.limits.ttft !== undefined : worst.limits.ttft !== undefined && missesTtft;
  const handover = Math.max(link, memory);
  const waited = link > memory ? "link" : room;
  if (isTtft) {
    const prefill = run.pools[PREFILL_ID]!.queue_wait_ms.mean ?? 0;
    return handover > prefill && objective.ttftAt !== "prefill" ? waited : "prefill";
  }
  const iterationMs = run.pools[DECODE_ID]!.batching!.mean_iteration_ms ?? 0;
  const tokens = Math.max(1, (run.pools[DECODE_ID]!.batching!.decode_tokens || 1) / Math.max(1, run.transfers!.count));
  return handover / tokens > iterationMs ? waited : "decode-speed";
}

/** Mean waits of a hand-over, ms, and what of the decode side is scarcer. */
function waitsOf({ transfers, pools }: JudgedReplay["run"]): { link: number; memory: number; room: Resource } {
  const { slots, kv } = pools[DECODE_ID]!.utilisation;
  return {
    link: transfers!.waiting_for_link_ms ?? 0,
    memory: transfers!.waiting_for_memory_ms ?? 0,
    room: slots > kv ? "decode-seats" : "decode-memory",
  };
}

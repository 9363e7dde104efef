import type { Figures } from "../../core/figures.js";
import type { Fleet } from "../../specs/fleet.js";
import { replay, type ReplayResult } from "../replay.js";
import type { DisaggQuestion } from "./disagg-question.js";
import type { DisaggCheck, SideUse } from "./disagg-result.js";
import { judgeOf, TRIAL_WARMUP } from "./fleet-trial.js";
import type { HeldLoad } from "./held-load.js";
import { DECODE_ID, PREFILL_ID } from "./pair-fleet.js";
import { attainmentOf, slowdownsOf } from "./point-rows.js";
import type { RequestJudge } from "./request-judge.js";

/** A whole replay of a fleet, and what its requests kept. */
export interface JudgedReplay {
  run: ReplayResult;
  judge: RequestJudge;
}

/** Replays held requests through a fleet, with all figures. */
export async function replayLoad(
  question: DisaggQuestion,
  fleet: Fleet,
  { load, rateRps, seed }: { load: HeldLoad; rateRps: number; seed: number },
): Promise<JudgedReplay> {
  const { objective, core, sloTtftMs, sloTpotMs } = question;
  const judge = judgeOf(fleet, objective, load.count);
  const run = await replay({
    fleet,
    engine: "iterations",
    requests: {
      open: async () => load.at(rateRps),
      ...(load.blockTokens === undefined ? {} : { blockTokens: load.blockTokens }),
    },
    sloMs: sloTtftMs,
    sloTpotMs,
    seed,
    warmup: TRIAL_WARMUP,
    core,
    onResults: (rows) => judge.take(rows),
  });
  question.runs++;
  await question.onRun?.(question.runs);
  return { run, judge };
}

/** Replays the answer with requests that nothing was sized with, and which it was confirmed with last; of a trace with the same. */
export async function checkAnswer(
  question: DisaggQuestion,
  fleet: Fleet,
  { rateRps, confirmedWith }: { rateRps: number; confirmedWith: number },
): Promise<DisaggCheck> {
  const number = confirmedWith;
  const seed = question.seed + number;
  const fresh = await question.fresh(number);
  const load = fresh ?? question.load;
  const { run, judge } = await replayLoad(question, fleet, { load, rateRps, seed });
  const { verdict } = run.stability;
  return {
    seed,
    requests: run.requests.arrived,
    has_fresh_requests: fresh !== undefined,
    rate_rps: rateRps,
    holds: verdict === "stable" && !judge.isLost,
    verdict,
    bottlenecks: run.bottlenecks ?? [],
    attainment: attainmentOf(judge, question),
    ttft_at_prefill_ms: run.ttft_at_prefill_ms!,
    ttft_at_user_ms: run.ttft_at_user_ms!,
    ttft_ms: run.ttft_ms,
    tpot_ms: run.tpot_ms,
    tpot_over_n_ms: run.tpot_over_n_ms!,
    e2e_ms: run.e2e_ms,
    itl_ms: run.itl_ms!,
    handover_ms: run.handover_ms!,
    transfers: run.transfers!,
    use: usesOf(run),
    energy: run.energy ?? null,
    ...(run.energy_unknown === undefined ? {} : { energy_unknown: run.energy_unknown }),
    ...slowdownsOf(judge, question),
  };
}

/** What both sides of a run were used. */
export function usesOf({ pools }: ReplayResult): { prefill: SideUse; decode: SideUse } {
  return { prefill: useOf(pools[PREFILL_ID]!), decode: useOf(pools[DECODE_ID]!) };
}

function useOf({ utilisation, batching }: Figures): SideUse {
  const { slots, kv, kv_outside: outside = 0, link = null } = utilisation;
  return { busy: batching!.busy, seats: slots, kv, kv_outside: outside, link };
}

import type { Core } from "../../host/core/load.js";
import { compareColocated } from "../../host/planners/disagg/compare-colocated.js";
import { openDisagg } from "../../host/planners/disagg/disagg-question.js";
import { type Colocated, disagg, type DisaggOptions, type DisaggResult } from "../../host/planners/disagg.js";
import { openPlanningRequests } from "../../host/planners/planning-requests.js";
import { replay, type ReplayResult } from "../../host/planners/replay.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { checkFleet, type FleetInput } from "../../host/specs/fleet-spec.js";
import type { WorkloadModel } from "../../host/workloads/models.js";
import { SEED } from "./setting.js";

/** Which pair is the least, and what stands beside it. */
export interface PairQuestion {
  kind: "pair";
  options: DisaggOptions;
}

/** Which fleet without separate pools is the least, of all replicas that the options name: what `disagg` answers beside a pair, without the pair. */
export interface TogetherQuestion {
  kind: "together";
  options: DisaggOptions;
  /** A pair to be held against it: what it costs, and the highest rate that it bears. */
  pair: { costPerHr: number; goodputRps: number } | null;
}

/** How a given fleet serves: the requests that a planner would play at this rate. */
export interface ReplayQuestion {
  kind: "replay";
  fleet: FleetInput;
  /** A built-in workload; or requests that are all alike, and come at random. */
  requests: string | { input: number; output: number };
  rateRps: number;
  count: number;
  /** Share that is not measured; default: a quarter, as in runs of the planner. */
  warmup?: number;
}

/** What a section of the page wants to know: plain data, so that another process can answer it. */
export type Question = PairQuestion | TogetherQuestion | ReplayQuestion;

/** What a question is answered with: plain data too. */
export type AnswerTo<Asked extends Question> = Asked extends PairQuestion
  ? DisaggResult
  : Asked extends TogetherQuestion
    ? Colocated
    : ReplayResult;

/** Answers questions; the same one is worked out once, whoever asks. */
export type Ask = <Asked extends Question>(question: Asked) => Promise<AnswerTo<Asked>>;

/** Works out an answer. */
export async function answer(core: Core, question: Question): Promise<DisaggResult | Colocated | ReplayResult> {
  if (question.kind === "pair") return disagg({ ...question.options, core });
  if (question.kind === "together") return together(core, question);
  return played(core, question);
}

async function together(core: Core, { options, pair }: TogetherQuestion): Promise<Colocated> {
  const held = pair && {
    measure: { goal: "cost" as const, amount: pair.costPerHr },
    goodputRps: pair.goodputRps,
  };
  const { colocated } = await compareColocated(await openDisagg({ ...options, core }), held ?? undefined);
  return colocated;
}

async function played(core: Core, question: ReplayQuestion): Promise<ReplayResult> {
  const { fleet, requests, rateRps, count, warmup = 0.25 } = question;
  const opened = await openPlanningRequests({
    workload: typeof requests === "string" ? requests : allAlike(requests),
    rateRps,
  });
  return replay({
    fleet: resolveFleet(checkFleet(fleet)),
    requests: opened.at(rateRps, count),
    seed: SEED,
    warmup,
    core,
  });
}

function allAlike({ input, output }: { input: number; output: number }): WorkloadModel {
  const one = (tokens: number) => Uint32Array.of(tokens);
  return {
    name: `${input} + ${output} tokens`,
    lengths: {
      windowS: Infinity,
      windowCell: Uint32Array.of(0, 1),
      cumulative: Float64Array.of(1),
      inputLow: one(input),
      inputHigh: one(input),
      outputLow: one(output),
      outputHigh: one(output),
    },
  };
}

/** Answers in this process. */
export function askHere(core: Core): Ask {
  let last: Promise<unknown> = Promise.resolve();
  // An instance of the core answers one question at a time.
  return once((question) => {
    const answered = last.then(() => answer(core, question));
    last = answered.catch(() => undefined);
    return answered;
  });
}

/** Remembers what was asked before. */
export function once(work: (question: Question) => Promise<unknown>): Ask {
  const known = new Map<string, Promise<unknown>>();
  return <Asked extends Question>(question: Asked) => {
    const key = JSON.stringify(question);
    const before = known.get(key) ?? work(question);
    known.set(key, before);
    return before as Promise<AnswerTo<Asked>>;
  };
}

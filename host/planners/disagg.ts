import type { FleetInput } from "../specs/fleet-spec.js";
import { breaksFirst } from "./disagg/breaks-first.js";
import { type ComparedAnswer, compareColocated } from "./disagg/compare-colocated.js";
import { assumedOf, notesOf } from "./disagg/disagg-notes.js";
import type { DisaggBudget, DisaggGoal, DisaggOptions } from "./disagg/disagg-options.js";
import { type DisaggQuestion, openDisagg } from "./disagg/disagg-question.js";
import type { DisaggResult } from "./disagg/disagg-result.js";
import { type DisaggExplanation, explainDisagg } from "./disagg/explain.js";
import { checkAnswer } from "./disagg/fresh-replay.js";
import type { PairKind } from "./disagg/pair-kind.js";
import { ratePairs } from "./disagg/rate-pairs.js";
import { type FleetRate, RATE_STEP } from "./disagg/rate-search.js";
import { type FoundPair, sizePairs } from "./disagg/size-pairs.js";
import { rounded } from "./fleet-summary.js";

export type { DisaggBudget, DisaggGoal, DisaggOptions } from "./disagg/disagg-options.js";
export type {
  Attainment,
  BreaksFirst,
  Colocated,
  ColocatedPoint,
  DisaggCheck,
  DisaggDesign,
  DisaggMiss,
  DisaggPoint,
  DisaggResult,
  SideUse,
  Slowdowns,
} from "./disagg/disagg-result.js";

/**
 * Sizes a pool that prefills and one that decodes by simulation: prompts are computed, keys and values cross a link, outputs are decoded. Finds how many of each side, and among kinds of replica which on each
 * side, so that the objective is kept with least cost, power or GPUs; or with a budget at the highest rate. Beside it always stand the best replicas that do both.
 *
 * How it searches: docs/reference/disaggregation-planning.md.
 *
 * @throws InputError if an option is out of range, or the input cannot be used.
 */
export async function disagg(options: DisaggOptions): Promise<DisaggResult> {
  const question = await openDisagg(options);
  const { goal, budget } = question;
  const found = goal === "goodput" ? await ratePairs(question, budget!) : await sizePairs(question, goal);
  const { best } = found;
  const compared =
    options.comparesColocated === false ? undefined : await compareColocated(question, answerOf(question, best?.rate));
  const fleetInput = best && inputOf(best.rate);
  const check = best ? await checkOf(question, best) : null;
  const explanation = best && options.explain ? explained(question, best.rate) : undefined;
  return {
    best: best ? { ...best.row, goodput_rps: rounded(best.rate.rateRps, 4) } : null,
    pareto: found.pareto,
    method: "simulate",
    goal,
    budget: budget ? budgetKeys(budget) : null,
    designs: found.designs,
    check,
    breaks_first: best ? await breaksFirst(question, best.rate) : null,
    ...(compared ? { colocated: compared.colocated } : {}),
    nearest_miss: found.miss ?? null,
    why_none: best ? null : (found.designs[0]?.why_none ?? null),
    fleet: fleetInput ?? null,
    ...factsOf(question, options),
    search: searchOf(question, found),
    refused: [...question.refused, ...(compared?.refused ?? [])],
    assumed: assumedOf(question, options, best?.rate.kind),
    ...(explanation ? { explanation } : {}),
    seed: question.seed,
    notes: notesOf(question, found, check),
  };
}

function budgetKeys({ costPerHr, powerW, gpus }: DisaggBudget): NonNullable<DisaggResult["budget"]> {
  return {
    ...(costPerHr === undefined ? {} : { cost_per_hr: costPerHr }),
    ...(powerW === undefined ? {} : { power_w: powerW }),
    ...(gpus === undefined ? {} : { gpus }),
  };
}

function checkOf(question: DisaggQuestion, { rate, confirmedWith }: NonNullable<FoundPair["best"]>) {
  const rateRps = question.goal === "goodput" ? rate.rateRps : question.rateRps;
  return checkAnswer(question, rate.kind.fleetOf(rate.counts), { rateRps, confirmedWith });
}

function inputOf({ kind, counts }: FleetRate<PairKind>): FleetInput {
  return kind.inputOf(counts);
}

/** What the answer counts for: of a budget what of it is used. */
function answerOf({ goal, budget }: DisaggQuestion, rate: FleetRate<PairKind> | undefined): ComparedAnswer | undefined {
  if (!rate) return undefined;
  const ofBudget: DisaggGoal = budget?.powerW !== undefined ? "power" : budget?.gpus !== undefined ? "gpus" : "cost";
  const measured = goal === "goodput" ? ofBudget : goal;
  return {
    measure: { goal: measured, amount: rate.kind.priceBy(measured)(rate.counts)[0]! },
    goodputRps: rate.rateRps,
  };
}

/** At the rate that is planned for, or of a budget at the one that was found. */
function explained(
  question: DisaggQuestion,
  { kind, counts, rateRps: highestRps }: FleetRate<PairKind>,
): DisaggExplanation {
  const rateRps = question.goal === "goodput" ? highestRps : question.rateRps;
  const [prefill, decode] = kind.inputOf(counts).pools;
  return explainDisagg({
    prefill: prefill!,
    decode: decode!,
    rateRps: rateRps * question.load.share,
    lengths: question.nodes,
  });
}

function factsOf(question: DisaggQuestion, options: DisaggOptions) {
  const { objective, load, opened, rateRps, maxCtx, sloTtftMs, sloTpotMs } = question;
  const { reference } = objective;
  const isGiven = options.meanIsl !== undefined || options.meanOsl !== undefined;
  return {
    objective: {
      ttft_ms: reference ? null : sloTtftMs,
      tpot_ms: reference ? null : sloTpotMs,
      attainment: options.attainment ?? null,
      slowdown: reference
        ? {
            reference: reference.name,
            conditions: objective.conditions.map(({ name, limits }) => `${name} at most ${Object.values(limits)[0]}`),
          }
        : null,
      ttft_at: objective.ttftAt ?? ("emitted" as const),
      tpot_over: objective.tpotOver,
    },
    lengths: {
      mean_isl: rounded(load.meanInput, 2),
      mean_osl: rounded(load.meanOutput, 2),
      from: isGiven ? ("given" as const) : ("requests" as const),
    },
    requests: { name: opened.name, rate_rps: rateRps, too_long_share: rounded(load.tooLongShare, 6) },
    max_ctx: maxCtx,
  };
}

function searchOf(question: DisaggQuestion, { exceptions }: FoundPair): DisaggResult["search"] {
  const { runs, load, pairs, opened, freshCount } = question;
  return {
    runs,
    requests: load.count,
    requests_to_confirm: opened.isDrawn ? freshCount : null,
    pairs: pairs.length,
    exceptions,
    rate_step: RATE_STEP,
  };
}

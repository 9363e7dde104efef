import type { Core } from "../../core/load.js";
import { OptionError } from "../../specs/option-error.js";
import type { PlanningInput } from "../planning-requests.js";
import type { ReplicaOption } from "../sizing/replica-option.js";
import { checkName, checkTokens, MAX_POOL_REQUESTS, within } from "../sizing/sizing-limits.js";
import { DISAGG_DEFAULTS, MAX_WORKERS } from "./constant-method.js";
import { TPOT_OVER, type TpotOver, TTFT_AT, type TtftAt } from "./latency-objective.js";
import type { HandoverChoice } from "./pair-fleet.js";

/** What a fleet is to have as little of as possible at the rate that is planned for: dollars an hour, provisioned watts, or GPUs. */
export const DISAGG_GOALS = ["cost", "power", "gpus"] as const;
/** One of {@link DISAGG_GOALS}. */
export type DisaggGoal = (typeof DISAGG_GOALS)[number];

/** What a fleet may have at most, by exactly one of its keys. */
export interface DisaggBudget {
  /** US dollars. */
  costPerHr?: number;
  /** Provisioned: power caps, else the TDP of GPUs. */
  powerW?: number;
  gpus?: number;
}

/** Fewest requests of a run: fewer say nothing of a percentile. */
export const LEAST_TRIAL_REQUESTS = 100;

/** What {@link disagg} is asked. */
export type DisaggOptions = PlanningInput & {
  /** Kinds of replica that may prefill, and that may decode: every pair of them is considered. */
  prefill: ReplicaOption | readonly ReplicaOption[];
  decode: ReplicaOption | readonly ReplicaOption[];
  /** How requests get from one side to the other. */
  handover?: HandoverChoice;
  /** Default `cost`. Not with `budget`. */
  goal?: DisaggGoal;
  /** With a budget the highest rate is searched at which the objective is kept, in place of the least fleet at the rate of the requests. */
  budget?: DisaggBudget;
  /** Limits for the P99 of the time to first token and of the time per output token, ms. Default 500 and 100. */
  sloTtftMs?: number;
  sloTpotMs?: number;
  /** Share of the requests that is to keep both limits together, above 0 and below 1, in place of 99 % that keep each. */
  attainment?: number;
  /**
   * Slowdowns in place of limits in ms: the nine of Splitwise, against a lone request on this kind of replica; `true`: on eight A100 of 80 GB, or where the model is not known on the profile
   * a100.
   */
  sloSlowdown?: true | ReplicaOption;
  /** When the first token counts. Default: when it is emitted, by whichever side emits it. */
  ttftAt?: TtftAt;
  /** What the time from first to last token is divided by. Default `n-1`; of slowdowns `n`. */
  tpotOver?: TpotOver;
  /** Longest request, tokens; longer ones are left out. Default 8192. */
  maxCtx?: number;
  /** Prompt and output tokens of every request, in place of those of the requests. */
  meanIsl?: number;
  meanOsl?: number;
  /** Most replicas of each side, at most {@link MAX_WORKERS}. Default 32 and 64. */
  maxPrefill?: number;
  maxDecode?: number;
  /** Requests of a run. Default: 8,000, or as many as turn the fleet over twelve times. */
  requests?: number;
  /** Whether fleets whose replicas do both are sized beside it. Default true. */
  comparesColocated?: boolean;
  /** Tell what formulas say of the answer too, as `explanation`. Default false. */
  explain?: boolean;
  /** Whole number; the same seed gives the same answer to the last bit. Default 42. */
  seed?: number;
  /** An instance of the core to run in; by default a new one. One question at a time. */
  core?: Core;
  /** Told how many runs there were so far. Waited for, so that it can let other work have its turn. */
  onRun?: (runs: number) => void | Promise<void>;
};

/** Limits and bounds with their defaults. */
export interface SettledDisagg {
  goal: DisaggGoal | "goodput";
  sloTtftMs: number;
  sloTpotMs: number;
  maxCtx: number;
  maxPrefill: number;
  maxDecode: number;
}

/** @throws InputError for the first option that is out of range, or has no meaning beside another. */
export function settleDisagg(options: DisaggOptions): SettledDisagg {
  checkLimits(options);
  checkBudget(options);
  for (const name of ["maxCtx", "meanIsl", "meanOsl"] as const) checkTokens(name, options[name]);
  const isCount = (count: number) => Number.isSafeInteger(count) && count >= 1 && count <= MAX_WORKERS;
  for (const name of ["maxPrefill", "maxDecode"] as const) {
    within(name, options[name], isCount, `a whole number from 1 to ${MAX_WORKERS}`);
  }
  within(
    "requests",
    options.requests,
    (count) => Number.isInteger(count) && count >= LEAST_TRIAL_REQUESTS && count <= MAX_POOL_REQUESTS,
    `a whole number from ${LEAST_TRIAL_REQUESTS} to ${MAX_POOL_REQUESTS}`,
  );
  within("seed", options.seed, (seed) => Number.isSafeInteger(seed) && seed >= 0, "a whole number of at least 0");
  const { sloTtftMs, sloTpotMs, maxCtx, maxPrefill, maxDecode } = DISAGG_DEFAULTS;
  const settled = {
    goal: options.budget === undefined ? (options.goal ?? "cost") : ("goodput" as const),
    sloTtftMs: options.sloTtftMs ?? sloTtftMs,
    sloTpotMs: options.sloTpotMs ?? sloTpotMs,
    maxCtx: options.maxCtx ?? maxCtx,
    maxPrefill: options.maxPrefill ?? maxPrefill,
    maxDecode: options.maxDecode ?? maxDecode,
  };
  checkLengths(options, settled.maxCtx);
  return settled;
}

function checkLimits(options: DisaggOptions): void {
  for (const name of ["sloTtftMs", "sloTpotMs"] as const) {
    within(name, options[name], (ms) => ms > 0 && ms < Infinity, "a finite number of ms above 0");
    if (options.sloSlowdown !== undefined && options[name] !== undefined) throw noMeaning(name, "sloSlowdown");
  }
  within("attainment", options.attainment, (share) => share > 0 && share < 1, "a share above 0 and below 1");
  if (options.sloSlowdown !== undefined && options.attainment !== undefined)
    throw noMeaning("attainment", "sloSlowdown");
  checkName("goal", options.goal, DISAGG_GOALS);
  checkName("ttftAt", options.ttftAt, TTFT_AT);
  checkName("tpotOver", options.tpotOver, TPOT_OVER);
}

/** Names of the keys of a budget as options of their own. */
const BUDGET_OPTIONS = { costPerHr: "budgetCostPerHr", powerW: "budgetPowerW", gpus: "budgetGpus" } as const;

function checkBudget({ budget, goal }: DisaggOptions): void {
  if (budget === undefined) return;
  const keys = (Object.keys(BUDGET_OPTIONS) as (keyof DisaggBudget)[]).filter((key) => budget[key] !== undefined);
  if (keys.length !== 1) {
    throw new OptionError((nameOf) => {
      const names = Object.values(BUDGET_OPTIONS).map(nameOf).join(", ");
      return keys.length === 0 ? `a budget needs one of ${names}.` : `a budget has one of ${names}, not several.`;
    });
  }
  const key = keys[0]!;
  const isBudget = (amount: number) => amount > 0 && amount < Infinity;
  within(BUDGET_OPTIONS[key], budget[key], isBudget, "a finite number above 0");
  if (goal !== undefined) throw noMeaning("goal", BUDGET_OPTIONS[key]);
}

function checkLengths({ meanIsl, meanOsl }: DisaggOptions, maxCtx: number): void {
  if (meanIsl === undefined && meanOsl === undefined) return;
  const least = (meanIsl ?? 1) + (meanOsl ?? 1);
  within(
    meanIsl === undefined ? "meanOsl" : "meanIsl",
    meanIsl ?? meanOsl,
    () => least <= maxCtx,
    (nameOf) => `less than ${nameOf("maxCtx")}, ${maxCtx}, with the other tokens of a request`,
  );
}

function noMeaning(option: string, beside: string): OptionError {
  return new OptionError((nameOf) => `${nameOf(option)} has no meaning beside ${nameOf(beside)}.`);
}

import type { FleetInput } from "../specs/fleet-spec.js";
import type { PlanningInput } from "./planning-requests.js";
import { choicesOf, countChoices, possibleBoundaries } from "./sizing/boundaries.js";
import { fleetCandidate } from "./sizing/fleet-candidate.js";
import type { FleetRow } from "./sizing/fleet-row.js";
import type { FreshCheck } from "./sizing/fresh-check.js";
import type { NearestMiss, Refusal } from "./sizing/nearest-miss.js";
import { SIZING_GOALS, type SizingGoal } from "./sizing/objective.js";
import { openProblem, type SizingOptions } from "./sizing/open-problem.js";
import { type EveryGpu, everyGpu, type EveryGpuFound } from "./sizing/every-gpu.js";
import type { SizingObjective } from "./sizing/pool-estimate.js";
import { checkOptions, replicaOptions, type ReplicaChoice } from "./sizing/replica-options.js";
import type { ReplicaOption } from "./sizing/replica-option.js";
import { searchFleets } from "./sizing/search-fleets.js";
import {
  checkCandidates,
  checkName,
  checkPools,
  checkShare,
  checkTokens,
  settleBoundaries,
} from "./sizing/sizing-limits.js";
import { tooLongShare, windowNeeded } from "./sizing/too-long-share.js";
import type { TraceSummary } from "./trace-summary.js";
import type { ReplayResult } from "./replay.js";

/** What {@link plan} is asked. */
export type PlanOptions = PlanningInput &
  SizingOptions & {
    /** Kinds of replica to choose from: by name, of every GPU that holds a model and has a measure by the goal, or as they are. Default: those of the profiles a100 and h100. */
    replicas?: ReplicaChoice | EveryGpu | readonly ReplicaOption[];
    /** Further kinds beside them. */
    moreReplicas?: readonly ReplicaOption[];
    /** What the fleet is to have as little of as possible. Default `cost`. */
    goal?: SizingGoal;
    /** Most pools. Default 2. */
    maxPools?: number;
    /** Window of the largest pool, tokens. Default: the longest request. */
    maxCtx?: number;
    /** Where pools may meet, total tokens. Default: the points of a CDF, else powers of two and one and a half times them. */
    boundaries?: readonly number[];
    /** Tell curves of the replay of the answer, as `check_run`, and play runs of its pools that were broken off to the end. Default: not. */
    curves?: boolean;
    /** Share of the time that a replica is up, above 0, at most 1. Default 1. */
    nodeAvailability?: number;
  };

/** A recommended fleet, and why. */
export interface PlanResult {
  /** Whether a fleet meets the objective. */
  feasible: boolean;
  /** The cheapest one; `null` if there is none. */
  best: FleetRow | null;
  /** The same in the keys of a fleet file, as `replay` takes it. */
  fleet: FleetInput | null;
  /** The best fleet, replayed whole under requests that the search did not see; `null` if there is none. */
  check: FreshCheck | null;
  /** That replay, with curves; there if curves were asked for, and a fleet was found. */
  check_run?: ReplayResult;
  /** Fleets by analysis and by simulation, cheapest first, at most {@link MOST_ROWS} of each. */
  rows: FleetRow[];
  /** Where no fleet meets the objective: what comes nearest. */
  nearest_miss: NearestMiss | null;
  /** Kinds of replica that could not be used, and why. */
  refused: Refusal[];
  objective: { percentile: 0.99; ttft_ms: number; tpot_ms?: number; goal: SizingGoal };
  search: {
    /** Ways to cut the workload into pools that were compared. */
    candidates: number;
    /** Kinds of replica that a pool could have; of more than {@link MOST_KINDS} those are simulated that analysis expects to be cheapest for it. */
    replica_options: string[];
    /** Runs of single pools, and the requests of the largest. */
    runs: number;
    /** No other candidate can be cheaper, as far as more replicas are never worse. */
    is_proved: boolean;
  };
  rate_rps: number;
  /** Share of requests that are longer than the largest window: no pool takes them. */
  too_long_share: number;
  /** Where so many are too long that no fleet of that window can keep a P99: the smallest window that could, tokens; else `null`. */
  least_max_ctx: number | null;
  requests: TraceSummary;
  engine: "slots" | "iterations";
  seed: number;
}

/** Kinds of replica that are considered for a pool: those that analysis expects to be cheapest there. */
export const MOST_KINDS = 6;
/** Rows of each kind in a result. */
export const MOST_ROWS = 20;

/**
 * Recommends the cheapest fleet for requests and an objective: which GPUs, how many, in how many pools, split where. Analysis proposes, simulation decides: every pool of the answer was
 * played with its requests, and one replica fewer was not enough, or not surely so: the 95 % interval of the P99 has to lie within the objective.
 *
 * @throws InputError if an option is out of range, or the input cannot be used.
 */
export async function plan(options: PlanOptions): Promise<PlanResult> {
  const { goal = "cost", maxPools = 2, nodeAvailability = 1 } = options;
  checkPools({ minPools: 1, maxPools });
  checkShare("nodeAvailability", nodeAvailability);
  checkName("goal", goal, SIZING_GOALS);
  const chosen = chosenKinds(options, goal);
  const kinds = checkOptions(chosen.options);
  const open = await openProblem(options);
  const { problem, requests } = open;
  const maxCtx = options.maxCtx ?? Math.ceil(problem.law.longest);
  checkTokens("maxCtx", maxCtx, 2);
  const boundaries = options.boundaries
    ? settleBoundaries("boundaries", options.boundaries, maxCtx)
    : possibleBoundaries(problem.law, maxCtx, requests.cdf);
  const candidates = candidatesOf(boundaries, maxPools, maxCtx, kinds);
  const found = await searchFleets(open, {
    candidates,
    goal,
    nodeAvailability,
    atLeast: 1,
    isExhaustive: true,
    isChecked: true,
    mostKinds: MOST_KINDS,
    curves: options.curves ?? false,
  });
  const { best, check, checkRun, miss } = found;
  return {
    feasible: best !== undefined,
    best: best?.row ?? null,
    fleet: best?.file ?? null,
    check: check ?? null,
    ...(checkRun ? { check_run: checkRun } : {}),
    rows: [...found.simulated.slice(0, MOST_ROWS), ...found.analytical.slice(0, MOST_ROWS)],
    nearest_miss: miss ?? null,
    refused: [
      ...chosen.refused.map(({ replica, why }) => ({ replica, above: 0, max_ctx: maxCtx, why })),
      ...found.refused,
    ],
    objective: { percentile: 0.99, ...objectiveFields(problem.objective), goal },
    search: {
      candidates: candidates.length,
      replica_options: kinds.map(({ name }) => name),
      runs: problem.runs,
      is_proved: kinds.length <= MOST_KINDS,
    },
    rate_rps: problem.rateRps,
    too_long_share: tooLongShare(problem.law, maxCtx),
    least_max_ctx: windowNeeded(problem.law, maxCtx),
    requests: requests.summary(problem.rateRps, requests.count),
    engine: problem.engine,
    seed: problem.seed,
  };
}

function chosenKinds({ replicas, moreReplicas = [] }: PlanOptions, goal: SizingGoal): EveryGpuFound {
  const choice = replicas ?? { gpus: ["a100", "h100"] };
  const found = !("gpus" in choice)
    ? { options: choice, refused: [] }
    : choice.gpus === "all"
      ? everyGpu(choice, goal)
      : { options: replicaOptions(choice), refused: [] };
  return { options: [...found.options, ...moreReplicas], refused: found.refused };
}

function candidatesOf(
  boundaries: readonly number[],
  maxPools: number,
  maxCtx: number,
  kinds: readonly ReplicaOption[],
) {
  checkCandidates(countChoices(boundaries.length, maxPools - 1));
  const cuts = choicesOf(boundaries, maxPools - 1);
  return cuts.map((cut) => fleetCandidate({ boundaries: cut, maxCtx, optionsOf: () => kinds }));
}

function objectiveFields({ ttftMs, tpotMs }: SizingObjective): { ttft_ms: number; tpot_ms?: number } {
  return { ttft_ms: ttftMs, ...(tpotMs === undefined ? {} : { tpot_ms: tpotMs }) };
}

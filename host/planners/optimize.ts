import type { FleetInput } from "../specs/fleet-spec.js";
import { OptionError } from "../specs/option-error.js";
import type { PlanningInput, PlanningRequests } from "./planning-requests.js";
import type { ReplayResult } from "./replay.js";
import { choicesOf, countChoices, possibleBoundaries } from "./sizing/boundaries.js";
import { type FleetCandidate, fleetCandidate } from "./sizing/fleet-candidate.js";
import type { FleetRow } from "./sizing/fleet-row.js";
import type { FreshCheck } from "./sizing/fresh-check.js";
import type { NearestMiss, Refusal } from "./sizing/nearest-miss.js";
import { SIZING_GOALS, type SizingGoal } from "./sizing/objective.js";
import { openProblem, type SizingOptions } from "./sizing/open-problem.js";
import type { ReplicaOption } from "./sizing/replica-option.js";
import { replicaOptions } from "./sizing/replica-options.js";
import { safeShareOf } from "./sizing/safe-share.js";
import { searchFleets } from "./sizing/search-fleets.js";
import type { Compression } from "./sizing/segment.js";
import {
  checkCandidates,
  checkName,
  checkPools,
  checkShare,
  checkTokens,
  settleBoundaries,
  within,
} from "./sizing/sizing-limits.js";
import type { SizingProblem } from "./sizing/sizing-problem.js";
import { tooLongShare, windowNeeded } from "./sizing/too-long-share.js";
import { twoPoolKeys, type TwoPoolKeys } from "./sizing/two-pool-keys.js";

/** How far the simulation of {@link optimize} goes. */
export const EFFORTS = ["search", "top", "verify"] as const;
/** One of {@link EFFORTS}. */
export type Effort = (typeof EFFORTS)[number];

/** What {@link optimize} is asked. Fields are named after the Python tool's flags. */
export type OptimizeOptions = PlanningInput &
  SizingOptions & {
    /** `--b-short`: where the two pools meet, total tokens; several: each is tried; `all`: the points of the CDF, or powers of two and one and a half times them. Default 4096. */
    bShort?: number | readonly number[] | "all";
    /** `--long-max-ctx`: window of the largest pool, tokens. Default 65,536. */
    longMaxCtx?: number;
    /** `--gpu-short`, `--gpu-long`: GPUs of the catalog of profiles, or kinds of replica. With more pools than two, or one, all but the first have the second. Default a100. */
    gpuShort?: string | ReplicaOption;
    gpuLong?: string | ReplicaOption;
    /** `--gamma-max`: fleets of two pools are tried with gamma 1.0, 1.1, ... up to this. Default 2. */
    gammaMax?: number;
    /** Share of the requests just above the boundary that can be compressed. Default: those of a category that is safe to (of the Python tool's mix 0.75). */
    pCompress?: number;
    /** Share of the time that a replica is up. Default 1. */
    nodeAvailability?: number;
    /** What the fleet is to have as little of as possible. Default `cost`. */
    goal?: SizingGoal;
    /** Fewest and most pools. Default 2 and 2. */
    minPools?: number;
    maxPools?: number;
    /** `--verify-top`: so many of the fleets that analysis expects to be cheapest are sized by simulation in any case; 0: nothing is simulated. Default 3. */
    verifyTop?: number;
    /**
     * How far simulation goes. `search`, the default: until none of the other fleets can be cheaper. `top`: `verifyTop` fleets are sized. `verify`: they are simulated as analysis proposes them, as the Python
     * tool does.
     */
    effort?: Effort;
    /** Tell curves of the replay of the answer, as `check_run`, and play runs of its pools that were broken off to the end. Default: not. */
    curves?: boolean;
  };

/** A fleet in the keys of the Python tool, and more beside them. */
export type OptimizeRow = TwoPoolKeys &
  Omit<FleetRow, "source" | "slo_met" | "gamma" | "total_gpus" | "annualised_cost_kusd"> & {
    /** Of the best one: its replay, where curves were asked for. */
    check_run?: ReplayResult;
  };

/** What {@link optimize} found. */
export interface OptimizeResult {
  /** By analysis, cheapest first, then by simulation: what `--out` writes. */
  rows: OptimizeRow[];
  /** The cheapest fleet that meets the objective: by simulation, or by analysis where nothing was simulated; `null` if none does. */
  best: OptimizeRow | null;
  /** The best simulated one as a fleet file. */
  fleet: FleetInput | null;
  check: FreshCheck | null;
  nearest_miss: NearestMiss | null;
  refused: Refusal[];
  /** Runs of single pools. */
  runs: number;
  /** Whether no other of the fleets can be cheaper. */
  is_proved: boolean;
  goal: SizingGoal;
  slo_ms: number;
  rate_rps: number;
  /** Share of requests longer than the largest window. */
  too_long_share: number;
  /** Where so many are too long that no fleet of that window can keep a P99: the smallest window that could, tokens; else `null`. */
  least_max_ctx: number | null;
  /** Share of requests whose category lets them be compressed. */
  safe_share: number;
  engine: "slots" | "iterations";
  seed: number;
}

/** Rows that are simulated in any case: the Python tool's `--verify-top`. */
export const DEFAULT_VERIFY_TOP = 3;
/** Largest gamma: the Python tool's `--gamma-max`. */
export const DEFAULT_GAMMA_MAX = 2;
/** Where two pools meet, total tokens: the Python tool's `--b-short`. */
export const DEFAULT_B_SHORT = 4096;
/** Window of the largest pool, tokens: the Python tool's `--long-max-ctx`. */
export const DEFAULT_LONG_MAX_CTX = 65_536;
/** A request that is four times too long is not compressed into anything that still says the same. The service of the Python tool allows as much. */
export const MAX_GAMMA = 4;

/**
 * Sizes fleets of pools behind a router by length, with and without compression of requests just above the boundary, and finds the cheapest that meets the objective. Analysis orders the fleets; simulation sizes
 * them, pool by pool, on the same requests.
 *
 * @throws InputError if an option is out of range, or the input cannot be used.
 */
export async function optimize(options: OptimizeOptions): Promise<OptimizeResult> {
  const settled = settle(options);
  const open = await openProblem(options);
  const { problem, requests } = open;
  const safeShare = safeShareOf(requests);
  const found = await searchFleets(open, {
    candidates: candidatesOf(settled, problem, requests, safeShare),
    goal: settled.goal,
    nodeAvailability: settled.nodeAvailability,
    atLeast: settled.verifyTop,
    isExhaustive: settled.effort === "search",
    isChecked: settled.effort === "search",
    isVerifiedOnly: settled.effort === "verify",
    curves: options.curves ?? false,
  });
  const analytical = found.analytical.map(optimizeRow);
  const simulated = found.simulated.map(optimizeRow);
  const best = (settled.verifyTop > 0 ? simulated : analytical).find(({ slo_met }) => slo_met);
  if (best && found.checkRun) best.check_run = found.checkRun;
  return {
    rows: [...analytical, ...simulated],
    best: best ?? null,
    fleet: found.best?.file ?? null,
    check: found.check ?? null,
    nearest_miss: found.miss ?? null,
    refused: found.refused,
    runs: problem.runs,
    is_proved: settled.verifyTop > 0 && settled.effort === "search",
    goal: settled.goal,
    slo_ms: problem.objective.ttftMs,
    rate_rps: problem.rateRps,
    too_long_share: tooLongShare(problem.law, settled.longMaxCtx),
    least_max_ctx: windowNeeded(problem.law, settled.longMaxCtx),
    safe_share: safeShare,
    engine: problem.engine,
    seed: problem.seed,
  };
}

function optimizeRow(row: FleetRow): OptimizeRow {
  return { ...twoPoolKeys(row), ...row };
}

/** The options with their defaults. */
function settle(options: OptimizeOptions) {
  const settled = {
    bShort: options.bShort ?? DEFAULT_B_SHORT,
    longMaxCtx: options.longMaxCtx ?? DEFAULT_LONG_MAX_CTX,
    gpuShort: options.gpuShort ?? "a100",
    gpuLong: options.gpuLong ?? "a100",
    gammaMax: options.gammaMax ?? DEFAULT_GAMMA_MAX,
    nodeAvailability: options.nodeAvailability ?? 1,
    goal: options.goal ?? "cost",
    minPools: options.minPools ?? 2,
    maxPools: options.maxPools ?? Math.max(2, options.minPools ?? 2),
    verifyTop: options.verifyTop ?? DEFAULT_VERIFY_TOP,
    effort: options.effort ?? "search",
    pCompress: options.pCompress,
  };
  checkTokens("longMaxCtx", settled.longMaxCtx);
  within("gammaMax", settled.gammaMax, (gamma) => gamma >= 1 && gamma <= MAX_GAMMA, `a number from 1 to ${MAX_GAMMA}`);
  within("verifyTop", settled.verifyTop, (n) => Number.isInteger(n) && n >= 0, "a whole number of at least 0");
  within("pCompress", settled.pCompress, (share) => share >= 0 && share <= 1, "a share from 0 to 1");
  checkShare("nodeAvailability", settled.nodeAvailability);
  checkPools(settled);
  checkName("goal", settled.goal, SIZING_GOALS);
  checkName("effort", settled.effort, EFFORTS);
  return settled;
}

type Settled = ReturnType<typeof settle>;

/** 1.0, 1.1, ... up to and with `gammaMax`: counted in tenths, since 1.2 - 1 is less than two tenths in doubles. */
export function gammasUpTo(gammaMax: number): number[] {
  const tenths = Math.floor((gammaMax - 1) * 10 + 1e-9);
  return Array.from({ length: tenths + 1 }, (_, k) => (10 + k) / 10);
}

function candidatesOf(
  settled: Settled,
  { law }: SizingProblem,
  requests: PlanningRequests,
  safeShare: number,
): FleetCandidate[] {
  const { bShort, longMaxCtx: maxCtx, minPools, maxPools } = settled;
  const boundaries =
    bShort === "all"
      ? possibleBoundaries(law, maxCtx, requests.cdf)
      : settleBoundaries("bShort", [bShort].flat(), maxCtx);
  const short = kindOf(settled.gpuShort, "gpuShort");
  const long = kindOf(settled.gpuLong, "gpuLong");
  const optionsOf = (index: number, pools: number): readonly ReplicaOption[] =>
    index === 0 && pools > 1 ? short : long;
  checkCandidates(countChoices(boundaries.length, maxPools - 1));
  const cuts = choicesOf(boundaries, maxPools - 1).filter((cut) => cut.length >= minPools - 1);
  if (cuts.length === 0) {
    throw new OptionError(
      (nameOf) =>
        `${nameOf("bShort")} has ${boundaries.length} boundaries, but ${minPools} pools need ${minPools - 1}.`,
    );
  }
  const plain = cuts.map((cut) => fleetCandidate({ boundaries: cut, maxCtx, optionsOf }));
  const compressions = compressionsOf(settled, safeShare);
  const compressed = cuts
    .filter((cut) => cut.length === 1)
    .flatMap((cut) =>
      compressions.map((compression) => fleetCandidate({ boundaries: cut, maxCtx, compression, optionsOf })),
    );
  checkCandidates(plain.length + compressed.length);
  return [...plain, ...compressed];
}

function kindOf(gpu: string | ReplicaOption, field: string): readonly ReplicaOption[] {
  return typeof gpu === "string" ? replicaOptions({ gpus: [gpu] }, () => field) : [gpu];
}

function compressionsOf({ gammaMax, pCompress: wanted }: Settled, safeShare: number): Compression[] {
  const gammas = gammasUpTo(gammaMax).slice(1);
  if (gammas.length === 0 || safeShare === 0) return [];
  if (wanted === undefined) return gammas.map((gamma) => ({ gamma, safeShare, pCompress: 1 }));
  if (wanted > safeShare) {
    throw new OptionError(
      (nameOf) =>
        `${nameOf("pCompress")} is ${wanted}, but only ${Number(safeShare.toPrecision(4))} of the requests are of a category that may be compressed.`,
    );
  }
  return gammas.map((gamma) => ({ gamma, safeShare, pCompress: wanted / safeShare }));
}

import { OptionError } from "../specs/option-error.js";
import { rounded } from "./fleet-summary.js";
import { openPlanningRequests, type PlanningInput } from "./planning-requests.js";
import { fleetCandidate, type FleetCandidate } from "./sizing/fleet-candidate.js";
import { FleetSearch } from "./sizing/fleet-search.js";
import { type NearestMiss, nearestMiss, type Refusal, refusals } from "./sizing/nearest-miss.js";
import { priceBy } from "./sizing/objective.js";
import { openProblem, type SizingOptions } from "./sizing/open-problem.js";
import type { PoolSizing } from "./sizing/pool-sizing.js";
import { optionsOfKinds, type ReplicaKinds } from "./sizing/replica-kinds.js";
import type { ReplicaOption } from "./sizing/replica-option.js";
import { checkBelow, checkTokens, within } from "./sizing/sizing-limits.js";
import { sizingOptionsOf } from "./sizing/sizing-options.js";
import type { SizingProblem } from "./sizing/sizing-problem.js";
import { tooLongShare } from "./sizing/too-long-share.js";
import { dollarsPerMillion, type WattRow, wattRow } from "./tok-per-watt-row.js";

/** What both questions about tokens per watt are asked. */
type WattQuestion = PlanningInput &
  SizingOptions & {
    /** Longest request, total tokens; longer ones are left out. Default 8192. */
    maxCtx?: number;
  };

/** What {@link tokensPerWatt} is asked. */
export type TokensPerWattOptions = WattQuestion & {
  /** Kinds of replica to compare. Default: the profiles h100, a100 and a10g. */
  replicas?: ReplicaKinds;
  /** Further sizes of each, by the utilisation that they are to have: shares above 0, below 1. Default: none. */
  rhoSweep?: readonly number[];
};

/** What {@link twoPoolTokensPerWatt} is asked. */
export type TwoPoolTokensPerWattOptions = WattQuestion & {
  /** Where the two pools meet, total tokens: the window of the pool for short requests. */
  bShort: number;
  /** Kinds of replica of each pool; of several the one that draws least. The fleet of one pool has those of the long one. */
  short: ReplicaKinds;
  long: ReplicaKinds;
};

/** What the rows of a result have in common. */
export interface WattFacts {
  rate_rps: number;
  slo_ms: number;
  max_ctx: number;
  /** What the requests are called. */
  requests: string;
  /** Output tokens a request, mean, of those that are served; 1 decimal. */
  mean_output_tokens: number;
  /** Share of requests longer than `max_ctx`, which no pool serves. */
  too_long_share: number;
  refused: Refusal[];
  /** Runs of single pools. */
  runs: number;
  engine: "slots" | "iterations";
  seed: number;
}

/** Kinds of replica beside each other. */
export interface TokensPerWattResult {
  /** For each kind the fewest replicas that meet the objective, then those of the utilisations asked for: what `--out` writes. */
  rows: WattRow[];
  facts: WattFacts;
}

/** A fleet, in the keys of the Python tool, and more beside them; `null` where a pool cannot meet the objective, or nothing is known of its power. */
export interface FleetWatts {
  /** Output tokens a second and watt, 4 decimals. */
  fleet_tpw: number | null;
  /** US dollars a million output tokens, 4 decimals. */
  fleet_cost_per_mil: number | null;
  /** 4 decimals. */
  fleet_power_kw: number | null;
  total_gpus: number | null;
  joules_per_token: number | null;
  cost_per_hr: number | null;
  worst_p99_ttft_ms: number | null;
  slo_met: boolean;
  pools: WattRow[];
  nearest_miss: NearestMiss | null;
}

/** Two pools against one. */
export interface TwoPoolTokensPerWattResult {
  /** One pool for all requests, of the long pool's GPUs. */
  homo: FleetWatts;
  /** Two pools behind a router by length. */
  routed: FleetWatts;
  facts: WattFacts;
}

/** The Python tool's rate, requests/s, of what has none of its own. */
export const DEFAULT_WATT_RATE_RPS = 100;
/** The Python tool's window, tokens. */
export const DEFAULT_WATT_MAX_CTX = 8192;
/** All GPUs that have a profile by name. */
export const DEFAULT_WATT_GPUS = ["h100", "a100", "a10g"] as const;
/** The Python tool's utilisations. */
export const RHO_SWEEP = [0.2, 0.4, 0.6, 0.8] as const;

/**
 * Output tokens a second and watt of one pool of each kind of replica, with the fewest replicas that meet the objective. Power is that of all GPUs of the replicas at the number of requests that they were simulated to serve at a time; tokens are
 * those that the requests ask for.
 *
 * @throws InputError if an option is out of range, or the input cannot be used.
 */
export async function tokensPerWatt(options: TokensPerWattOptions): Promise<TokensPerWattResult> {
  const { replicas = { gpus: [...DEFAULT_WATT_GPUS] }, rhoSweep = [] } = options;
  for (const rho of rhoSweep) within("rhoSweep", rho, (share) => share > 0 && share < 1, "shares above 0, below 1");
  const kinds = optionsOfKinds(replicas, "replicas");
  const open = await openWatts(options);
  const search = new FleetSearch(open.problem, priceBy("gpus", 1));
  const rows: WattRow[] = [];
  for (const kind of kinds) {
    const candidate = candidateOf([], open.maxCtx, [kind]);
    const sizing = search.sizingsOf(candidate.segments[0]!)[0]!;
    const sized = await search.size(candidate);
    rows.push(
      wattRow(open.problem, sizing, {
        isSloOptimal: sized !== undefined,
        ...(sized ? { replicas: sizing.upper } : { miss: await nearestMiss(search, [candidate]) }),
      }),
    );
    if (sizing.expected) rows.push(...(await atUtilisations(open.problem, sizing, rhoSweep)));
  }
  return { rows, facts: factsOf(open, search) };
}

/**
 * Output tokens a second and watt of a fleet of two pools, against those of one pool. The short pool has the window `bShort`: with it more requests at a time than a pool whose requests may be longer; the long pool is sized for what is
 * longer than that.
 *
 * @throws InputError as {@link tokensPerWatt}, and where nothing is known of the power of a kind.
 */
export async function twoPoolTokensPerWatt(options: TwoPoolTokensPerWattOptions): Promise<TwoPoolTokensPerWattResult> {
  const { bShort } = options;
  checkTokens("bShort", bShort);
  const [short, long] = [optionsOfKinds(options.short, "short"), optionsOfKinds(options.long, "long")];
  const open = await openWatts(options);
  const { problem, maxCtx } = open;
  checkBelow("bShort", bShort, "maxCtx", maxCtx);
  for (const [above, upTo, pool] of [
    [0, bShort, "short"],
    [bShort, maxCtx, "long"],
  ] as const) {
    if (problem.law.share(above, upTo) > 0) continue;
    throw new OptionError(
      (nameOf) =>
        `${nameOf("bShort")} is ${bShort}, but no request has more than ${above} and at most ${upTo} tokens: the ${pool} pool would be idle.`,
    );
  }
  const search = new FleetSearch(problem, priceBy("watts", 1));
  const homo = await fleetWatts(search, candidateOf([], maxCtx, long), ["homo"]);
  const routed = await fleetWatts(search, candidateOf([bShort], maxCtx, short, long), [`short(${bShort}T)`, "long"]);
  return { homo, routed, facts: factsOf(open, search) };
}

interface OpenWatts {
  problem: SizingProblem;
  maxCtx: number;
  name: string;
}

async function openWatts(options: WattQuestion): Promise<OpenWatts> {
  const { maxCtx = DEFAULT_WATT_MAX_CTX, rateRps, seed } = options;
  checkTokens("maxCtx", maxCtx, 2);
  const opened = await openPlanningRequests(options, seed === undefined ? {} : { seed });
  const hasRate = rateRps !== undefined || opened.ownRateRps !== undefined || !opened.isDrawn;
  const { problem } = await openProblem({
    ...sizingOptionsOf(options),
    opened,
    rateRps: hasRate ? opened.rateRps : DEFAULT_WATT_RATE_RPS,
  });
  if (problem.law.share(0, maxCtx) > 0) return { problem, maxCtx, name: opened.name };
  throw new OptionError(
    (nameOf) => `${nameOf("maxCtx")} is ${maxCtx}, but the shortest request has ${problem.law.shortest} tokens.`,
  );
}

function candidateOf(
  boundaries: readonly number[],
  maxCtx: number,
  first: readonly ReplicaOption[],
  others = first,
): FleetCandidate {
  return fleetCandidate({ boundaries, maxCtx, optionsOf: (index) => (index === 0 ? first : others) });
}

/** One row a utilisation: the number of replicas that gives it by analysis, simulated once. */
async function atUtilisations(problem: SizingProblem, sizing: PoolSizing, rhos: readonly number[]): Promise<WattRow[]> {
  const rows: WattRow[] = [];
  for (const rho of rhos) {
    // 1.2 / 0.6 is 2, whatever doubles make of it.
    const replicas = Math.max(1, Math.ceil(sizing.estimate(1).rho / rho - 1e-9));
    await sizing.try(replicas, { mayBreak: false });
    rows.push(wattRow(problem, sizing, { replicas, isSloOptimal: false }));
  }
  return rows;
}

async function fleetWatts(
  search: FleetSearch,
  candidate: FleetCandidate,
  labels: readonly string[],
): Promise<FleetWatts> {
  const { problem } = search;
  const sized = await search.size(candidate);
  const miss = sized ? undefined : await nearestMiss(search, [candidate]);
  const sizings = sized?.pools ?? candidate.segments.map((segment) => search.expectedChoice(segment));
  const pools = sizings.map((sizing, index) =>
    wattRow(problem, sizing, {
      label: `${labels[index]}-${sizing.option.name}`,
      isSloOptimal: sized !== undefined,
      ...(sized ? { replicas: sizing.upper } : {}),
    }),
  );
  const sum = (of: (pool: WattRow) => number | null) =>
    pools.reduce<number | null>((total, pool) => (total === null || of(pool) === null ? null : total + of(pool)!), 0);
  const tokensPerS = sum((pool) => pool.output_tokens_per_s)!;
  const watts = sum((pool) => pool.watts);
  const costPerHr = sum((pool) => pool.cost_per_hr);
  const slowest = pools.map(({ p99_ttft_ms }) => p99_ttft_ms ?? Infinity);
  return {
    fleet_tpw: watts === null ? null : rounded(tokensPerS / watts, 4),
    fleet_cost_per_mil: costPerHr === null ? null : rounded(dollarsPerMillion(costPerHr, tokensPerS), 4),
    fleet_power_kw: watts === null ? null : rounded(watts / 1000, 4),
    total_gpus: sum((pool) => pool.n_gpus),
    joules_per_token: watts === null ? null : rounded(watts / tokensPerS, 4),
    cost_per_hr: costPerHr === null ? null : rounded(costPerHr, 4),
    worst_p99_ttft_ms: sized ? Math.max(...slowest) : null,
    slo_met: sized !== undefined,
    pools,
    nearest_miss: miss ?? null,
  };
}

function factsOf({ problem, maxCtx, name }: OpenWatts, search: FleetSearch): WattFacts {
  const { law } = problem;
  return {
    rate_rps: problem.rateRps,
    slo_ms: problem.objective.ttftMs,
    max_ctx: maxCtx,
    requests: name,
    mean_output_tokens: rounded(
      law.mean((_, output) => output, 0, maxCtx),
      1,
    ),
    too_long_share: tooLongShare(law, maxCtx),
    refused: refusals(search),
    runs: problem.runs,
    engine: problem.engine,
    seed: problem.seed,
  };
}

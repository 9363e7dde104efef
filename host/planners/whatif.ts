import { InputError } from "../specs/input-error.js";
import { rounded } from "./fleet-summary.js";
import type { PlanningInput } from "./planning-requests.js";
import type { FleetRow } from "./sizing/fleet-row.js";
import type { FreshCheck } from "./sizing/fresh-check.js";
import type { NearestMiss } from "./sizing/nearest-miss.js";
import type { SizingOptions } from "./sizing/open-problem.js";
import { optionsOfKinds, optionsOfPools, type PoolKinds, type ReplicaKinds } from "./sizing/replica-kinds.js";
import type { ReplicaOption } from "./sizing/replica-option.js";
import type { SizedPool } from "./sizing/sized-pool.js";
import { twoPoolKeys } from "./sizing/two-pool-keys.js";
import { DEFAULT_ENGINE, DEFAULT_SEED, DEFAULT_SLO_MS } from "./replay.js";
import {
  type FleetsAtRate,
  fleetsAt,
  openWhatif,
  type WhatifFleetOptions,
  type WhatifQuestion,
  WHATIF_SIZED,
} from "./whatif-fleets.js";

/** What {@link whatif} is asked. */
export type WhatifOptions = PlanningInput & SizingOptions & WhatifFleetOptions & PoolKinds;

/** What {@link whatifGpus} is asked. */
export type WhatifGpusOptions = PlanningInput &
  SizingOptions &
  WhatifFleetOptions & {
    /** Kinds of replica by the name that results call them; each serves both pools. Names: those of the catalog of profiles. */
    gpuCompare: readonly string[] | Readonly<Record<string, ReplicaKinds>>;
  };

/** What a fleet comes to; all `null` but `slo_met` and `nearest_miss` where none meets the objective. */
export interface WhatifFleet {
  /** GPUs. */
  total_gpus: number | null;
  /** US dollars, 2 decimals. */
  cost_per_hr: number | null;
  /** Thousands of US dollars for 8760 hours, 1 decimal. */
  annualised_cost_kusd: number | null;
  /** P99 of TTFT = wait + own prefill, simulated, ms, 1 decimal. */
  p99_ttft_short_ms: number | null;
  p99_ttft_long_ms: number | null;
  /** Whether the 95 % intervals of the P99 of both pools lie within the objective. */
  slo_met: boolean;
  total_replicas: number | null;
  /** Of all GPUs at the mean load. */
  watts: number | null;
  /** Of cost, against the fleet that compresses nothing, 2 decimals. */
  savings_vs_gamma_1_pct: number | null;
  /** The fleet that analysis expects to be cheapest: its gamma and its GPUs. */
  analytical: { gamma: number; total_gpus: number; slo_met: boolean } | null;
  pools: SizedPool[];
  /** A replay of the whole fleet with requests that the sizing did not see. */
  check: FreshCheck | null;
  nearest_miss: NearestMiss | null;
  slo_ms: number;
  engine: "slots" | "iterations";
  seed: number;
}

/** The cheapest fleet at a rate, in the keys of the Python tool, and more beside them. */
export interface WhatifRow extends WhatifFleet {
  /** Requests/s. */
  lam: number;
  /** GPUs of the pool for short requests, and of the other one. */
  n_s: number | null;
  n_l: number | null;
  /** Requests of up to this many times the boundary are compressed, where their category lets them; 1: none. */
  gamma_opt: number | null;
  source: "simulated";
}

/** A kind of replica at a rate. */
export interface WhatifGpu extends WhatifFleet {
  gamma_opt: number | null;
  /** Cost and GPUs as multiples of those of the first kind, 4 decimals; `null` where one of the two has no fleet. */
  cost_ratio: number | null;
  gpu_ratio: number | null;
}

/** A rate, and each kind of replica under its name. */
export type WhatifGpusRow = { lam: number } & Record<string, number | WhatifGpu>;

/** What all rates have in common. */
export interface WhatifFacts {
  b_short: number;
  long_max_ctx: number;
  /** Values of gamma that were compared, and fleets of these that were sized by simulation at each rate. */
  gammas: readonly number[];
  sized_per_rate: number;
  /** Share of requests whose category lets them be compressed. */
  safe_share: number;
  slo_ms: number;
  /** What the requests are called. */
  requests: string;
  /** Whether fleets were replayed with requests that their sizing did not see; those of a trace are the same. */
  has_fresh_requests: boolean;
  engine: "slots" | "iterations";
  seed: number;
  /** Runs of single pools. */
  runs: number;
}

/** The cheapest fleet at each rate. */
export interface WhatifResult {
  /** Whether some row meets the objective. */
  feasible: boolean;
  /** By rate, as they were asked for: what `--out` writes. */
  rows: WhatifRow[];
  facts: WhatifFacts;
}

/** Kinds of replica beside each other at each rate. */
export interface WhatifGpusResult {
  /** Whether some kind meets the objective at some rate. */
  feasible: boolean;
  /** What `--out` writes. */
  rows: WhatifGpusRow[];
  /** Names of the kinds, in their order. */
  gpus: string[];
  facts: WhatifFacts;
}

/**
 * The cheapest fleet of two pools at each of several rates. Every rate meets the same requests, only faster or slower: what differs between rows is the rate alone. At each rate analysis orders the values of gamma; simulation sizes the
 * fleets of the three best.
 *
 * @throws InputError if an option is out of range, or the input cannot be used.
 */
export async function whatif(options: WhatifOptions): Promise<WhatifResult> {
  const kinds = optionsOfPools(options);
  const question = await openWhatif(options);
  const rows: WhatifRow[] = [];
  for (const lam of question.ratesRps) {
    const found = await fleetsAt(question, lam, kinds);
    const row = found.best?.row;
    const { n_s, n_l, gamma } = row ? twoPoolKeys(row) : { n_s: null, n_l: null, gamma: null };
    const { total_gpus, annualised_cost_kusd, ...fleet } = fleetOf(found, question);
    rows.push({ lam, n_s, n_l, total_gpus, annualised_cost_kusd, gamma_opt: gamma, ...fleet, source: "simulated" });
  }
  return { feasible: rows.some(({ slo_met }) => slo_met), rows, facts: factsOf(question) };
}

/**
 * Several kinds of replica beside each other: the cheapest fleet of two pools of each, at each of several rates, for the same requests.
 *
 * @throws InputError as {@link whatif}, and for a name that is not known.
 */
export async function whatifGpus(options: WhatifGpusOptions): Promise<WhatifGpusResult> {
  const kinds = kindsByName(options.gpuCompare);
  const question = await openWhatif(options);
  const rows: WhatifGpusRow[] = [];
  let feasible = false;
  for (const lam of question.ratesRps) {
    const fleets: [string, FleetsAtRate][] = [];
    for (const [name, own] of kinds) fleets.push([name, await fleetsAt(question, lam, { short: own, long: own })]);
    feasible ||= fleets.some(([, { best }]) => best !== undefined);
    const first = fleets[0]![1].best?.row;
    const entries = fleets.map(([name, found]) => [name, gpuOf(found, question, first)] as const);
    rows.push({ lam, ...Object.fromEntries(entries) });
  }
  return { feasible, rows, gpus: [...kinds.keys()], facts: factsOf(question) };
}

function kindsByName(gpuCompare: WhatifGpusOptions["gpuCompare"]): Map<string, readonly ReplicaOption[]> {
  if ("length" in gpuCompare) {
    // All at once, so that a name that comes twice is refused.
    const options = optionsOfKinds({ gpus: gpuCompare as readonly string[] }, "gpuCompare");
    return new Map(options.map((option, index) => [(gpuCompare as readonly string[])[index]!, [option]]));
  }
  const named = Object.entries(gpuCompare);
  if (named.length === 0) throw new InputError("gpuCompare names no GPU.");
  return new Map(named.map(([name, kinds]) => [name, optionsOfKinds(kinds, `gpuCompare.${name}`)]));
}

function fleetOf({ best, expected, plain, miss }: FleetsAtRate, { sizing }: WhatifQuestion): WhatifFleet {
  const row = best?.row;
  const keys = row && twoPoolKeys(row);
  return {
    total_gpus: row?.total_gpus ?? null,
    cost_per_hr: row ? rounded(row.cost_per_hr, 2) : null,
    annualised_cost_kusd: row?.annualised_cost_kusd ?? null,
    p99_ttft_short_ms: keys?.p99_ttft_short_ms ?? null,
    p99_ttft_long_ms: keys?.p99_ttft_long_ms ?? null,
    slo_met: row !== undefined,
    total_replicas: row?.total_replicas ?? null,
    watts: row?.watts ?? null,
    savings_vs_gamma_1_pct: row && plain ? rounded((1 - row.cost_per_hr / plain.cost_per_hr) * 100, 2) : null,
    analytical: expected ? { gamma: expected.gamma, total_gpus: expected.total_gpus, slo_met: expected.slo_met } : null,
    pools: row?.pools ?? [],
    check: best?.check ?? null,
    nearest_miss: miss ?? null,
    ...settled(sizing),
  };
}

function gpuOf(found: FleetsAtRate, question: WhatifQuestion, first: FleetRow | undefined): WhatifGpu {
  const row = found.best?.row;
  return {
    ...fleetOf(found, question),
    gamma_opt: row?.gamma ?? null,
    cost_ratio: row && first ? rounded(row.cost_per_hr / first.cost_per_hr, 4) : null,
    gpu_ratio: row && first ? rounded(row.total_gpus / first.total_gpus, 4) : null,
  };
}

function factsOf({ bShort, longMaxCtx, gammas, safeShare, sizing, requests, runs }: WhatifQuestion): WhatifFacts {
  return {
    b_short: bShort,
    long_max_ctx: longMaxCtx,
    gammas,
    sized_per_rate: Math.min(WHATIF_SIZED, gammas.length),
    safe_share: safeShare,
    requests: requests.name,
    has_fresh_requests: requests.isDrawn,
    ...settled(sizing),
    runs,
  };
}

function settled({ sloMs = DEFAULT_SLO_MS, engine = DEFAULT_ENGINE, seed = DEFAULT_SEED }: SizingOptions) {
  return { slo_ms: sloMs, engine, seed };
}

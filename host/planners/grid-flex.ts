import { loadCore } from "../core/load.js";
import type { Fleet, Pool } from "../specs/fleet.js";
import { isGroupOfEight } from "../specs/gpu-catalog.js";
import { InputError } from "../specs/input-error.js";
import { OptionError } from "../specs/option-error.js";
import { MAX_REPLICAS } from "../specs/pool-spec.js";
import { type PlayedRequests, rounded, roundedInterval } from "./fleet-summary.js";
import {
  openPlanningRequests,
  plannedLengths,
  plannedRun,
  type PlannedRun,
  type PlanningInput,
} from "./planning-requests.js";
import { powerLaw, type PowerLaw } from "./power-cap.js";
import { DEFAULT_ENGINE, DEFAULT_SLO_MS, replay, type ReplayResult } from "./replay.js";
import { runOptions, type SimulationOptions } from "./simulate.js";
import { lengthMoments } from "./sizing/length-moments.js";
import { estimatorOf } from "./sizing/estimator-of.js";
import type { PoolEstimate, PoolEstimator } from "./sizing/pool-estimate.js";
import { fleetOf, poolInput, type ReplicaOption } from "./sizing/replica-option.js";
import { checkTokens, within } from "./sizing/sizing-limits.js";

/** Cuts of power that are tried unless the caller says otherwise, per cent: the Python tool's. */
export const DEFAULT_FLEX_PCTS = [0, 5, 10, 15, 20, 25, 30, 40, 50] as const;

/** Most cuts of one question. */
const MAX_FLEX_PCTS = 100;

/** Requests of each simulation unless the caller says otherwise. */
export const DEFAULT_FLEX_REQUESTS = 30_000;

/** Longest request unless the caller says otherwise, tokens: the Python tool's. */
export const DEFAULT_FLEX_MAX_CTX = 8192;

/** What {@link gridFlex} is asked. */
export type GridFlexOptions = PlanningInput & GridFlexFields;

interface GridFlexFields extends Omit<SimulationOptions, "onResults" | "requests"> {
  /** What the replicas are; `replicaOptions` makes one from names. */
  replica: ReplicaOption;
  /** GPUs of the fleet, a multiple of those of a replica. */
  gpus: number;
  /** Longest request, tokens; longer ones are rejected. Default {@link DEFAULT_FLEX_MAX_CTX}. */
  maxCtx?: number;
  /** Cuts of power, per cent of nominal, 0 to below 100. Default {@link DEFAULT_FLEX_PCTS}. */
  flexPcts?: readonly number[];
  /** Objective for the P99 of the time to first token, ms. Default 500. */
  sloMs?: number;
  /** Requests to draw for each simulation; 0: none is made, analysis alone answers. Default {@link DEFAULT_FLEX_REQUESTS}; a trace is played whole. */
  requests?: number;
}

/**
 * A level of power. The first six keys are the Python tool's; where that writes the token Infinity, `p99_ttft_ms` is `null`.
 */
export interface GridFlexRow {
  /** Cut of power that is asked for, per cent of nominal. */
  flex_pct: number;
  /** Sequences at once in a replica with which its GPUs draw no more than that leaves. */
  n_max_cap: number;
  /** Power of a GPU that runs so many, W, and of all GPUs, kW: the most that the capped fleet draws. */
  power_per_gpu_w: number;
  power_fleet_kw: number;
  /** P99 of the time to first token over all measured arrivals, 2 decimals, from `source`; `null` where the backlog grows, or where it falls among rejected requests. */
  p99_ttft_ms: number | null;
  /** Whether the fleet keeps up and P99, with its interval where there is one, lies within the objective. */
  slo_met: boolean;
  source: "simulated" | "analytical";
  /** 95 % confidence interval; `null` where there is none. */
  p99_ttft_ms_ci95: [number, number] | null;
  /** What analysis expects; `null` where arrivals exceed what the fleet can serve. */
  p99_ttft_analytical_ms: number | null;
  verdict: "stable" | "overloaded";
  /** Arrivals as a share of what the capped fleet can serve, by analysis. */
  rho: number;
  /** Share of the arrivals in time, per cent; `null` without a simulation. */
  slo_compliance_pct: number | null;
  /** Power that the cut leaves to a GPU, W, but no less than idle. */
  power_target_w: number;
  /** Whether the cap reaches that: a single sequence may draw more. */
  target_met: boolean;
  /** What all GPUs draw less at their most than without a cap, kW. */
  saved_kw: number;
  /** Power of the fleet at the mean number of sequences that ran, kW: what this load draws. Simulated, or by analysis. */
  power_at_load_kw: number;
  /** Whether this is the deepest cut that is reached and keeps the objective. */
  is_deepest: boolean;
}

/** The answer of {@link gridFlex}. */
export interface GridFlexResult {
  /** In the order of the cuts that were asked for. */
  rows: GridFlexRow[];
  /** The deepest cut that is reached and keeps the objective; `null` if none does. */
  deepest: GridFlexRow | null;
  replica: string;
  gpus: number;
  replicas: number;
  gpus_per_replica: number;
  max_ctx: number;
  slo_ms: number;
  power_model: PowerLaw["model"];
  power_quality: PowerLaw["quality"];
  nominal_w: number;
  idle_w: number;
  engine: ReplayResult["engine"];
  seed: number | null;
  /** What was played. */
  played: PlayedRequests;
  /** What a reader should know. */
  notes: string[];
}

/**
 * How deep the power of a fleet can be cut while it keeps its objective: each cut leaves a GPU so much power, that allows so many sequences at once, and a fleet whose replicas run no more than those is
 * simulated. Every level meets the same requests.
 *
 * Source of the idea: GPU-to-Grid (Hassan et al., arXiv:2602.05116), which caps batches to cut power.
 *
 * @throws InputError if a figure is out of range, or nothing is known of the power of the replica.
 */
export async function gridFlex(options: GridFlexOptions): Promise<GridFlexResult> {
  const { replica, flexPcts = DEFAULT_FLEX_PCTS, maxCtx = DEFAULT_FLEX_MAX_CTX, sloMs = DEFAULT_SLO_MS } = options;
  checkFlexPcts(flexPcts);
  checkTokens("maxCtx", maxCtx);
  within("gpus", options.gpus, isCount, "a whole number above 0");
  within("sloMs", sloMs, (ms) => ms > 0 && ms < Infinity, "a finite number of ms above 0");
  const study = await openStudy(options, { maxCtx, sloMs });
  const rows: GridFlexRow[] = [];
  let result: ReplayResult | undefined;
  for (const [index, flexPct] of flexPcts.entries()) {
    const level = levelOf(study, flexPct);
    if (study.run) result = await simulateLevel(study, study.run, level.cap, options, index);
    rows.push(rowOf(study, level, result));
  }
  const deepest = rows
    .filter((row) => row.slo_met && row.target_met)
    .reduce<GridFlexRow | null>((best, row) => (best === null || row.flex_pct > best.flex_pct ? row : best), null);
  if (deepest) deepest.is_deepest = true;
  const { power, pool, played, engine, replicas } = study;
  return {
    rows,
    deepest,
    replica: replica.name,
    gpus: options.gpus,
    replicas,
    gpus_per_replica: pool.profile.gpusPerReplica,
    max_ctx: maxCtx,
    slo_ms: sloMs,
    power_model: power.model,
    power_quality: power.quality,
    nominal_w: power.nominalW,
    idle_w: power.idleW,
    engine,
    seed: result?.seed ?? null,
    played,
    notes: isGroupOfEight(pool.profile) ? [GROUP_OF_EIGHT] : [],
  };
}

const GROUP_OF_EIGHT =
  "The times of this profile are those of a 70B model on eight GPUs, its power and price those of one, as in the Python tool: the kilowatts of that model are eight times as many.";

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

/** What all levels have in common. */
interface Study {
  replica: ReplicaOption;
  /** Of one replica without a cap. */
  pool: Pool;
  replicas: number;
  gpus: number;
  maxCtx: number;
  sloMs: number;
  engine: ReplayResult["engine"];
  /** Sequences at once in a replica without a cap. */
  uncapped: number;
  power: PowerLaw;
  rateRps: number;
  estimator: (pool: Pool) => PoolEstimator;
  /** Absent: analysis alone. */
  run?: PlannedRun;
  played: PlayedRequests;
}

async function openStudy(options: GridFlexOptions, limits: { maxCtx: number; sloMs: number }): Promise<Study> {
  const { replica, gpus } = options;
  const { maxCtx } = limits;
  const fleet = fleetOf([poolInput(replica, { id: "all", replicas: 1, maxCtx })]);
  const pool = fleet.pools[0]!;
  const { gpusPerReplica } = pool.profile;
  const mostGpus = MAX_REPLICAS * gpusPerReplica;
  within("gpus", gpus, (n) => n <= mostGpus, `at most ${mostGpus}, those of ${MAX_REPLICAS} replicas`);
  if (gpus % gpusPerReplica !== 0) {
    throw new InputError(
      `the fleet has ${gpus} GPUs, but a replica of ${replica.name} takes ${gpusPerReplica}: allowed are multiples of that.`,
    );
  }
  const engine = options.engine ?? DEFAULT_ENGINE;
  const opened = await openPlanningRequests(options, options);
  const nodes = plannedLengths(opened).nodes(0, maxCtx, { chunk: pool.profile.chunk });
  if (nodes.weight.length === 0) {
    throw new InputError(`no request of ${opened.name} has at most ${maxCtx} tokens: the fleet would serve none.`);
  }
  const share = nodes.weight.reduce((sum, weight) => sum + weight, 0);
  const { decodes, contextRead, input } = lengthMoments(nodes);
  const uncapped = engine === "slots" ? pool.slots : pool.serving.maxNumSeqs;
  const isAnalysis = options.requests === 0;
  const run = plannedRun(opened, isAnalysis ? undefined : options.requests, DEFAULT_FLEX_REQUESTS);
  const load = { rateRps: opened.rateRps * share, nodes };
  return {
    ...limits,
    replica,
    pool,
    replicas: gpus / gpusPerReplica,
    gpus,
    engine,
    uncapped,
    power: powerLaw(pool, uncapped, decodes > 0 ? contextRead / decodes : input),
    rateRps: load.rateRps,
    estimator: (capped) => estimatorOf(engine, capped, load),
    ...(isAnalysis ? {} : { run }),
    played: run.told,
  };
}

/** A cut of power, and what it leaves. */
interface Level {
  flexPct: number;
  targetW: number;
  cap: number;
}

function levelOf({ power, uncapped }: Study, flexPct: number): Level {
  const targetW = Math.max(power.idleW, power.nominalW * (1 - flexPct / 100));
  return { flexPct, targetW, cap: power.mostAt(targetW, uncapped) };
}

function cappedFleet({ replica, engine, maxCtx }: Study, cap: number, replicas: number): Fleet {
  const capped: ReplicaOption =
    engine === "slots"
      ? { ...replica, replica: { ...replica.replica, slots: cap } }
      : {
          ...replica,
          replica: { ...replica.replica, serving: { ...replica.replica.serving, max_num_seqs: cap } },
        };
  return fleetOf([poolInput(capped, { id: "all", replicas, maxCtx })]);
}

async function simulateLevel(
  study: Study,
  run: PlannedRun,
  cap: number,
  options: GridFlexOptions,
  index: number,
): Promise<ReplayResult> {
  const playedBefore = index * run.count * (options.replications ?? 1);
  return replay({
    ...runOptions({ ...options, requests: run.count }),
    engine: study.engine,
    core: options.core ?? (await loadCore()),
    fleet: cappedFleet(study, cap, study.replicas),
    requests: run.requests,
    sloMs: study.sloMs,
    onProgress: (count) => options.onProgress?.(playedBefore + count),
  });
}

function rowOf(study: Study, { flexPct, targetW, cap }: Level, result: ReplayResult | undefined): GridFlexRow {
  const { power, gpus, sloMs, uncapped } = study;
  const fleetKw = (watts: number) => (gpus * watts) / 1000;
  const wattsAtCap = power.at(cap);
  const estimate = study.estimator(cappedFleet(study, cap, 1).pools[0]!).at(study.replicas);
  const analyticalMs = estimate.rho < 1 ? rounded(1000 * estimate.p99TtftS, 2) : null;
  return {
    flex_pct: flexPct,
    n_max_cap: cap,
    power_per_gpu_w: rounded(wattsAtCap, 3),
    power_fleet_kw: rounded(fleetKw(wattsAtCap), 6),
    ...(result ? simulated(study, result, estimate) : analytical(analyticalMs, sloMs)),
    p99_ttft_analytical_ms: analyticalMs,
    rho: rounded(estimate.rho, 4),
    power_target_w: rounded(targetW, 3),
    target_met: wattsAtCap <= targetW,
    saved_kw: rounded(fleetKw(power.at(uncapped) - wattsAtCap), 6),
    power_at_load_kw: rounded(fleetKw(power.at(runningPerReplica(study, cap, result, estimate))), 6),
    is_deepest: false,
  };
}

type Judged = Pick<
  GridFlexRow,
  "p99_ttft_ms" | "slo_met" | "source" | "p99_ttft_ms_ci95" | "verdict" | "slo_compliance_pct"
>;

/** With slots the load is known exactly: a fleet whose arrivals exceed what it can serve is overloaded, even if a run is too short to show it. */
function simulated({ engine, sloMs }: Study, result: ReplayResult, { rho }: PoolEstimate): Judged {
  const isOverloaded = result.stability.verdict === "overloaded" || (engine === "slots" && rho >= 1);
  const { ttft_ms: ttft, slo } = result;
  const ends = ttft.p99_ci95;
  return {
    p99_ttft_ms: isOverloaded ? null : rounded(ttft.p99, 2),
    slo_met: !isOverloaded && ends !== null && ends[1] <= sloMs,
    source: "simulated",
    p99_ttft_ms_ci95: isOverloaded ? null : roundedInterval(ttft),
    verdict: isOverloaded ? "overloaded" : "stable",
    slo_compliance_pct: slo.attainment === null ? null : rounded(100 * slo.attainment, 2),
  };
}

function analytical(p99Ms: number | null, sloMs: number): Judged {
  return {
    p99_ttft_ms: p99Ms,
    slo_met: p99Ms !== null && p99Ms <= sloMs,
    source: "analytical",
    p99_ttft_ms_ci95: null,
    verdict: p99Ms === null ? "overloaded" : "stable",
    slo_compliance_pct: null,
  };
}

/** Mean number of sequences that run in a replica. */
function runningPerReplica(
  { replicas }: Study,
  cap: number,
  result: ReplayResult | undefined,
  estimate: PoolEstimate,
): number {
  return result ? result.pools["all"]!.utilisation.slots * cap : Math.min(cap, estimate.running / replicas);
}

function checkFlexPcts(flexPcts: readonly number[]): void {
  if (flexPcts.length < 1 || flexPcts.length > MAX_FLEX_PCTS) {
    throw new OptionError(
      (nameOf) => `${nameOf("flexPcts")} has ${flexPcts.length} values; allowed are 1 to ${MAX_FLEX_PCTS}.`,
    );
  }
  const wrong = flexPcts.find((percent) => !(percent >= 0 && percent < 100));
  if (wrong === undefined) return;
  throw new OptionError((nameOf) => `${nameOf("flexPcts")} has ${wrong}; allowed are per cent from 0 to below 100.`);
}

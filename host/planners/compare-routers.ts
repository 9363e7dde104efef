import type { RequestCounts } from "../core/figures.js";
import { loadCore } from "../core/load.js";
import type { Quantiles } from "../core/quantiles.js";
import type { Outcome } from "../core/outcome.js";
import type { FleetSpec } from "../specs/fleet-spec.js";
import { InputError } from "../specs/input-error.js";
import { pathBeside } from "../specs/path-beside.js";
import { twoPoolFleet, type TwoPoolFlags } from "../specs/two-pool-fleet.js";
import { type Classify, loadClassify } from "./classify.js";
import {
  type ComparableRouter,
  type Compared,
  comparedRouters,
  DEFAULT_COMPARED_ROUTERS,
  fleetWith,
} from "./compared-routers.js";
import { rounded, roundedInterval } from "./fleet-summary.js";
import { type BatchFigures, PairedTimes } from "./paired-times.js";
import { openPlanningRequests, plannedRun, type PlannedRun, type PlanningInput } from "./planning-requests.js";
import { DEFAULT_SLO_MS, DEFAULT_WARMUP, replay, type ReplayResult } from "./replay.js";
import { type FleetSource, fleetSpec } from "./replay-trace.js";
import { type PairedRuns, type RouterDifference, routerDifference } from "./router-difference.js";
import { runOptions, type SimulationOptions } from "./simulate.js";

/** Requests of {@link compareRouters} unless the caller says otherwise. */
export const DEFAULT_COMPARE_REQUESTS = 30_000;

/** The fleet of a comparison: two pools by figures that are named after the Python tool's flags, or any fleet. */
export type ComparedFleet = Omit<TwoPoolFlags, "gamma" | "sloMs"> | { fleet: FleetSource };

/** What {@link compareRouters} compares. */
export type CompareRoutersOptions = ComparedFleet & PlanningInput & ComparisonOptions;

/** How routers are compared. */
export interface ComparisonOptions extends Omit<SimulationOptions, "onResults"> {
  /**
   * In the order of the rows; `all`: all that can be compared. Default {@link DEFAULT_COMPARED_ROUTERS}, after the router of the fleet where one is given as `fleet`. The
   * router that a fleet has keeps its parameters, others have their defaults (`compress_route`: gamma 1.5, as in the Python tool).
   */
  routers?: readonly ComparableRouter[] | "all";
  /** The one that the others are compared with. Default: the first. */
  baseline?: ComparableRouter;
  /** Objective for the time to first token, ms. Default: the fleet's, else 500. */
  sloMs?: number;
  /** Function of the router `semantic`, or (Node) the path of an ES module that exports it. Default: the module that the fleet names. */
  classify?: Classify | string;
}

/**
 * What a router came to. The first four keys and their roundings (2 decimals) are the Python tool's; figures are over all measured
 * arrivals, those of the completed ones end in `_completed`.
 */
export interface RouterRow {
  router: ComparableRouter;
  p99_ttft_ms: number | null;
  slo_compliance_pct: number | null;
  mean_utilisation_pct: number;
  /** 95 % confidence interval. */
  p99_ttft_ms_ci95: [number, number] | null;
  p50_ttft_ms: number | null;
  /** Over the requests that were served. */
  mean_ttft_ms: number | null;
  p99_qwait_ms: number | null;
  slo_compliance_pct_completed: number | null;
  verdict: ReplayResult["stability"]["verdict"];
  /** Of all measured arrivals, objective met, requests/s. */
  goodput_rps: number;
  /** Against the baseline; `null` in the row of the baseline. */
  difference: RouterDifference<ComparableRouter> | null;
  requests: RequestCounts;
  engine: ReplayResult["engine"];
  slo_ms: number;
  seed: number;
  replications: number;
  /** TTFT as a curve, where curves were asked for. */
  quantiles?: Quantiles;
}

/**
 * Plays the same requests through a fleet once for each router. Every router meets the very same arrivals and lengths, as they were drawn or read: none sees
 * what another one compressed. So routers are compared request by request, and differences are surer than the figures themselves.
 *
 * @throws InputError if a figure of the fleet or of the requests is out of range, or a router cannot be compared here; messages name the figures of two pools by their flags.
 */
export async function compareRouters(options: CompareRoutersOptions): Promise<RouterRow[]> {
  const compared = await openCompared(options);
  const { spec, requests } = compared;
  const routers = comparedRouters(options.routers ?? defaultRouters(spec, "fleet" in options), compared);
  const { baseline = routers[0]! } = options;
  if (!routers.includes(baseline)) {
    throw new InputError(
      `the baseline is ${baseline}, but must be one of the compared routers, ${routers.join(", ")}.`,
    );
  }
  const run = plannedRun(requests, options.requests, DEFAULT_COMPARE_REQUESTS);
  const core = options.core ?? (await loadCore());
  const played: { row: RouterRow; runs: PairedRuns }[] = [];
  for (const router of routers) {
    const playedBefore = played.length * run.count * (options.replications ?? 1);
    const onProgress = (count: number) => options.onProgress?.(playedBefore + count);
    played.push(await playRouter(router, { ...options, core, onProgress }, compared, run));
  }
  const base = played[routers.indexOf(baseline)]!;
  return played.map(({ row, runs }) => ({
    ...row,
    difference: runs === base.runs ? null : routerDifference(runs, base.runs, baseline),
  }));
}

async function openCompared(options: CompareRoutersOptions): Promise<Compared> {
  const spec =
    "fleet" in options ? await fleetSpec(options.fleet) : twoPoolFleet({ sloMs: DEFAULT_SLO_MS, ...options });
  const requests = await openPlanningRequests(options, options);
  const classify = await classifyOf(options, spec);
  return { spec, requests, ...(classify ? { classify } : {}) };
}

async function classifyOf({ classify }: ComparisonOptions, { router, file }: FleetSpec): Promise<Classify | undefined> {
  if (typeof classify === "function") return classify;
  if (classify !== undefined) return loadClassify(classify);
  if (router.type !== "semantic" || router.classify === undefined) return undefined;
  return loadClassify(pathBeside(file, router.classify));
}

function defaultRouters({ router }: FleetSpec, isOwn: boolean): readonly ComparableRouter[] {
  return isOwn ? [...new Set([router.type, ...DEFAULT_COMPARED_ROUTERS])] : DEFAULT_COMPARED_ROUTERS;
}

/** Runs that are replications of each other are paired as such; else, as with a trace that is always the same, batches of the first run are. */
async function playRouter(
  router: ComparableRouter,
  options: ComparisonOptions,
  { spec, requests, classify }: Compared,
  run: PlannedRun,
): Promise<{ row: RouterRow; runs: PairedRuns }> {
  const { replications = 1, warmup = DEFAULT_WARMUP } = options;
  const usesBatches = replications === 1 || !requests.isNewEachTime;
  const times = usesBatches ? new PairedTimes(run.count, Math.floor(warmup * run.count)) : undefined;
  const outcomes: Outcome[] = [];
  const result = await replay({
    ...runOptions(options),
    fleet: fleetWith(router, spec),
    requests: run.requests,
    ...(options.sloMs === undefined ? {} : { sloMs: options.sloMs }),
    ...(classify ? { classify } : {}),
    onOutcome: (outcome) => void outcomes.push(outcome),
    ...(times ? { onResults: (rows, replication) => void (replication === 0 && times.take(rows)) } : {}),
  });
  const batches: BatchFigures[] | undefined = times?.batches(result.slo.ttft_ms);
  return { row: routerRow(router, result), runs: { outcomes, ...(batches ? { batches } : {}) } };
}

function routerRow(router: ComparableRouter, result: ReplayResult): RouterRow {
  return {
    router,
    p99_ttft_ms: rounded(result.ttft_ms.p99, 2),
    slo_compliance_pct: percent(result.slo.attainment),
    mean_utilisation_pct: percent(result.utilisation.slots)!,
    p99_ttft_ms_ci95: roundedInterval(result.ttft_ms),
    p50_ttft_ms: rounded(result.ttft_ms.p50, 2),
    mean_ttft_ms: rounded(result.ttft_ms.mean, 2),
    p99_qwait_ms: rounded(result.queue_wait_ms.p99, 2),
    slo_compliance_pct_completed: percent(result.slo.attainment_completed),
    verdict: result.stability.verdict,
    goodput_rps: result.throughput.goodput_rps,
    difference: null,
    requests: result.requests,
    engine: result.engine,
    slo_ms: result.slo.ttft_ms,
    seed: result.seed,
    replications: result.replications,
    ...(result.quantiles ? { quantiles: result.quantiles } : {}),
  };
}

/** A share in per cent, 2 decimals. */
function percent(share: number | null): number | null {
  return share === null ? null : rounded(share * 100, 2);
}

import { loadCore } from "../core/load.js";
import type { RequestCounts } from "../core/figures.js";
import { type Fleet, resolveFleet } from "../specs/fleet.js";
import { completeRouter, routerFields } from "../specs/router-spec.js";
import { twoPoolFleet, type TwoPoolFlags } from "../specs/two-pool-fleet.js";
import type { WorkloadModel } from "../workloads/models.js";
import { rounded, roundedInterval } from "./fleet-summary.js";
import { DEFAULT_SLO_MS, replay, type ReplayResult } from "./replay.js";
import { DEFAULT_RATE_RPS, type SimulationOptions, runOptions } from "./simulate.js";

/** Routers that choose between two pools by what a request is, or by their load. (`model` and `semantic` need labels.) */
export const COMPARABLE_ROUTERS = [
  "length",
  "compress_route",
  "spillover",
  "least_loaded",
  "random",
  "round_robin",
] as const;

/** A router that can be compared. */
export type ComparableRouter = (typeof COMPARABLE_ROUTERS)[number];

/** Those that are compared unless the caller says otherwise: the Python tool's. */
export const DEFAULT_COMPARED_ROUTERS = ["length", "compress_route", "random"] as const satisfies ComparableRouter[];

/** Requests of {@link compareRouters} unless the caller says otherwise. */
export const DEFAULT_COMPARE_REQUESTS = 30_000;

/** `gamma` of compress-and-route in a comparison, as the Python tool has it. */
export const COMPARED_GAMMA = 1.5;

/** What {@link compareRouters} compares. The fields of the fleet are named after the Python tool's flags. */
export interface CompareRoutersOptions extends Omit<TwoPoolFlags, "gamma">, Omit<SimulationOptions, "onResults"> {
  workload: WorkloadModel;
  /** In the order of the rows. Default {@link DEFAULT_COMPARED_ROUTERS}. */
  routers?: readonly ComparableRouter[];
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
  p99_qwait_ms: number | null;
  slo_compliance_pct_completed: number | null;
  verdict: ReplayResult["stability"]["verdict"];
  /** Of all measured arrivals, objective met, requests/s. */
  goodput_rps: number;
  requests: RequestCounts;
  engine: ReplayResult["engine"];
  seed: number;
}

/**
 * Plays the same requests through a fleet of two pools once for each router. Every router meets the very same arrivals and lengths, as they
 * were drawn: none sees what another one compressed.
 *
 * @throws InputError if a figure of the fleet or of the requests is out of range; messages name the fleet's figures by their flags.
 */
export async function compareRouters(options: CompareRoutersOptions): Promise<RouterRow[]> {
  const { routers = DEFAULT_COMPARED_ROUTERS, onProgress } = options;
  const fleets = routers.map((router) => fleetWith(router, options));
  const drawn = {
    model: options.workload,
    rateRps: options.rateRps ?? DEFAULT_RATE_RPS,
    count: options.requests ?? DEFAULT_COMPARE_REQUESTS,
    process: { type: "poisson" },
  } as const;
  const core = options.core ?? (await loadCore());
  const rows: RouterRow[] = [];
  for (const [index, router] of routers.entries()) {
    const playedBefore = index * drawn.count * (options.replications ?? 1);
    const result = await replay({
      ...runOptions(options),
      core,
      fleet: fleets[index]!,
      requests: { drawn },
      onProgress: (played) => onProgress?.(playedBefore + played),
    });
    rows.push(routerRow(router, result));
  }
  return rows;
}

function fleetWith(router: ComparableRouter, options: CompareRoutersOptions): Fleet {
  const flags = { sloMs: DEFAULT_SLO_MS, ...options };
  const spec = twoPoolFleet(router === "compress_route" ? { ...flags, gamma: COMPARED_GAMMA } : flags);
  // The two-pool fleet comes with these two; the others take their boundary, if any, from its pools.
  if (router === "length" || router === "compress_route") return resolveFleet(spec);
  return resolveFleet({ ...spec, router: completeRouter(routerFields(router), spec.pools) });
}

function routerRow(router: ComparableRouter, result: ReplayResult): RouterRow {
  return {
    router,
    p99_ttft_ms: rounded(result.ttft_ms.p99, 2),
    slo_compliance_pct: percent(result.slo.attainment),
    mean_utilisation_pct: percent(result.utilisation.slots)!,
    p99_ttft_ms_ci95: roundedInterval(result.ttft_ms),
    p50_ttft_ms: rounded(result.ttft_ms.p50, 2),
    p99_qwait_ms: rounded(result.queue_wait_ms.p99, 2),
    slo_compliance_pct_completed: percent(result.slo.attainment_completed),
    verdict: result.stability.verdict,
    goodput_rps: result.throughput.goodput_rps,
    requests: result.requests,
    engine: result.engine,
    seed: result.seed,
  };
}

/** A share in per cent, 2 decimals. */
function percent(share: number | null): number | null {
  return share === null ? null : rounded(share * 100, 2);
}

import type { FleetRow } from "../planners/sizing/fleet-row.js";
import type { SizedPool } from "../planners/sizing/sized-pool.js";
import type { Column } from "./column-table.js";
import { interval } from "./outcome-cells.js";
import { count, dollars, milliseconds, NONE, percent, significant } from "./quantities.js";

/** Pools of a fleet that was sized: what they are. */
export const SIZED_POOLS: readonly Column<SizedPool>[] = [
  { title: "pool", cell: ({ id }) => id },
  { title: "tokens", cell: tokensServed },
  { title: "share", cell: ({ share }) => percent(share), rank: 2 },
  { title: "req/s", cell: ({ rate_rps }) => significant(rate_rps), rank: 1 },
  { title: "replica", cell: ({ replica }) => replica },
  { title: "replicas", cell: ({ replicas }) => count(replicas) },
  { title: "GPUs", cell: ({ gpus }) => count(gpus) },
  { title: "$/h", cell: ({ cost_per_hr }) => dollars(cost_per_hr) },
  { title: "kW", cell: ({ watts }) => kilowatts(watts), rank: 3 },
];

/** The same pools: what they come to, by simulation and by analysis. */
export const SIZED_POOL_FIGURES: readonly Column<SizedPool>[] = [
  { title: "pool", cell: ({ id }) => id },
  { title: "TTFT P99", cell: ({ simulated }) => milliseconds(simulated?.p99_ttft_ms ?? null) },
  { title: "95 %", cell: ({ simulated }) => interval(simulated?.p99_ttft_ms_ci95 ?? null) },
  { title: "expected", cell: ({ analytical }) => milliseconds(analytical.p99_ttft_ms) },
  { title: "load", cell: ({ analytical }) => percent(analytical.rho) },
  { title: "TPOT P99", cell: ({ simulated }) => milliseconds(simulated?.p99_tpot_ms ?? null) },
  { title: "batch", cell: ({ simulated }) => (simulated ? significant(simulated.mean_batch) : NONE) },
  { title: "in time", cell: ({ simulated }) => percent(simulated?.slo_attainment ?? null) },
  { title: "requests", cell: ({ simulated }) => (simulated ? count(simulated.requests) : NONE), rank: 1 },
];

/** Fleets beside each other. */
export const FLEET_ROWS: readonly Column<FleetRow>[] = [
  { title: "pools at", cell: poolsAt },
  { title: "replicas", cell: ({ pools }) => pools.map(({ replicas }) => count(replicas)).join(" + ") },
  { title: "of", cell: replicaNames, rank: 1 },
  { title: "GPUs", cell: ({ total_gpus }) => count(total_gpus) },
  { title: "$/h", cell: ({ cost_per_hr }) => dollars(cost_per_hr) },
  { title: "kW", cell: ({ watts }) => kilowatts(watts), rank: 2 },
  { title: "worst P99", cell: (row) => milliseconds(worstP99(row)) },
  { title: "by", cell: ({ source }) => source },
  { title: "", cell: ({ slo_met }) => (slo_met ? "" : "missed") },
];

/** The largest P99 of TTFT of any pool, ms: simulated, or expected where the row is analytical; `null` where one has none. */
export function worstP99({ pools }: Pick<FleetRow, "pools">): number | null {
  return pools
    .map(({ simulated, analytical }) => (simulated ? simulated.p99_ttft_ms : analytical.p99_ttft_ms))
    .reduce<number | null>((most, p99) => (p99 === null || most === null ? null : Math.max(most, p99)), 0);
}

/** `one pool`, `4,096`, `4,096 x 1.5` with compression. */
export function poolsAt({ boundaries, gamma }: Pick<FleetRow, "boundaries" | "gamma">): string {
  if (boundaries.length === 0) return "one pool";
  const at = boundaries.map(count).join(", ");
  return gamma > 1 ? `${at} x ${gamma}` : at;
}

/** Watts as kW: `5.24`. */
export function kilowatts(watts: number | null): string {
  return watts === null ? NONE : significant(watts / 1000);
}

function tokensServed({ above, max_ctx }: SizedPool): string {
  return above === 0 ? `up to ${count(max_ctx)}` : `${count(above + 1)} to ${count(max_ctx)}`;
}

function replicaNames({ pools }: FleetRow): string {
  return [...new Set(pools.map(({ replica }) => replica))].join(", ");
}

import type { FleetRow } from "../../planners/sizing/fleet-row.js";
import type { SizedPool, TriedPool } from "../../planners/sizing/sized-pool.js";
import { interval } from "../outcome-cells.js";
import { count, counted, dollars, millisecondsWithUnit } from "../quantities.js";
import { kilowatts, poolsAt, worstP99 } from "../sized-fleet-tables.js";
import { latencyFrontier } from "./blocks.js";
import type { FiguresBlock, FrontierChart, FrontierPoint, IntervalsChart } from "./page-spec.js";

type Fleet = Omit<FleetRow, "source">;

/** The figures of a recommended fleet, written large. */
export function fleetFigures(row: Fleet): FiguresBlock {
  const ends = worstOf(row.pools)?.interval ?? null;
  return {
    kind: "figures",
    figures: [
      { label: "GPUs", value: count(row.total_gpus), note: counted(row.total_replicas, "replica") },
      {
        label: "Cost",
        value: `${dollars(row.cost_per_hr)}/h`,
        note: `${dollars(row.annualised_cost_kusd * 1000)} a year`,
      },
      { label: "Power", value: row.watts === null ? "–" : `${kilowatts(row.watts)} kW`, note: "at the mean load" },
      {
        label: "P99 TTFT",
        value: millisecondsWithUnit(worstP99(row)),
        note: ends
          ? `of the slowest pool; 95 % interval ${interval(ends)}`
          : "of the slowest pool, expected by analysis",
        tone: row.slo_met ? "good" : "bad",
      },
    ],
  };
}

/**
 * Fleets by cost and worst P99: those that were simulated, the best one with other numbers of replicas as they were tried, and, drawn as such, those that are only expected.
 */
export function fleetFrontier<Row extends FleetRow>(
  rows: readonly Row[],
  sloMs: number,
  best: Row | null,
): FrontierChart {
  const tried = best && best.source === "simulated" ? triedPoints(best) : [];
  const expected = rows.some(({ source }) => source === "analytical") ? ` ${EXPECTED}` : "";
  return latencyFrontier({
    title: "Cost against latency",
    note: `By the P99 of TTFT of the slowest pool, with its 95 % interval: a fleet meets the objective where all of that lies below.${expected}`,
    cost: { label: "Cost", unit: "$/h" },
    latency: "P99 TTFT of the slowest pool",
    objectiveMs: sloMs,
    points: [...rows.map((row) => rowPoint(row, row === best)), ...tried],
  });
}

const EXPECTED =
  "Fleets by analysis are expectations: it knows the mean rate alone, and hopes for too much where the rate varies.";

function rowPoint(row: FleetRow, isChosen: boolean): FrontierPoint {
  const isEstimate = row.source === "analytical";
  return {
    label: `${poolsAt(row)}: ${row.pools.map(({ replicas }) => count(replicas)).join(" + ")}`,
    x: row.cost_per_hr,
    y: worstP99(row),
    isFeasible: row.slo_met,
    isChosen,
    ...(isEstimate ? { isEstimate } : { interval: worstOf(row.pools)?.interval ?? null }),
    details: [
      { label: "source", text: row.source },
      { label: "GPUs", text: count(row.total_gpus) },
      { label: "replicas of", text: [...new Set(row.pools.map(({ replica }) => replica))].join(", ") },
    ],
  };
}

/** A fleet with other numbers of replicas in one of its pools, as they were played. */
function triedPoints(fleet: FleetRow): FrontierPoint[] {
  return fleet.pools.flatMap((pool) => {
    const others = fleet.pools.filter((other) => other !== pool);
    const runs = pool.tried.filter(({ replicas }) => replicas !== pool.replicas_needed);
    return runs.map((run) => triedPoint(fleet, pool, run, others));
  });
}

function triedPoint(fleet: FleetRow, pool: SizedPool, run: TriedPool, others: readonly SizedPool[]): FrontierPoint {
  const own = run.p99_ttft_ms === null ? undefined : { p99: run.p99_ttft_ms, interval: run.p99_ttft_ms_ci95 };
  const rest = worstOf(others);
  const worst = own && rest && rest.p99 > own.p99 ? rest : own;
  const replicas = counted(run.replicas, "replica");
  return {
    label: others.length === 0 ? replicas : `pool ${pool.id} with ${replicas}, others as chosen`,
    x: fleet.cost_per_hr - pool.cost_per_hr + run.cost_per_hr,
    y: worst?.p99 ?? null,
    isFeasible: run.is_feasible,
    interval: worst?.interval ?? null,
    details: [
      { label: "source", text: run.was_broken_off ? "simulated, broken off" : "simulated" },
      { label: "replicas of", text: pool.replica },
    ],
  };
}

/** The simulated pool with the largest P99 of TTFT; `undefined` where one has none. */
function worstOf(pools: readonly SizedPool[]): { p99: number; interval: [number, number] | null } | undefined {
  const all = pools.map(({ simulated }) => simulated);
  const measured = all.flatMap((one) => {
    if (one === null || one.p99_ttft_ms === null) return [];
    return [{ p99: one.p99_ttft_ms, interval: one.p99_ttft_ms_ci95 }];
  });
  if (measured.length < all.length || measured.length === 0) return undefined;
  return measured.reduce((worst, one) => (one.p99 > worst.p99 ? one : worst));
}

/** How the P99 of each pool stands to the objective. */
export function poolIntervals(pools: readonly SizedPool[], sloMs: number): IntervalsChart {
  return {
    kind: "intervals",
    title: "P99 of TTFT by pool",
    axis: { label: "P99 TTFT", format: "milliseconds", scale: "log" },
    items: pools.map(({ id, simulated, analytical }) =>
      simulated
        ? { label: id, value: simulated.p99_ttft_ms, interval: simulated.p99_ttft_ms_ci95 }
        : { label: `${id}, expected`, value: analytical.p99_ttft_ms, tone: "unsure" },
    ),
    limit: { label: "the objective", value: sloMs },
  };
}

import type { FleetRow } from "../../planners/sizing/fleet-row.js";
import type { SizedPool } from "../../planners/sizing/sized-pool.js";
import { count, dollars, millisecondsWithUnit } from "../quantities.js";
import { kilowatts, poolsAt, worstP99 } from "../sized-fleet-tables.js";
import { latencyFrontier } from "./blocks.js";
import type { BarsChart, FiguresBlock, FrontierChart } from "./page-spec.js";

/** The figures of a recommended fleet, written large. */
export function fleetFigures(row: Omit<FleetRow, "source">): FiguresBlock {
  return {
    kind: "figures",
    figures: [
      { label: "GPUs", value: count(row.total_gpus), note: `${count(row.total_replicas)} replicas` },
      {
        label: "Cost",
        value: `${dollars(row.cost_per_hr)}/h`,
        note: `${dollars(row.annualised_cost_kusd * 1000)} a year`,
      },
      { label: "Power", value: row.watts === null ? "–" : `${kilowatts(row.watts)} kW`, note: "at the mean load" },
      {
        label: "P99 TTFT",
        value: millisecondsWithUnit(worstP99(row)),
        note: "of the slowest pool",
        tone: row.slo_met ? "good" : "bad",
      },
    ],
  };
}

/** Fleets by cost and worst P99. Those by analysis are drawn as well, and said to be. */
export function fleetFrontier<Row extends FleetRow>(
  rows: readonly Row[],
  sloMs: number,
  best: Row | null,
): FrontierChart {
  return latencyFrontier({
    title: "Cost against latency",
    note: "Fleets that were compared, by what they cost and the P99 of TTFT of their slowest pool. Fleets by analysis are estimates; those by simulation were played.",
    cost: { label: "Cost", unit: "$/h" },
    latency: "P99 TTFT of the slowest pool",
    objectiveMs: sloMs,
    points: rows.map((row) => ({
      label: `${poolsAt(row)}: ${row.pools.map(({ replicas }) => count(replicas)).join(" + ")}`,
      x: row.cost_per_hr,
      y: worstP99(row),
      isFeasible: row.slo_met,
      isChosen: row === best,
      details: [
        { label: "source", text: row.source },
        { label: "GPUs", text: count(row.total_gpus) },
        { label: "replicas of", text: [...new Set(row.pools.map(({ replica }) => replica))].join(", ") },
      ],
    })),
  });
}

/** How the P99 of each pool stands to the objective. */
export function poolBars(pools: readonly SizedPool[], sloMs: number): BarsChart {
  return {
    kind: "bars",
    title: "P99 of TTFT by pool",
    axis: { label: "P99 TTFT", format: "milliseconds" },
    bars: pools.map(({ id, simulated, analytical }) => ({
      label: id,
      value: simulated ? simulated.p99_ttft_ms : analytical.p99_ttft_ms,
    })),
    limit: { label: "objective", value: sloMs },
  };
}

import type { FleetWatts, TokensPerWattResult, TwoPoolTokensPerWattResult } from "../../planners/tok-per-watt.js";
import type { WattRow } from "../../planners/tok-per-watt-row.js";
import { count, given, significant } from "../quantities.js";
import {
  fleetWattsAnswer,
  fleetWattsWords,
  namedFleets,
  WATT_FLEETS,
  WATT_ROWS,
  wattsAnswer,
  wattsWords,
} from "../tok-per-watt-report.js";
import { efficient, latencyFrontier, sentence, verdict, wordsBlock } from "./blocks.js";
import type { BarsChart, FrontierChart, FrontierPoint, Page } from "./page-spec.js";
import { tableOf } from "./tables.js";

/** The page of kinds of replica by their tokens a watt. */
export function wattsPage(result: TokensPerWattResult): Page {
  const { rows, facts } = result;
  const best = bestOf(rows);
  return {
    title: "Output tokens a second and watt",
    subtitle: `${facts.requests} at ${significant(facts.rate_rps)} requests/s, P99 of TTFT within ${given(facts.slo_ms)} ms`,
    verdict: verdict(best ? "good" : "bad", sentence(wattsAnswer(result))),
    result: rows,
    fileName: "tok-per-watt.json",
    sections: [
      { blocks: [wordsBlock(wattsWords(result))] },
      {
        title: "Energy",
        blocks: [
          wattBars(rows, best),
          energyAgainstCost(rows, best),
          latencyFrontier({
            title: "Energy against latency",
            note: "Fuller replicas take less energy a token, and let requests wait longer.",
            cost: { label: "Energy", unit: "J an output token" },
            objectiveMs: facts.slo_ms,
            points: rows.map((row) => ({
              ...pointOf(row, row === best),
              x: row.joules_per_token,
              y: row.p99_ttft_ms,
              interval: row.p99_ttft_ms_ci95,
            })),
          }),
        ],
      },
      { title: "Pools", blocks: [tableOf(WATT_ROWS, rows, { isChosen: (row) => row === best })] },
    ],
  };
}

/** The page of two pools against one by their tokens a watt. */
export function fleetWattsPage(result: TwoPoolTokensPerWattResult): Page {
  const { homo, routed, facts } = result;
  const fleets = namedFleets(result);
  const bar = (title: string, unit: string, value: (fleet: FleetWatts) => number | null): BarsChart => ({
    kind: "bars",
    title,
    axis: { label: unit },
    bars: fleets.map((fleet) => ({ label: fleet.name, value: value(fleet) })),
  });
  const isComparable = homo.fleet_tpw !== null && routed.fleet_tpw !== null;
  return {
    title: "Output tokens a second and watt: two pools against one",
    subtitle: `${facts.requests} at ${significant(facts.rate_rps)} requests/s, P99 of TTFT within ${given(facts.slo_ms)} ms`,
    verdict: verdict(isComparable ? "good" : "bad", sentence(fleetWattsAnswer(result))),
    result,
    fileName: "tok-per-watt.json",
    sections: [
      { blocks: [wordsBlock(fleetWattsWords(result))] },
      {
        title: "Energy and cost",
        blocks: [
          bar("Tokens a watt", "Output tokens a second and watt", ({ fleet_tpw }) => fleet_tpw),
          bar("Cost of output", "$ a million output tokens", ({ fleet_cost_per_mil }) => fleet_cost_per_mil),
          bar("Power", "kW", ({ fleet_power_kw }) => fleet_power_kw),
        ],
      },
      {
        title: "Fleets",
        blocks: [
          tableOf(WATT_FLEETS, fleets),
          tableOf(WATT_ROWS, [...homo.pools, ...routed.pools], { caption: "Their pools" }),
        ],
      },
    ],
  };
}

function bestOf(rows: readonly WattRow[]): WattRow | undefined {
  const met = rows.filter(({ slo_met, tokens_per_watt }) => slo_met && tokens_per_watt !== null);
  return met.toSorted((a, b) => b.tokens_per_watt! - a.tokens_per_watt!)[0];
}

function wattBars(rows: readonly WattRow[], best: WattRow | undefined): BarsChart {
  return {
    kind: "bars",
    title: "Tokens a watt",
    note: "Muted: what misses the objective.",
    axis: { label: "Output tokens a second and watt" },
    bars: rows.map((row) => ({
      label: nameOf(row),
      value: row.tokens_per_watt,
      ...(row === best ? { isChosen: true } : {}),
      ...(row.slo_met ? {} : { tone: "bad" }),
    })),
  };
}

/** Both are the better the lower. */
function energyAgainstCost(rows: readonly WattRow[], best: WattRow | undefined): FrontierChart {
  return {
    kind: "frontier",
    title: "Energy against cost",
    x: { label: "Cost", unit: "$ a million output tokens" },
    y: { label: "Energy", unit: "J an output token" },
    points: efficient(
      rows.map((row) => ({ ...pointOf(row, row === best), x: row.cost_per_mil, y: row.joules_per_token })),
    ),
  };
}

function pointOf(row: WattRow, isChosen: boolean): Omit<FrontierPoint, "x" | "y"> {
  return {
    label: nameOf(row),
    isFeasible: row.slo_met,
    isChosen,
    details: [
      { label: "GPUs", text: row.n_gpus === null ? "–" : count(row.n_gpus) },
      { label: "quality of the power curve", text: row.power_model_qual.toLowerCase() },
    ],
  };
}

function nameOf({ pool_label: label, slo_optimal: isFewest, rho }: WattRow): string {
  return isFewest || rho === null ? label : `${label} at rho ${rho.toFixed(2)}`;
}

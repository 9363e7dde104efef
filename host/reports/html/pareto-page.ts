import type { ParetoResult } from "../../planners/pareto.js";
import type { ParetoRow } from "../../planners/pareto-row.js";
import { paretoAnswer, paretoTable, paretoWords } from "../pareto-report.js";
import { count, dollars, given, percent, significant } from "../quantities.js";
import { latencyFrontier, sentence, verdict, wordsBlock } from "./blocks.js";
import { checkSection } from "./check-section.js";
import type { FrontierChart, FrontierPoint, LinesChart, Page } from "./page-spec.js";
import { pointer } from "./pointer.js";
import { tableOf } from "./tables.js";

/** The page of thresholds between two pools. */
export function paretoPage(result: ParetoResult): Page {
  const { rows, recommended, fleet, rate_rps: rateRps, slo_ms: sloMs } = result;
  const { columns, shown } = paretoTable(result);
  const check = recommended?.check ?? null;
  const tone = recommended ? (check?.holds === false ? "unsure" : "good") : "bad";
  const { check_run } = recommended ?? {};
  const at = pointer(recommended ? rows.indexOf(recommended) : 0, "check_run");
  return {
    title: "Where two pools should meet",
    subtitle: `${significant(rateRps)} requests/s, P99 of TTFT within ${given(sloMs)} ms in every pool`,
    verdict: verdict(tone, sentence(paretoAnswer(result))),
    result: rows,
    fileName: "pareto.json",
    sections: [
      { blocks: [wordsBlock(paretoWords(result).filter(([label]) => label !== "check"))] },
      { title: "Thresholds", blocks: [frontier(result), costByThreshold(result)] },
      ...checkSection({ check, fleet, at, ...(check_run ? { check_run } : {}) }),
      {
        title: "Fleets",
        blocks: [
          tableOf(columns, shown, {
            caption: shown.length < rows.length ? "Those on the front" : "By threshold",
            isChosen: (row) => row.recommended,
          }),
        ],
      },
    ],
  };
}

function frontier({ rows, slo_ms: sloMs }: ParetoResult): FrontierChart {
  return latencyFrontier({
    title: "Cost against latency",
    note: "Each threshold by the cost of its fleet and the P99 of TTFT of the slower pool, simulated, with its 95 % interval.",
    cost: { label: "Cost", unit: "$/h" },
    latency: "P99 TTFT of the slowest pool",
    objectiveMs: sloMs,
    points: rows.map(pointOf),
  });
}

function pointOf(row: ParetoRow): FrontierPoint {
  const { pools, alpha, sized_for_slo_ms: sizedFor, slo_ms: sloMs } = row;
  return {
    label: labelOf(row),
    x: row.cost_per_hr,
    y: row.worst_p99_ms,
    interval: row.worst_p99_ms_ci95,
    isFeasible: row.slo_met,
    isChosen: row.recommended,
    isEfficient: row.pareto,
    details: [
      { label: "GPUs", text: pools.map(({ gpus }) => count(gpus)).join(" + ") },
      ...(row.kind === "homogeneous" ? [] : [{ label: "below", text: percent(alpha) }]),
      ...(sizedFor === sloMs ? [] : [{ label: "sized for", text: `${given(sizedFor)} ms` }]),
    ],
  };
}

function labelOf({ kind, b_short: bShort }: ParetoRow): string {
  return kind === "homogeneous" ? "one pool" : `pools that meet at ${count(bShort)}`;
}

/** What a threshold costs, beside what one pool does. */
function costByThreshold({ rows, slo_ms: sloMs }: ParetoResult): LinesChart {
  const objectives = [...new Set(rows.map(({ sized_for_slo_ms: ms }) => ms))];
  const homo = rows.find(({ kind, sized_for_slo_ms: ms }) => kind === "homogeneous" && ms === sloMs)?.cost_per_hr;
  return {
    kind: "lines",
    title: "Cost by threshold",
    x: { label: "Threshold", unit: "tokens", scale: "log", format: "count" },
    y: { label: "$/h", format: "dollars" },
    series: objectives.map((ms) => {
      const own = rows.filter((row) => row.kind === "two_pool" && row.sized_for_slo_ms === ms);
      return {
        label: objectives.length === 1 ? "two pools" : `sized for ${given(ms)} ms`,
        x: own.map(({ b_short }) => b_short),
        y: own.map(({ cost_per_hr }) => cost_per_hr),
      };
    }),
    ...(homo == null ? {} : { limit: { label: `one pool, ${dollars(homo)}`, value: homo } }),
  };
}

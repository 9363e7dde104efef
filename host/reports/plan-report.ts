import colours from "picocolors";
import type { PlanResult } from "../planners/plan.js";
import type { FreshCheck } from "../planners/sizing/fresh-check.js";
import type { NearestMiss, Refusal } from "../planners/sizing/nearest-miss.js";
import { columnTable } from "./column-table.js";
import { intervalNotes } from "./interval-notes.js";
import { paragraph } from "./paragraph.js";
import {
  count,
  counted,
  dollars,
  given,
  milliseconds,
  millisecondsWithUnit,
  percent,
  significant,
} from "./quantities.js";
import { FLEET_ROWS, kilowatts, SIZED_POOL_FIGURES, SIZED_POOLS } from "./sized-fleet-tables.js";
import { tooLongNotes } from "./too-long-note.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;
/** Fleets that are shown beside the best. */
const MOST_OTHERS = 6;

/**
 * A plan on a page of 100 columns.
 *
 * @param fleetFile File that the fleet was written to, if any.
 */
export function planReport(result: PlanResult, fleetFile?: string): string {
  const { best } = result;
  const lines = [...line("question", questionLine(result)), ...line("answer", answerLine(result)), ""];
  if (best) {
    lines.push(...columnTable(SIZED_POOLS, best.pools, WIDTH), "");
    lines.push(...columnTable(SIZED_POOL_FIGURES, best.pools, WIDTH), "");
  }
  if (result.check) lines.push(...line("check", checkLine(result.check)));
  if (result.nearest_miss) for (const text of missLines(result.nearest_miss)) lines.push(...line("nearest", text));
  lines.push(...line("search", searchLine(result)));
  for (const note of planNotes(result)) lines.push(...line("note", note));
  if (fleetFile !== undefined && best) lines.push(...line("fleet", `${fleetFile}, as replay takes it`));
  return [...lines, ...othersLines(result)].join("\n");
}

/** What was asked. */
export function questionLine({ requests, rate_rps, objective }: PlanResult): string {
  const tpot = objective.tpot_ms === undefined ? "" : ` and of TPOT within ${significant(objective.tpot_ms)} ms`;
  const goal = { cost: "cost", gpus: "GPUs", watts: "power" }[objective.goal];
  return (
    `${requests.name} at ${significant(rate_rps)} requests/s: the least ${goal} with which the P99 of TTFT keeps within ` +
    `${given(objective.ttft_ms)} ms${tpot}, in every pool`
  );
}

/** What is recommended, in one sentence. */
export function answerLine({ best }: PlanResult): string {
  if (!best) return colours.red("no fleet of these meets the objective");
  const pools = best.pools
    .map(({ replicas, replica, max_ctx }) => `${count(replicas)} x ${replica} up to ${count(max_ctx)} tokens`)
    .join(", ");
  const power = best.watts === null ? "" : `, ${kilowatts(best.watts)} kW`;
  const cost = `${dollars(best.cost_per_hr)} an hour (${dollars(best.annualised_cost_kusd * 1000)} a year)`;
  return colours.green(`${pools}: ${counted(best.total_gpus, "GPU")}, ${cost}${power}`);
}

/** What the replay of the answer gave. */
export function checkLine(check: FreshCheck): string {
  const { p99_ttft_ms_ci95: ci95, seed, has_fresh_requests: isFresh } = check;
  const interval = ci95 ? ` (${ci95.map(milliseconds).join(" to ")})` : "";
  const requests = `${counted(check.requests, "request")}${isFresh ? ` of seed ${seed}, which the search did not see` : " of the trace, through the whole fleet"}`;
  const verdict = check.holds ? colours.green("the objective holds") : colours.red("the objective does NOT hold");
  const tpot = check.p99_tpot_ms === null ? "" : `, of TPOT ${significant(check.p99_tpot_ms)} ms`;
  return `replayed with ${requests}: P99 of TTFT ${millisecondsWithUnit(check.p99_ttft_ms)}${interval}${tpot}, ${percent(check.slo_attainment)} in time: ${verdict}`;
}

/**
 * What comes nearest, and what would do.
 *
 * @param windowFlag Flag of the largest window.
 */
export function missLines(miss: NearestMiss, windowFlag = "--max-ctx"): string[] {
  const where =
    miss.above === 0 ? `up to ${count(miss.max_ctx)}` : `${count(miss.above + 1)} to ${count(miss.max_ctx)}`;
  const tpot = miss.p99_tpot_ms === null ? "" : `, of TPOT ${significant(miss.p99_tpot_ms)} ms`;
  const first = `${counted(miss.replicas, "replica")} of ${miss.replica} for requests of ${where} tokens have a P99 of TTFT of ${millisecondsWithUnit(miss.p99_ttft_ms)}${tpot}`;
  if (miss.feasible_slo_ms === null) return [`${first}, and do not keep up`];
  const limits = [
    `--slo ${given(miss.feasible_slo_ms)}`,
    ...(miss.feasible_slo_tpot_ms === null ? [] : [`--slo-tpot ${given(miss.feasible_slo_tpot_ms)}`]),
  ];
  return [
    `${first}; more do not help. ${limits.join(" with ")} would be met there, or try faster GPUs or a smaller ${windowFlag}`,
  ];
}

/** What the search shows of its answer. */
function proofWords(isProved: boolean): string {
  const of = isProved
    ? "these fleets"
    : "the fleets that were considered (for each pool the kinds that analysis expects to be cheapest)";
  return `no other of ${of} can be cheaper, as far as more replicas are never worse`;
}

/** How it was searched. */
export function searchLine({ search, engine, seed, best }: PlanResult): string {
  const kinds = counted(search.replica_options.length, "kind");
  return (
    `${counted(search.candidates, "way")} to cut the workload into pools, ${kinds} of replica, ${counted(search.runs, "run")} of single pools ` +
    `(engine ${engine}, seed ${seed})${best ? `; ${proofWords(search.is_proved)}` : ""}`
  );
}

/** What else is to be known. */
export function planNotes(result: PlanResult): string[] {
  const { best, refused } = result;
  const isManual = best?.pools.some(({ replica }) => ["A100-80GB", "H100-80GB"].includes(replica)) === true;
  return [
    ...tooLongNotes(result, "--max-ctx"),
    ...(isManual
      ? [
          "The constants of a100 and h100 are those of Llama-3-70B on eight GPUs, price and power those of one, as in the Python tool: --model names a model, and counts its GPUs.",
        ]
      : []),
    ...(best ? intervalNotes(best.pools, result.objective.ttft_ms) : []),
    ...refused.map(refusalText),
    ...(result.requests.notes ?? []),
  ];
}

/** Why a kind of replica was left out. */
export function refusalText({ replica, max_ctx, why }: Refusal): string {
  return `${replica} was not considered up to ${count(max_ctx)} tokens: ${why}`;
}

function othersLines({ rows, best }: PlanResult): string[] {
  const others = rows.filter((row) => row !== best && row.source === "simulated");
  const analytical = rows.filter((row) => row.source === "analytical");
  const shown = [...others, ...analytical].slice(0, MOST_OTHERS);
  if (shown.length === 0) return [];
  return ["", "Other fleets:", ...columnTable(FLEET_ROWS, shown, WIDTH)];
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}

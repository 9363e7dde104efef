import colours from "picocolors";
import type {
  BreaksFirst,
  Colocated,
  ColocatedPoint,
  DisaggCheck,
  DisaggPoint,
  DisaggResult,
  SideUse,
} from "../planners/disagg.js";
import { type Column, columnTable } from "./column-table.js";
import { disaggExplainReport } from "./disagg-explain-report.js";
import { shareInUse, shareKept } from "./disagg-shares.js";
import { type LabelledWords, paragraph } from "./paragraph.js";
import {
  count,
  counted,
  dollars,
  given,
  milliseconds,
  millisecondsWithUnit,
  NONE,
  percent,
  significant,
} from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 12;

/** A design with or without separate pools: a row of the table that holds all of them. */
export interface DesignRow {
  design: string;
  /** `apart`, or how replicas that do both mix prompts and decodes. */
  how: string;
  /** `null`: there is none. */
  point: DisaggPoint | ColocatedPoint | null;
}

/** Pairs of pools. */
export const DISAGG_PAIRS: readonly Column<DisaggPoint>[] = [
  { title: "pools", cell: ({ n_prefill, n_decode }) => `${count(n_prefill)}P + ${count(n_decode)}D` },
  { title: "prefill", cell: ({ prefill }) => prefill, rank: 3 },
  { title: "decode", cell: ({ decode }) => decode, rank: 3 },
  { title: "GPUs", cell: ({ total_gpus }) => count(total_gpus) },
  { title: "$/h", cell: ({ cost_per_hr }) => dollars(cost_per_hr) },
  { title: "kW", cell: ({ power_w }) => kilowatts(power_w), rank: 2 },
  { title: "at most/s", cell: ({ system_rate }) => significant(system_rate), rank: 1 },
  { title: "TTFT P99", cell: ({ ttft_ms }) => milliseconds(ttft_ms) },
  { title: "TPOT P99", cell: ({ tpot_ms }) => milliseconds(tpot_ms) },
  { title: "keep both", cell: ({ attainment }) => shareKept(attainment.joint) },
];

/** All designs: cost, power and throughput. */
export const DISAGG_DESIGNS: readonly Column<DesignRow>[] = [
  { title: "design", cell: ({ design }) => design },
  { title: "", cell: ({ how }) => how },
  { title: "replicas", cell: ({ point }) => (point ? countsText(point) : colours.red("none")) },
  { title: "GPUs", cell: ({ point }) => (point ? count(point.total_gpus) : "") },
  { title: "$/h", cell: ({ point }) => (point ? dollars(point.cost_per_hr) : "") },
  { title: "kW", cell: ({ point }) => (point ? kilowatts(point.power_w) : "") },
  { title: "requests/s", cell: ({ point }) => (point ? significant(point.rate_rps) : "") },
  { title: "TTFT P99", cell: ({ point }) => (point ? milliseconds(point.ttft_ms) : ""), rank: 1 },
  { title: "TPOT P99", cell: ({ point }) => (point ? milliseconds(point.tpot_ms) : ""), rank: 1 },
];

/** What both sides are used, as rows. */
export const SIDE_USES: readonly Column<{ side: string; use: SideUse }>[] = [
  { title: "side", cell: ({ side }) => side },
  { title: "busy", cell: ({ use }) => shareInUse(use.busy) },
  { title: "seats", cell: ({ use }) => shareInUse(use.seats) },
  { title: "KV memory", cell: ({ use }) => shareInUse(use.kv) },
  { title: "held or granted", cell: ({ use }) => shareInUse(use.kv_outside) },
  { title: "link", cell: ({ use }) => (use.link === null ? "no limit" : shareInUse(use.link)) },
];

/**
 * Separate pools on a page of 100 columns.
 *
 * @param fleetFile File that the fleet was written to, if any.
 */
export function disaggReport(result: DisaggResult, fleetFile?: string): string {
  const { best, pareto, check } = result;
  const rows = designRows(result);
  return [
    ...line("question", disaggQuestion(result)),
    ...line("answer", disaggAnswer(result)),
    "",
    ...(best ? [...columnTable(DISAGG_PAIRS, pareto.length > 0 ? pareto : [best], WIDTH), ""] : []),
    ...(rows.length > 1 ? [...columnTable(DISAGG_DESIGNS, rows, WIDTH), ""] : []),
    ...(check ? [...columnTable(SIDE_USES, sideRows(check.use), WIDTH), ""] : []),
    ...disaggWords(result).flatMap(([label, text]) => line(label, text)),
    ...(fleetFile !== undefined && best ? line("fleet", `${fleetFile}, as replay takes it`) : []),
    ...(result.explanation ? ["", disaggExplainReport(result.explanation)] : []),
  ].join("\n");
}

/** Designs with separate pools, and those without. */
export function designRows({ designs, colocated, goal }: DisaggResult): DesignRow[] {
  const apart = designs.map(({ design, best }): DesignRow => ({ design, how: "apart", point: best }));
  const both = goal === "goodput" ? [colocated?.at_same_cost ?? null] : (colocated?.rows ?? []);
  const together = both.flatMap((point): DesignRow[] =>
    point ? [{ design: point.replica, how: mixing(point), point }] : [],
  );
  return [...sorted(apart, goal), ...sorted(together, goal)];
}

/** Best first; those without an answer last. */
function sorted(rows: readonly DesignRow[], goal: DisaggResult["goal"]): DesignRow[] {
  const measure = ({ point }: DesignRow) => {
    if (!point) return Infinity;
    return {
      cost: point.cost_per_hr,
      power: point.power_w ?? Infinity,
      gpus: point.total_gpus,
      goodput: -point.rate_rps,
    }[goal];
  };
  return [...rows].sort((a, b) => measure(a) - measure(b));
}

/** Both sides of a use. */
export function sideRows(use: DisaggCheck["use"]): { side: string; use: SideUse }[] {
  return [
    { side: "prefill", use: use.prefill },
    { side: "decode", use: use.decode },
  ];
}

/** What was asked. */
export function disaggQuestion(result: DisaggResult): string {
  const { requests, goal, budget } = result;
  const what =
    goal === "goodput"
      ? `${requests.name}: the highest rate within ${budgetText(budget!)} at which`
      : `${requests.name} at ${significant(requests.rate_rps)} requests/s: the least ${{ cost: "cost", power: "power", gpus: "GPUs" }[goal]} with which`;
  return `${what} ${objectiveText(result)}`;
}

function budgetText({ cost_per_hr: cost, power_w: watts, gpus }: NonNullable<DisaggResult["budget"]>): string {
  if (cost !== undefined) return `${dollars(cost)} an hour`;
  return watts !== undefined ? `${kilowatts(watts)} kW` : counted(gpus!, "GPU");
}

/** The objective as a clause. */
export function objectiveText({ objective }: DisaggResult): string {
  const { ttft_ms, tpot_ms, attainment, slowdown } = objective;
  if (slowdown) return `all nine slowdowns against a lone request on ${slowdown.reference} keep their limits`;
  const limits = `${given(ttft_ms!)} ms to the first token${AT[objective.ttft_at]} and ${given(tpot_ms!)} ms a token`;
  return attainment === null
    ? `99 % of the requests keep ${limits}, each by itself`
    : `${percent(attainment)} of the requests keep ${limits}, both together`;
}

const AT = { emitted: "", prefill: " (at the end of the prefill)", user: " (from the decode side)" } as const;

/** The answer in a sentence. */
export function disaggAnswer({ best, why_none, goal, nearest_miss: miss }: DisaggResult): string {
  if (best === null) {
    const nearest = miss ? `; nearest: ${missText(miss)}` : "";
    return colours.red(`no pair of pools keeps the objective: ${why_none ?? "none was found"}${nearest}`);
  }
  const pools = `${count(best.n_prefill)} x ${best.prefill} prefill, ${count(best.n_decode)} x ${best.decode} decode`;
  const power = best.power_w === null ? "" : `, ${kilowatts(best.power_w)} kW`;
  const fleet = `${pools}: ${counted(best.total_gpus, "GPU")}, ${dollars(best.cost_per_hr)} an hour${power}`;
  const rate = `up to ${significant(best.goodput_rps)} requests/s`;
  return colours.green(goal === "goodput" ? `${rate} with ${fleet}` : `${fleet}; they bear ${rate}`);
}

function missText({ point, verdict, missed }: NonNullable<DisaggResult["nearest_miss"]>): string {
  const pools = `${count(point.n_prefill)} x ${point.prefill} and ${count(point.n_decode)} x ${point.decode}`;
  if (verdict === "overloaded") return `${pools} do not keep up`;
  const most = missed.map(
    ({ condition, excess }) => `${condition} is missed ${significant(excess)} times as often as it may be`,
  );
  return `${pools} have a P99 of TTFT of ${millisecondsWithUnit(point.ttft_ms)} and of TPOT of ${millisecondsWithUnit(point.tpot_ms)}; ${most.join(", ")}`;
}

/** What is said beside the tables. */
export function disaggWords(result: DisaggResult): LabelledWords[] {
  const { best, check, breaks_first: breaks, colocated, lengths, requests, max_ctx, search } = result;
  const tooLong =
    requests.too_long_share > 0 ? `; ${shareInUse(requests.too_long_share)} are longer, and left out` : "";
  return [
    ...(check ? checkWords(check, result) : []),
    ...(breaks ? [breaksWords(breaks)] : []),
    ...(colocated ? colocatedWords(result, colocated) : []),
    [
      "requests",
      `on average ${significant(lengths.mean_isl)} prompt and ${significant(lengths.mean_osl)} output tokens${lengths.from === "given" ? ", as given" : ""}, up to ${count(max_ctx)} together${tooLong}`,
    ],
    ["search", searchText(search, best)],
    ...result.designs.flatMap(({ design, why_none }): LabelledWords[] =>
      why_none === null || result.designs.length === 1 ? [] : [["none", `${design}: ${why_none}`]],
    ),
    ...result.assumed.map((text): LabelledWords => ["assumed", text]),
    ...result.refused.map(({ replica, why }): LabelledWords => ["left out", `${replica}: ${why}`]),
    ...result.notes.map((note): LabelledWords => ["note", note]),
  ];
}

function searchText(
  { runs, requests, pairs, rate_step, ...search }: DisaggResult["search"],
  best: DisaggPoint | null,
): string {
  const confirmed = best === null ? "" : `; ${confirmedText(search, best)}`;
  return `${counted(pairs, "pair")} of kinds of replica, ${counted(runs, "run")} of ${count(requests)} requests, those that miss for certain broken off${confirmed}; rates in steps of ${percent(rate_step)}`;
}

function confirmedText(
  { requests_to_confirm: others }: Pick<DisaggResult["search"], "requests_to_confirm">,
  { is_confirmed: isConfirmed }: DisaggPoint,
): string {
  if (others === null) return "a trace has no others to confirm with";
  return `the answer ${isConfirmed ? "confirmed" : "NOT confirmed"} with ${count(others)} others`;
}

function checkWords(check: DisaggCheck, { objective }: DisaggResult): LabelledWords[] {
  const { attainment, transfers, energy, handover_ms: gap, itl_ms: itl } = check;
  const whose = check.has_fresh_requests ? ` of seed ${check.seed}, with which nothing was sized` : " of the trace";
  const verdict = check.holds ? colours.green("the objective holds") : colours.red("the objective does NOT hold");
  const each = `TTFT ${shareKept(attainment.ttft)}, TPOT ${shareKept(attainment.tpot)}${attainment.e2e === undefined ? "" : `, E2E ${shareKept(attainment.e2e)}`}`;
  const words: LabelledWords[] = [
    [
      "check",
      `replayed with ${counted(check.requests, "request")}${whose}: ${shareKept(attainment.joint)} keep all limits, by themselves ${each}${objective.slowdown ? " (the widest of each)" : ""}: ${verdict}`,
    ],
    [
      "first token",
      `P50 and P99 at the end of the prefill ${pair(check.ttft_at_prefill_ms)}, from the decode side ${pair(check.ttft_at_user_ms)}`,
    ],
    [
      "per token",
      `P50 and P99 ${pair(check.tpot_ms)} over the gaps, ${pair(check.tpot_over_n_ms)} over all tokens; gaps between tokens P99 ${millisecondsWithUnit(itl.p99)}, at the hand-over ${pair(gap)}`,
    ],
    [
      "transfer",
      transfers.mean_ms === null
        ? "nothing was handed over"
        : `${significant((transfers.mean_bytes ?? 0) / 1e6)} MB in ${millisecondsWithUnit(transfers.mean_ms)} on average: ${millisecondsWithUnit(transfers.waiting_for_room_ms)} for room, ${millisecondsWithUnit(transfers.waiting_for_link_ms)} for the link, ${millisecondsWithUnit(transfers.moving_ms)} on the way`,
    ],
  ];
  if (check.slowdowns) words.push(["slowdowns", slowdownText(check.slowdowns)]);
  if (energy) {
    words.push([
      "energy",
      `${joules(energy.energy_per_request_j)} a request, ${joules(energy.energy_per_output_token_j)} an output token; ${kilowatts(energy.mean_power_w)} kW drawn of ${kilowatts(energy.provisioned_power_w)} kW`,
    ]);
  }
  return words;
}

function slowdownText(slowdowns: NonNullable<DisaggCheck["slowdowns"]>): string {
  const of = (name: string, { p50, p90, p99 }: (typeof slowdowns)["ttft"]) =>
    `${name} ${[p50, p90, p99].map((value) => (value === null ? NONE : significant(value))).join(" / ")}`;
  return `P50 / P90 / P99: ${of("TTFT", slowdowns.ttft)}, ${of("between tokens", slowdowns.tpot)}, ${of("E2E", slowdowns.e2e)}`;
}

const RESOURCES: Readonly<Record<BreaksFirst["resource"], string>> = {
  prefill: "prompts wait for prefill replicas",
  link: "keys and values wait for the link",
  "decode-memory": "the memory of the decode side is full",
  "decode-seats": "the seats of the decode side are taken",
  "decode-speed": "iterations of the decode side take too long",
};

/** What gives way first, as words. */
function breaksWords({ at_rps, resource, missed, use }: BreaksFirst): LabelledWords {
  const limits = missed.length > 0 ? missed.join(", ") : "no limit yet, but the backlog grows";
  return [
    "breaks first",
    `at ${significant(at_rps)} requests/s ${RESOURCES[resource]}; missed: ${limits}. Busy there: prefill ${shareInUse(use.prefill.busy)}, decode ${shareInUse(use.decode.busy)} with ${shareInUse(use.decode.kv)} of its memory, link ${use.prefill.link === null ? "without limit" : shareInUse(use.prefill.link)}`,
  ];
}

function colocatedWords({ best, goal, budget, designs }: DisaggResult, colocated: Colocated): LabelledWords[] {
  const { cheapest, at_same_cost: same } = colocated;
  const words: LabelledWords[] = [];
  if (goal !== "goodput") {
    words.push([
      "together",
      cheapest ? `replicas that do both, same engine and objective: ${colocatedText(cheapest)}` : noneTogether(designs),
    ]);
  }
  if (best) {
    words.push([
      `same ${SAME[goal === "goodput" ? budgetedOf(budget!) : goal]}`,
      same
        ? `${colocatedText(same)} bear ${significant(same.rate_rps)} requests/s, separate pools ${significant(best.goodput_rps)}`
        : "replicas that do both keep the objective at no rate",
    ]);
  }
  words.push(["so", paysText(colocated, goal)]);
  return words;
}

const SAME = { cost: "cost", power: "power", gpus: "GPUs" } as const;

function budgetedOf({ power_w: watts, gpus }: NonNullable<DisaggResult["budget"]>): keyof typeof SAME {
  if (watts !== undefined) return "power";
  return gpus === undefined ? "cost" : "gpus";
}

/** As many were asked about as separate pools may have together. */
function noneTogether(designs: DisaggResult["designs"]): string {
  const most = designs[0]!.most.prefill + designs[0]!.most.decode;
  return `not even ${count(most)} replicas that do both keep the objective, as many as separate pools may have together`;
}

/** Whether separating pays, and by how much. */
export function paysText(
  { pays, cost_ratio: costs, goodput_ratio: goodputs }: Colocated,
  goal: DisaggResult["goal"],
): string {
  if (pays === null) return "nothing can be compared: neither was found to keep the objective";
  const measure = { cost: "cost", power: "power", gpus: "number of GPUs", goodput: "" }[goal];
  const parts = [
    ...(costs === null || goal === "goodput" ? [] : [`${significant(costs)} times the ${measure} at the same rate`]),
    ...(goodputs === null
      ? []
      : [`${significant(goodputs)} times the rate at the same ${measure === "" ? "budget" : measure}`]),
  ];
  const by = parts.length > 0 ? `: ${parts.join(", ")}` : "";
  return pays ? colours.green(`separating pays${by}`) : `separating does not pay${by}`;
}

/** How prompts and decodes share replicas: of chunks also how long they are. */
export function mixing({ scheduling, max_num_batched_tokens: budget }: ColocatedPoint): string {
  return scheduling === "chunked" && budget !== null ? `${scheduling} ${count(budget)}` : scheduling;
}

function colocatedText(point: ColocatedPoint): string {
  const { n_replicas, replica, total_gpus, cost_per_hr } = point;
  return `${count(n_replicas)} x ${replica}, ${mixing(point)}: ${counted(total_gpus, "GPU")}, ${dollars(cost_per_hr)} an hour`;
}

function countsText(point: DisaggPoint | ColocatedPoint): string {
  return "n_replicas" in point ? count(point.n_replicas) : `${count(point.n_prefill)}P + ${count(point.n_decode)}D`;
}

function pair({ p50, p99 }: { p50: number | null; p99: number | null }): string {
  return `${millisecondsWithUnit(p50)} and ${millisecondsWithUnit(p99)}`;
}

function joules(energy: number | null): string {
  return energy === null ? NONE : `${significant(energy)} J`;
}

function kilowatts(watts: number | null): string {
  return watts === null ? NONE : significant(watts / 1000);
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}

/** What the report of a replay says beside where prefill and decode are apart. */
import type { Bottleneck } from "../core/bottlenecks.js";
import type { Distribution } from "../core/distribution.js";
import type { Transfers } from "../core/staged-figures.js";
import type { ReplayResult } from "../planners/replay.js";
import type { Fleet, Pool } from "../specs/fleet.js";
import { isStaged, type PrefillStage, type StageLink } from "../specs/pool-stage.js";
import { type Column, columnTable } from "./column-table.js";
import type { LabelledWords } from "./paragraph.js";
import { count, counted, milliseconds, millisecondsWithUnit, NONE, percent, significant } from "./quantities.js";
import type { PoolRow } from "./replay-tables.js";

/** Pools that are told of one by one. */
const MOST_POOLS = 4;

/** The lines of the story that only such a fleet has, in order; none of any other. */
export function stageLines(result: ReplayResult, fleet: Fleet): LabelledWords[] {
  if (!isStaged(fleet)) return [];
  return [
    ["phases", phasesLine(result, fleet)],
    ["1st token", firstTokenLine(result)],
    ["hand-over", handOverLine(result, fleet)],
    ["limits", limitsLine(result, fleet)],
    ["energy", energyLine(result)],
  ];
}

/** Who computes prompts and who decodes, how keys and values cross, and how many requests went which way. */
function phasesLine({ requests }: ReplayResult, { pools }: Fleet): string {
  const told = prefillPools(pools).map(({ id, stage }) => {
    const { handover, mode, sharing, link, decodePool } = stage;
    const emits = stage.firstToken === "prefill" ? "after its first token" : "before its first token";
    return `${id} hands over to ${pools[decodePool]!.id} ${emits} (${handover}, ${mode}, ${sharing}; ${linkText(link)})`;
  });
  const more = told.length > MOST_POOLS ? `, and ${told.length - MOST_POOLS} pools more` : "";
  const { handed_over: handedOver = 0, spilled = 0, kept = 0 } = requests;
  const others = [
    ...(spilled > 0 ? [`${count(spilled)} spilled to the decode side before their prompt`] : []),
    ...(kept > 0 ? [`${count(kept)} kept where they were prefilled`] : []),
  ];
  const went = [`${counted(handedOver, "request")} handed over`, ...others].join(", ");
  return `${told.slice(0, MOST_POOLS).join("; ")}${more}: ${went}`;
}

function prefillPools(pools: readonly Pool[]): (Pool & { stage: PrefillStage })[] {
  return pools.filter((pool): pool is Pool & { stage: PrefillStage } => pool.stage?.role === "prefill");
}

/** `8 x ib-ndr, 320 GB/s a replica`. */
function linkText({ name, nics, bytesPerS }: StageLink): string {
  if (bytesPerS === Infinity) return "a link without limit";
  return `${nics > 1 ? `${count(nics)} x ` : ""}${name}, ${significant(bytesPerS / 1e9)} GB/s a replica`;
}

/** TTFT at both ends of the link. */
function firstTokenLine({ ttft_at_prefill_ms: prefill, ttft_at_user_ms: user }: ReplayResult): string {
  return `prompt computed after ${percentiles(prefill)}; first token from the decode side after ${percentiles(user)}`;
}

function percentiles(of: Distribution | undefined): string {
  return `P50 ${millisecondsWithUnit(of?.p50 ?? null)}, P99 ${millisecondsWithUnit(of?.p99 ?? null)}`;
}

/** The gap that a hand-over makes, and what of it the transfer takes. */
function handOverLine({ handover_ms: gap, transfers, requests }: ReplayResult, { pools }: Fleet): string {
  if (!requests.handed_over) return "no request was handed over";
  const firsts = new Set(prefillPools(pools).map(({ stage }) => stage.firstToken));
  const next = firsts.size > 1 ? "next" : firsts.has("prefill") ? "second" : "first";
  const gaps = `${percentiles(gap)} from the end of the prompt to the ${next} token`;
  return transfers && transfers.count > 0 ? `${gaps}; transfer ${transferText(transfers)}` : gaps;
}

function transferText(of: Transfers): string {
  const parts =
    `${milliseconds(of.waiting_for_room_ms)} waiting for room + ${milliseconds(of.waiting_for_link_ms)} for the link + ` +
    `${millisecondsWithUnit(of.moving_ms)} moving`;
  return `of ${bytesText(of.mean_bytes!)} ${millisecondsWithUnit(of.mean_ms)} on average = ${parts}`;
}

const UNITS = [
  [1e12, "TB"],
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
] as const;

/** Decimal: `671 MB`. */
function bytesText(bytes: number): string {
  const [size, unit] = UNITS.find(([of]) => bytes >= of) ?? [1, "B"];
  return `${significant(bytes / size)} ${unit}`;
}

/** What cannot keep up; where all does, what is nearest to its limit. */
function limitsLine({ bottlenecks = [], pools }: ReplayResult, fleet: Fleet): string {
  if (bottlenecks.length > 0) {
    const told = bottlenecks.slice(0, MOST_POOLS);
    return told.map((one) => bottleneckText(one, pools[one.pool]!.stability.load)).join("; ");
  }
  const uses = fleet.pools.flatMap((pool) => usesOf(pool, pools[pool.id]!)).sort((a, b) => b.share - a.share);
  return `first to be full: ${uses
    .slice(0, 3)
    .map(({ what, share }) => `${what} ${percent(nearly(share))}`)
    .join(", then ")}`;
}

/** What the GPUs draw, and for what. */
function energyLine({ energy, energy_unknown: unknown = "not told" }: ReplayResult): string {
  if (energy === undefined) return unknown;
  const { energy_per_request_j: perRequest, energy_per_output_token_j: perToken } = energy;
  const each =
    perRequest === null || perToken === null
      ? ""
      : `, ${significant(perRequest)} J a request, ${significant(perToken)} J an output token`;
  const shares = `${percent(nearly(energy.prefill_share))} of it in prompts, ${percent(nearly(energy.decode_share))} in decoding, ${percent(nearly(energy.idle_share))} idle`;
  return `${significant(energy.mean_power_w / 1000)} of ${significant(energy.provisioned_power_w / 1000)} kW on average${each}; ${shares}`;
}

const LACK = {
  prompts: "computes prompts as fast as it can, and that is not enough",
  link: "has links that carry too little",
  decoding: "has no room for what comes",
  serving: "serves as fast as it can, and that is not enough",
} as const satisfies Record<Bottleneck["what"], string>;

function bottleneckText({ pool, what, holds_up: heldUp }: Bottleneck, load: number | null | undefined): string {
  const asked = what === "decoding" && load && load > 1 ? ` (${significant(load)} times what it can do at most)` : "";
  const others = heldUp.filter((id) => id !== pool);
  return `${pool} ${LACK[what]}${asked}${others.length > 0 ? ` and holds up ${others.join(", ")}` : ""}`;
}

/** How far a pool has used up what may run out first: time of its lanes where it computes prompts, room where it decodes, and links. */
function usesOf({ id, stage }: Pool, { utilisation, batching }: ReplayResult["pools"][string]) {
  const { slots, kv, link } = utilisation;
  const room = { what: kv >= slots ? `memory of ${id}` : `seats of ${id}`, share: Math.max(kv, slots) };
  const time = { what: `time of ${id}`, share: batching?.busy ?? 0 };
  return [
    ...(stage?.role === "prefill" ? [time, { what: `memory of ${id}`, share: kv }] : [room]),
    ...(typeof link === "number" ? [{ what: `links of ${id}`, share: link }] : []),
  ];
}

/** A share to a hundredth of a per cent. */
function nearly(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}

/** Hand-overs by pool. */
export function stageTable(rows: readonly PoolRow[], width: number): string[] {
  const staged = stageRows(rows);
  return staged.length === 0 ? [] : columnTable(stageColumns(staged), staged, width);
}

/** Rows of pools that requests are sent to, and of the fleet: times of a request count at the pool that it arrived at. Where there is one such pool beside decode pools, the fleet's alone. */
export function arrivalRows(rows: readonly PoolRow[]): PoolRow[] {
  const entries = rows.filter(({ pool }) => pool?.stage?.role !== "decode");
  const [only, fleet, ...more] = entries;
  const isWhole = only?.figures.requests.arrived === fleet?.figures.requests.arrived;
  return entries.length < rows.length && fleet && more.length === 0 && isWhole ? [fleet] : entries;
}

/** The rows of {@link stageTable}: pools that hand over or take over, and the fleet; none where no pool does. */
export function stageRows(rows: readonly PoolRow[]): PoolRow[] {
  const pools = rows.filter(({ pool }) => pool?.stage !== undefined);
  return pools.length === 0 ? [] : rows.filter(({ pool }) => pool === undefined || pool.stage !== undefined);
}

/** Columns of {@link stageTable}. Times in ms, means but for the percentiles of the gap. */
export function stageColumns(rows: readonly PoolRow[]): Column<PoolRow>[] {
  const sums = (field: "spilled" | "kept") => rows.some(({ figures }) => (figures.requests[field] ?? 0) > 0);
  return [
    { title: "hand-over", cell: ({ id }) => id },
    { title: "role", cell: ({ pool }) => pool?.stage?.role ?? "", rank: 1 },
    { title: "left", cell: (row) => leftText(row), rank: 2 },
    ...(sums("spilled") ? [requestsColumn("spilled")] : []),
    ...(sums("kept") ? [requestsColumn("kept")] : []),
    { title: "gap P50 ms", cell: ({ figures }) => milliseconds(figures.handover_ms?.p50 ?? null), rank: 7 },
    { title: "P99", cell: ({ figures }) => milliseconds(figures.handover_ms?.p99 ?? null) },
    transfersColumn("transfer ms", "mean_ms", 8),
    transfersColumn("for room", "waiting_for_room_ms", 5),
    transfersColumn("for link", "waiting_for_link_ms", 5),
    transfersColumn("moving", "moving_ms", 3),
    { title: "link busy", cell: ({ figures: { utilisation } }) => percent(linkShare(utilisation.link)) },
    { title: "KV held", cell: ({ figures: { utilisation } }) => percent(utilisation.kv_outside ?? 0) },
  ];
}

function linkShare(link: number | null | undefined): number | null {
  return link === undefined || link === null ? null : nearly(link);
}

function leftText({ pool, figures: { requests } }: PoolRow): string {
  return pool?.stage?.role === "decode" ? NONE : count(requests.handed_over ?? 0);
}

function requestsColumn(field: "spilled" | "kept"): Column<PoolRow> {
  return { title: field, cell: ({ figures }) => count(figures.requests[field] ?? 0), rank: 4 };
}

function transfersColumn(
  title: string,
  field: "mean_ms" | "waiting_for_room_ms" | "waiting_for_link_ms" | "moving_ms",
  rank: number,
): Column<PoolRow> {
  return { title, cell: ({ figures }) => milliseconds(figures.transfers?.[field] ?? null), rank };
}

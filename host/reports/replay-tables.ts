import colours from "picocolors";
import type { Batching } from "../core/batching-figures.js";
import type { Figures } from "../core/figures.js";
import type { ReplayResult } from "../planners/replay.js";
import type { Fleet, Pool } from "../specs/fleet.js";
import { type Column, columnTable } from "./column-table.js";
import { interval, verdict } from "./outcome-cells.js";
import { count, dollars, milliseconds, NONE, percent, significant } from "./quantities.js";

/** A row of the tables: a pool, or the whole fleet. */
export interface PoolRow {
  id: string;
  /** Absent: the whole fleet. */
  pool?: Pool;
  figures: Figures;
}

/** Pools that are shown one by one; of more, those with the longest waits for the first token. */
const MOST_POOLS = 16;

/** The rows of a result: its pools in the order of the fleet file, and the fleet unless all its requests are those of a single pool. */
export function poolRows(result: ReplayResult, fleet: Fleet): PoolRow[] {
  const pools = fleet.pools.map((pool): PoolRow => ({ id: pool.id, pool, figures: result.pools[pool.id]! }));
  const shown = new Set(pools.toSorted((a, b) => severity(b) - severity(a)).slice(0, MOST_POOLS));
  const rows = pools.filter((row) => shown.has(row));
  const isOne = pools.length === 1 && pools[0]!.figures.requests.arrived === result.requests.arrived;
  return isOne ? rows : [...rows, { id: "fleet", figures: result }];
}

/** Pools that {@link poolRows} leaves out. */
export function poolsNotShown(fleet: Fleet): number {
  return Math.max(0, fleet.pools.length - MOST_POOLS);
}

function severity({ figures }: PoolRow): number {
  if (figures.requests.arrived + (figures.requests.taken_over ?? 0) === 0) return -1;
  return figures.ttft_ms.p99 ?? Infinity;
}

/** Requests that reached a pool, from outside or from another pool; of the fleet, from outside. */
function came({ pool, figures: { requests } }: PoolRow): number {
  return requests.arrived + (pool ? (requests.taken_over ?? 0) : 0);
}

function perSecond({ pool, figures }: PoolRow): string {
  return pool?.stage?.role === "decode" ? "" : significant(figures.arrival_rate_rps);
}

/** What the pools are made of, and how busy they were. */
export function loadTable(rows: readonly PoolRow[], width: number): string[] {
  return columnTable(loadColumns(rows), rows, width);
}

/** Columns of {@link loadTable}. */
export function loadColumns(rows: readonly PoolRow[]): Column<PoolRow>[] {
  const rejects = rows.some(({ figures }) => figures.requests.rejected > 0);
  const columns = LOAD.map((column) => (batches(rows) ? (BATCHED[column.title] ?? column) : column));
  return columns.concat(rejects ? REJECTED : [], OUTCOME);
}

/** How replicas batched; nothing of the engine `slots`. */
export function batchingTable(rows: readonly PoolRow[], width: number): string[] {
  const columns = batchingColumns(rows);
  return columns.length === 0 ? [] : columnTable(columns, rows, width);
}

/** Columns of {@link batchingTable}; none of the engine `slots`. */
export function batchingColumns(rows: readonly PoolRow[]): Column<PoolRow>[] {
  if (!batches(rows)) return [];
  const caches = rows.some(({ figures }) => figures.batching?.prefix_cache);
  const knowsPeaks = rows.some(({ figures }) => typeof figures.batching?.mfu === "number");
  return BATCHING.concat(caches ? CACHED : [], knowsPeaks ? PEAKS : []);
}

function batches(rows: readonly PoolRow[]): boolean {
  return rows.some(({ figures }) => figures.itl_ms !== undefined);
}

/** How long requests took. All times in ms. */
export function latencyTable(rows: readonly PoolRow[], width: number): string[] {
  return columnTable(LATENCY, rows, width);
}

const total = (figure: (pool: Pool) => string) => (row: PoolRow) => (row.pool ? figure(row.pool) : "");

const LOAD: Column<PoolRow>[] = [
  { title: "pool", cell: ({ id }) => id },
  { title: "gpu", cell: total(({ profile }) => profile.name), rank: 2 },
  { title: "replicas", cell: ({ figures }) => count(figures.total_replicas), rank: 7 },
  { title: "slots", cell: total((pool) => `${count(pool.replicas)} x ${count(pool.slots)}`), rank: 4 },
  { title: "max ctx", cell: total(({ maxCtx }) => count(maxCtx)), rank: 1 },
  { title: "arrived", cell: (row) => count(came(row)) },
  { title: "per s", cell: (row) => perSecond(row), rank: 3 },
  { title: "busy", cell: ({ figures }) => percent(figures.utilisation.slots) },
  { title: "KV", cell: ({ figures }) => percent(figures.utilisation.kv), rank: 5 },
];
const SEQUENCES: Column<PoolRow> = {
  title: "sequences",
  cell: total((pool) => `${count(pool.replicas)} x ${count(pool.serving.maxNumSeqs)}`),
  rank: 4,
};

/** What stands in the place of columns of the engine `slots`. Busy seats say little of how busy a replica is: the next table does. */
const BATCHED: Record<string, Column<PoolRow>> = {
  slots: SEQUENCES,
  busy: { title: "seats", cell: ({ figures }) => percent(figures.utilisation.slots), rank: 5 },
};

const batching = (figure: (batching: Batching) => string) => (row: PoolRow) =>
  row.figures.batching ? figure(row.figures.batching) : "";

const BATCHING: Column<PoolRow>[] = [
  { title: "batches", cell: ({ id }) => id },
  { title: "running", cell: batching((pool) => nearly(pool.busy)), rank: 4 },
  { title: "mean", cell: batching((pool) => significant(pool.mean_batch)) },
  { title: "largest", cell: batching((pool) => count(pool.largest_batch)), rank: 2 },
  { title: "iteration ms", cell: batching((pool) => milliseconds(pool.mean_iteration_ms)), rank: 3 },
  { title: "ITL P50 ms", cell: ({ figures }) => milliseconds(figures.itl_ms?.p50 ?? null), rank: 6 },
  { title: "P99", cell: ({ figures }) => milliseconds(figures.itl_ms?.p99 ?? null) },
  { title: "max", cell: ({ figures }) => milliseconds(figures.itl_ms?.max ?? null), rank: 1 },
  { title: "preempted", cell: batching((pool) => count(pool.preemptions)) },
];
const CACHED: Column<PoolRow>[] = [
  { title: "prefix hits", cell: batching(({ prefix_cache: cache }) => (cache ? percent(cache.hit_rate) : NONE)) },
];
const PEAKS: Column<PoolRow>[] = [
  { title: "MFU", cell: batching(({ mfu }) => (mfu === null ? NONE : percent(mfu))), rank: 5 },
  { title: "MBU", cell: batching(({ mbu }) => (mbu === null ? NONE : percent(mbu))), rank: 5 },
];

const REJECTED: Column<PoolRow>[] = [{ title: "rejected", cell: ({ figures }) => rejected(figures) }];
const OUTCOME: Column<PoolRow>[] = [
  { title: "$/h", cell: ({ figures }) => dollars(figures.cost.per_hr_usd), rank: 6 },
  { title: "verdict", cell: ({ figures }) => verdict(figures.stability.verdict) },
];

/** Columns of {@link latencyTable}. */
export const LATENCY: readonly Column<PoolRow>[] = [
  { title: "times in ms", cell: ({ id }) => id },
  { title: "waited", cell: ({ figures }) => percent(figures.queue_wait_ms.p_wait), rank: 4 },
  { title: "wait P99", cell: ({ figures }) => milliseconds(figures.queue_wait_ms.p99), rank: 5 },
  { title: "TTFT P50", cell: ({ figures }) => milliseconds(figures.ttft_ms.p50) },
  { title: "P95", cell: ({ figures }) => milliseconds(figures.ttft_ms.p95), rank: 2 },
  { title: "P99", cell: ({ figures }) => ttftP99(figures) },
  { title: "95 % interval", cell: ({ figures }) => interval(figures.ttft_ms.p99_ci95) },
  { title: "TPOT P50", cell: ({ figures }) => milliseconds(figures.tpot_ms.p50), rank: 3 },
  { title: "E2E P50", cell: ({ figures }) => milliseconds(figures.e2e_ms.p50), rank: 1 },
  { title: "E2E P99", cell: ({ figures }) => milliseconds(figures.e2e_ms.p99), rank: 6 },
  { title: "in time", cell: ({ figures }) => percent(figures.slo.attainment) },
];

/** A share to a hundredth of a per cent: whether it is all but 100 % or 100 % is the same to the reader. */
function nearly(share: number): string {
  return percent(Math.round(share * 1e4) / 1e4);
}

function rejected({ requests }: Figures): string {
  return requests.rejected === 0 ? "0" : colours.red(count(requests.rejected));
}

function ttftP99({ ttft_ms, slo, requests }: Figures): string {
  if (requests.arrived === 0) return NONE;
  const text = milliseconds(ttft_ms.p99);
  return (ttft_ms.p99 ?? Infinity) <= slo.ttft_ms ? text : colours.red(text);
}

import type { Figures } from "../../core/figures.js";
import type { PoolCourse } from "../../core/pool-course.js";
import type { Fleet, Pool } from "../../specs/fleet.js";
import type { PoolRow } from "../replay-tables.js";
import type { Chart, Pointer, Series, ValueFormat } from "./page-spec.js";
import { pointer } from "./pointer.js";
import { SERIES_COLOURS } from "./series-style.js";

/** A run that was asked for curves: see `curves` of the options of a replay. */
export interface ChartedRun {
  figures: Figures;
  pools: Readonly<Record<string, Figures>>;
  fleet: Fleet;
  engine: "slots" | "iterations";
  /** Where the run stands in the result of the page. Default: it is the result. */
  at?: Pointer;
}

/** All charts of a run: latency, then load. */
export function runCharts(run: ChartedRun): Chart[] {
  return [...ttftChart(run), ...queueChart(run), ...utilisationCharts(run)];
}

/** TTFT of the fleet and of its pools as quantile curves, with the objective. Nothing where nothing was measured. */
export function ttftChart(run: ChartedRun): Chart[] {
  const at = (place: Pointer, label: string, { quantiles }: Figures, isTotal: boolean): Series[] =>
    quantiles === undefined || quantiles.p.length === 0
      ? []
      : [{ label, x: `${place}/quantiles/p`, y: `${place}/quantiles/ttft_ms`, ...(isTotal ? { isTotal } : {}) }];
  const pools = chartedPools(run);
  const parts = pools.flatMap(({ id }) => at(poolPlace(run, id), id, run.pools[id]!, false));
  const isWhole = run.fleet.pools.length > 1 || run.figures.requests.arrived !== pools[0]?.figures.requests.arrived;
  const whole = isWhole ? at(run.at ?? "", "fleet", run.figures, true) : [];
  // Below its parts: where they are nearly the same, both show.
  const series = [...whole, ...parts];
  if (series.length === 0) return [];
  return [
    {
      kind: "distribution",
      title: "Time to first token",
      note: `The time that a share of the requests keeps within; a rejected or unfinished request never had a first token.${omitted(run)}`,
      y: { label: "TTFT", format: "milliseconds", scale: "log" },
      series,
      limit: { label: "objective", value: run.figures.slo.ttft_ms },
    },
  ];
}

/** Requests waiting over time, by pool. */
export function queueChart(run: ChartedRun): Chart[] {
  return courseChart(run, "Queue over time", "Requests waiting", "waiting", "number", () => 1);
}

/** How full the pools were over time: slots (engine `slots`) or batches (engine `iterations`), and KV memory; where requests are handed over, also what of it that takes. */
export function utilisationCharts(run: ChartedRun): Chart[] {
  const service =
    run.engine === "slots"
      ? courseChart(
          run,
          "Slots in use",
          "Share of slots",
          "running",
          "percent",
          (pool) => 1 / (pool.replicas * pool.slots),
        )
      : courseChart(
          run,
          "Batch over time",
          "Requests running per replica",
          "running",
          "number",
          (pool) => 1 / pool.replicas,
        );
  return [
    ...service,
    ...courseChart(run, "KV memory in use", "Share of KV blocks", "kv", "percent", () => 1),
    ...courseChart(run, "KV memory of nobody who runs", "Share of KV blocks", "kv_outside", "percent", () => 1),
  ];
}

function courseChart(
  run: ChartedRun,
  title: string,
  label: string,
  field: Exclude<keyof PoolCourse, "t_s">,
  format: ValueFormat,
  factorOf: (pool: Pool) => number,
): Chart[] {
  const series = chartedPools(run).flatMap(({ id, pool, figures }): Series[] => {
    const course = figures.batching?.course ?? figures.course;
    if (course?.t_s.length === 0 || (field === "kv_outside" && course?.kv_outside === undefined)) return [];
    const place = poolPlace(run, id) + (figures.batching ? "/batching/course" : "/course");
    return [{ label: id, x: `${place}/t_s`, y: `${place}/${field}`, factor: factorOf(pool) }];
  });
  if (series.length === 0) return [];
  const x = { label: "Time since the start of the run", format: "seconds" } as const;
  return [
    {
      kind: "lines",
      title,
      note: `Averages of equal parts of the measured window.${omitted(run)}`,
      x,
      y: { label, format },
      series,
    },
  ];
}

/** The pools that are told apart: of many, those with the longest times. */
function chartedPools({ fleet, pools }: ChartedRun): (Required<Pick<PoolRow, "pool">> & PoolRow)[] {
  const rows = fleet.pools.map((pool) => ({ id: pool.id, pool, figures: pools[pool.id]! }));
  const hasCourse = ({ figures }: PoolRow) => cameTo(figures) > 0;
  const worst = rows.toSorted((a, b) => p99Of(b) - p99Of(a)).slice(0, SERIES_COLOURS);
  return rows.filter((row) => worst.includes(row) && hasCourse(row));
}

function p99Of({ figures }: PoolRow): number {
  return cameTo(figures) === 0 ? -1 : (figures.ttft_ms.p99 ?? Number.MAX_VALUE);
}

/** Requests that reached a pool, from outside or from another pool. */
function cameTo({ requests }: Figures): number {
  return requests.arrived + (requests.taken_over ?? 0);
}

function omitted({ fleet }: ChartedRun): string {
  const more = fleet.pools.length - SERIES_COLOURS;
  return more > 0 ? ` Of the ${fleet.pools.length} pools these have the longest times.` : "";
}

function poolPlace({ at = "" }: ChartedRun, id: string): Pointer {
  return at + pointer("pools", id);
}

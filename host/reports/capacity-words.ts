import colours from "picocolors";
import type { CapacityFigures, CapacityQuestion } from "../planners/capacity.js";
import type { RejectedByReason } from "../core/figures.js";
import type { LimitedBy, OperatingPoint } from "../planners/capacity-point.js";
import { count, counted, millisecondsWithUnit, NONE, percent, significant } from "./quantities.js";

/** How the times are called. */
export const TIMES = { ttft: "TTFT", tpot: "TPOT", e2e: "E2E", itl: "ITL" } as const;

/** What is asked of the requests. */
export function objectiveWords({ objective }: CapacityQuestion): string {
  const { attainment, ttft_ms: ttft, tpot_ms: tpot, e2e_ms: e2e, itl_ms: itl } = objective;
  const limits = [
    ...(ttft === undefined ? [] : [`the first token within ${millisecondsWithUnit(ttft)}`]),
    ...(tpot === undefined ? [] : [`${millisecondsWithUnit(tpot)} an output token`]),
    ...(e2e === undefined ? [] : [`the last token within ${millisecondsWithUnit(e2e)}`]),
  ];
  const requests =
    limits.length === 0
      ? `${inPercent(attainment)} served`
      : `${inPercent(attainment)} of the arrivals with ${listed(limits)}`;
  const gaps =
    itl === undefined
      ? ""
      : `; ${inPercent(attainment)} of the gaps between tokens within ${millisecondsWithUnit(itl)}`;
  return `${requests}${gaps}; no backlog that grows`;
}

/** What was found. */
export function capacityWords(result: CapacityQuestion & CapacityFigures): string {
  const isLoop = result.searched === "concurrency";
  const { status, rate_rps: rate, concurrency, lowest_infeasible_rps: above } = result;
  switch (status) {
    case "none":
      return `${colours.red("none")}: ${isLoop ? "one user alone is" : "even the lowest rate, at which hardly any request meets another, is"} too much (${count(result.tried.length)} loads tried)`;
    case "no_limit_found": {
      const most = isLoop ? counted(concurrency!, "user") : `${significant(rate!)} requests/s`;
      return `${colours.yellow("no limit found")}: every load that was tried is bearable, up to ${most}`;
    }
    case "found": {
      if (!isLoop) return `${colours.green(`${significant(rate!)} requests/s`)}; ${significant(above!)} are too many`;
      const users = colours.green(counted(concurrency!, "user"));
      return `${users}, who send ${significant(rate!)} requests/s; ${count(result.lowest_infeasible_concurrency!)} are too many`;
    }
  }
}

/** What each part of the fleet bears. */
export function shareWords({ fleet, ...figures }: CapacityFigures): string {
  const { rate_per_replica_rps: replica, rate_per_gpu_rps: gpu, rate_per_dollar_hour: dollar } = figures;
  const parts = [
    `${figure(replica)} requests/s a replica (${count(fleet.replicas)})`,
    `${figure(gpu)} a GPU (${count(fleet.gpus)})`,
    dollar === null ? "no price" : `${significant(dollar)} for a dollar an hour`,
  ];
  return parts.join(", ");
}

/** What is not right beyond capacity. */
export function limitedWords(reason: LimitedBy, attainment: number): string {
  switch (reason.cause) {
    case "overloaded":
      return `${colours.red("overloaded")}: the backlog grows by ${significant(reason.backlog_growth_rps)} requests/s (${named(reason.pools)})`;
    case "rejected":
      return `rejections: ${percent(reason.share)} of the arrivals are turned away (${whyRejected(reason.rejected_by_reason)}), and ${inPercent(reason.allowed)} may be`;
    case "all_limits":
      return `all limits together: ${percent(reason.missed)} of the arrivals exceed one or the other, and ${inPercent(reason.allowed)} may`;
    case "itl":
      return `ITL: ${percentile(attainment)} is ${millisecondsWithUnit(reason.value_ms)}, and ${millisecondsWithUnit(reason.limit_ms)} is the limit`;
    default: {
      const value = reason.value_ms === null ? "never reached" : millisecondsWithUnit(reason.value_ms);
      const sure = reason.value_ci95_ms === null ? "" : ` (95 % interval ${range(reason.value_ci95_ms)})`;
      return `${TIMES[reason.cause]}: ${percentile(attainment)} is ${value}${sure}, and ${millisecondsWithUnit(reason.limit_ms)} is the limit`;
    }
  }
}

/** How the limits are kept at a load. */
export function keptWords(point: OperatingPoint, attainment: number): string {
  const limits = point.limits.map((limit) => {
    const sure = "value_ci95_ms" in limit && limit.value_ci95_ms ? ` (${range(limit.value_ci95_ms)})` : "";
    return `${TIMES[limit.limit]} ${percentile(attainment)} ${millisecondsWithUnit(limit.value_ms)}${sure}`;
  });
  const [low, high] = point.attainment_ci95;
  return [`${attained(point.attainment)} in time (${attained(low)} to ${attained(high)})`, ...limits].join(", ");
}

/** Rates further apart than by this factor leave the answer in doubt. */
const WIDE = 1.25;

/** Between which rates the answer surely lies. */
export function surelyWords({ surely_feasible_rps: low, surely_infeasible_rps: high }: CapacityFigures): string {
  const rate = (value: number) => `${significant(value)} requests/s`;
  const from = low === null ? "no rate is bearable beyond doubt" : `bearable beyond doubt up to ${rate(low)}`;
  const to = high === null ? "none too much beyond doubt" : `too much beyond doubt from ${rate(high)}`;
  const isWide = low === null || high === null || high > WIDE * low;
  return `${from}, ${to} (of the rates tried, by their 95 % intervals)${isWide ? "; more requests or replications tell more" : ""}`;
}

/** `P99`, `P99.9`. */
export function percentile(share: number): string {
  return `P${tidy(100 * share)}`;
}

/** A share of arrivals in per cent, rounded down: what reads 99.00 % is at least that. */
export function attained(share: number): string {
  return share === 1 ? "100 %" : `${(Math.floor(tidy(10_000 * share)) / 100).toFixed(2)} %`;
}

/** A share that was given, in per cent: `99 %`. */
export function inPercent(share: number): string {
  return `${tidy(100 * share)} %`;
}

function whyRejected({ queue_full: full, ...tooLong }: RejectedByReason): string {
  const long = tooLong.too_long_for_every_pool + tooLong.too_long_for_pool;
  return long >= full ? "most are too long for the pools: the same at every load" : "most find a full queue";
}

/** A number without the last bits of its arithmetic. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function figure(value: number | null): string {
  return value === null ? NONE : significant(value);
}

function range([low, high]: readonly [number, number]): string {
  return `${millisecondsWithUnit(low).replace(/ ms$/, "")} to ${millisecondsWithUnit(high)}`;
}

const MOST_POOLS = 4;

function named(pools: readonly string[]): string {
  const more = pools.length > MOST_POOLS ? `, and ${pools.length - MOST_POOLS} more` : "";
  return pools.slice(0, MOST_POOLS).join(", ") + more;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)!}`;
}

import colours from "picocolors";
import type { ReplayResult } from "../planners/replay.js";
import type { ReplayTraceResult } from "../planners/replay-trace.js";
import type { TraceChanges, TraceSummary } from "../planners/trace-summary.js";
import type { Fleet } from "../specs/fleet.js";
import type { RouterSpec } from "../specs/router-spec.js";
import {
  count,
  counted,
  dollars,
  duration,
  given,
  milliseconds,
  millisecondsWithUnit,
  percent,
  significant,
} from "./quantities.js";

/** Whether the backlog stayed where it was. */
export function stabilityLine({ stability, pools, bottlenecks, arrival_rate_rps: rate }: ReplayResult): string {
  if (stability.verdict === "stable") return `${colours.green("stable")}: no backlog grew`;
  // A decode pool may be overloaded with a backlog that has not begun to grow, or that grows elsewhere.
  const isGrowing = (growth: number) => bottlenecks === undefined || growth > VISIBLE_SHARE * rate;
  const growing = Object.entries(pools).filter(
    ([, { stability: pool }]) => pool.verdict === "overloaded" && isGrowing(pool.backlog_growth_rps),
  );
  if (growing.length === 0) {
    return `${colours.red("overloaded")}: more comes than is served, though no backlog grew yet; the longer such a run is, the larger its times`;
  }
  const named = growing
    .slice(0, 8)
    .map(([id, { stability: pool }]) => `${id} by ${significant(pool.backlog_growth_rps)} requests/s`);
  const more = growing.length > named.length ? `, and ${growing.length - named.length} more` : "";
  return (
    `${colours.red("overloaded")}: the backlog grew (${named.join(", ")}${more}); ` +
    `the longer such a run is, the larger its times`
  );
}

/** Of the arrivals; a backlog that grows by less is not told of. */
const VISIBLE_SHARE = 0.01;

/** Whether the P99 of TTFT keeps to the objective, as far as the run can tell. */
export function objectiveLine({ ttft_ms: ttft, slo }: ReplayResult): string {
  const goal = `first token within ${millisecondsWithUnit(slo.ttft_ms)} for 99 % of the requests`;
  if (ttft.count === 0) return `${goal}: nothing was measured`;
  if (ttft.p99 === null || ttft.p99_ci95 === null) {
    return `${goal}: ${colours.red("missed")}, more than 1 % never had a first token`;
  }
  const [low, high] = ttft.p99_ci95;
  const word = objectiveWord(ttft.count, low, high, slo.ttft_ms);
  const others = otherLimits(slo);
  const jointly =
    others === ""
      ? ""
      : `; with ${others}: ${jointWord(slo.attainment)}, ${percent(slo.attainment)} keep within all${byLimitText(slo)}`;
  return `${goal}: ${word}, P99 ${millisecondsWithUnit(ttft.p99)}, 95 % interval ${range(low, high)}${jointly}`;
}

function jointWord(attainment: number | null): string {
  return (attainment ?? 0) >= 0.99 ? colours.green("met") : colours.red("missed");
}

/** Which limit is missed most. */
function byLimitText({ attainment_by_limit: shares }: ReplayResult["slo"]): string {
  if (shares === undefined) return "";
  const { ttft, tpot, e2e } = shares;
  const told = [
    `first token ${percent(ttft)}`,
    ...(tpot === undefined ? [] : [`output token ${percent(tpot)}`]),
    ...(e2e === undefined ? [] : [`in all ${percent(e2e)}`]),
  ];
  return ` (${told.join(", ")})`;
}

function otherLimits({ tpot_ms: tpot, e2e_ms: e2e }: ReplayTraceResult["slo"]): string {
  return [
    ...(tpot === undefined ? [] : [`${millisecondsWithUnit(tpot)} an output token`]),
    ...(e2e === undefined ? [] : [`${millisecondsWithUnit(e2e)} in all`]),
  ].join(" and ");
}

/** Requests of which the largest is above their P99 with 95 % confidence: 0.99^299 < 0.05. Of fewer, nothing bounds the P99 from above. */
const TELLING_REQUESTS = 299;

function objectiveWord(requests: number, lowMs: number, highMs: number, objectiveMs: number): string {
  if (lowMs > objectiveMs) return colours.red("missed");
  if (requests < TELLING_REQUESTS) return colours.yellow("too few requests to tell");
  return highMs <= objectiveMs ? colours.green("met") : colours.yellow("too close to call");
}

/** Whether the fleet kept up and within its limits; `undefined` where the run cannot tell. */
export function keepsObjective({ ttft_ms: ttft, slo, stability }: ReplayResult): boolean | undefined {
  if (stability.verdict === "overloaded") return false;
  if (ttft.count === 0) return undefined;
  if (ttft.p99_ci95 === null || ttft.p99_ci95[0] > slo.ttft_ms) return false;
  if (otherLimits(slo) !== "" && (slo.attainment ?? 0) < 0.99) return false;
  return ttft.count >= TELLING_REQUESTS && ttft.p99_ci95[1] <= slo.ttft_ms ? true : undefined;
}

/** `283 to 736 ms`, `9,210 ms to 13.1 s`. */
function range(lowMs: number, highMs: number): string {
  const high = millisecondsWithUnit(highMs);
  return high.endsWith(" ms") ? `${milliseconds(lowMs)} to ${high}` : `${millisecondsWithUnit(lowMs)} to ${high}`;
}

/** Where every request went; the terms add up. */
export function requestsLine({ requests, replications }: ReplayTraceResult): string {
  const { arrived, completed, rejected, unfinished, compressed, routed_by_default: byDefault } = requests;
  const runs = replications > 1 ? ` in ${count(replications)} replications` : "";
  const routed = [
    ...(compressed > 0 ? [`${count(compressed)} were compressed`] : []),
    ...(byDefault > 0 ? [`${count(byDefault)} went to the default pool`] : []),
  ];
  return (
    `${count(arrived)} arrived = ${count(completed)} completed + ${count(rejected)} rejected + ` +
    `${count(unfinished)} unfinished${runs}${routed.length > 0 ? `; ${routed.join(", ")}` : ""}`
  );
}

/** What is measured of it. */
export function measuredLine(result: ReplayTraceResult): string {
  const { requests, duration_s: seconds, arrival_rate_rps: rate, replications } = result;
  const measured = counted(requests.arrived - requests.warmup_excluded, "request");
  const warmup =
    requests.warmup_excluded > 0 ? `after a warm-up of ${count(requests.warmup_excluded)}` : "with no warm-up";
  const span = `${duration(seconds)}${replications > 1 ? " each" : ""}`;
  return `${measured} over ${span} at ${significant(rate)} requests/s, ${warmup}`;
}

/** What was played. */
export function workloadLine({ trace, closed_loop: loop }: Pick<ReplayTraceResult, "trace" | "closed_loop">): string {
  const { format, arrivals, native_rate_rps: native, used } = trace;
  if (loop) {
    const what =
      format === "workload" ? `${counted(used, "request")} to draw` : `${format}, ${counted(used, "request")}`;
    return `${what}${changesText(trace.changes)}; ${loopText(loop)}`;
  }
  if (format === "workload") {
    const source = native === undefined ? "" : ` (${significant(native)} at its source)`;
    return `${counted(used, "request")} to draw, ${arrivalsText(arrivals!)}${source}`;
  }
  const { span_s: spanS = 0, origin_s: originS } = trace;
  const own =
    spanS > 0 && originS !== undefined ? ` over ${duration(spanS)}, ${significant(used / spanS)} requests/s` : "";
  const redrawn = arrivals ? `; ${arrivalsText(arrivals)}${originS === undefined ? "" : " in place of its own"}` : "";
  return `${format}, ${counted(used, "request")}${own}${changesText(trace.changes)}${redrawn}`;
}

function loopText({
  concurrency,
  think_s: think,
  think: how,
  ramp_s: ramp,
}: NonNullable<ReplayTraceResult["closed_loop"]>) {
  const thinking =
    think > 0 ? `, thinking ${given(think)} s ${how === "exponential" ? "on average " : ""}in between` : "";
  const ramping = ramp > 0 ? `, starting over ${given(ramp)} s` : "";
  return `closed loop of ${counted(concurrency, "user")}${thinking}${ramping}`;
}

function arrivalsText(arrivals: NonNullable<TraceSummary["arrivals"]>): string {
  const process = arrivals.type === "gamma" ? `gamma (cv ${given(arrivals.cv)})` : PROCESS[arrivals.type];
  return `${process} arrivals at ${given(arrivals.rate_rps)} requests/s`;
}

const PROCESS = { poisson: "Poisson", deterministic: "evenly spaced" } as const;

function changesText(changes: TraceChanges = {}): string {
  const { from_s: from, to_s: to, repeat, scale, speed, limit } = changes;
  const parts = [
    ...(from === undefined ? [] : [`from ${given(from)} s`]),
    ...(to === undefined ? [] : [`to ${given(to)} s`]),
    ...(repeat === undefined ? [] : [`${given(repeat)} times over`]),
    ...(scale === undefined ? [] : [`rate x ${given(scale)}`]),
    ...(speed === undefined ? [] : [`speed x ${given(speed)}`]),
    ...(limit === undefined ? [] : [`at most ${given(limit)} requests`]),
  ];
  return parts.length === 0 ? "" : `; played ${parts.join(", ")}`;
}

/** What it was played through. */
export function fleetLine({ engine }: Pick<ReplayTraceResult, "engine">, fleet: Fleet): string {
  const gpus = fleet.gpus === fleet.replicas ? "" : ` on ${count(fleet.gpus)} GPUs`;
  const size = [
    counted(fleet.pools.length, "pool"),
    counted(fleet.replicas, "replica") + gpus,
    engine === "slots" ? counted(fleet.slots, "slot") : `${count(sequences(fleet))} sequences at once`,
  ];
  return `${size.join(", ")}; router ${routerText(fleet.router)}; engine ${engine}${engine === "slots" ? "" : schedulers(fleet)}`;
}

function sequences({ pools }: Fleet): number {
  return pools.reduce((sum, { replicas, serving }) => sum + replicas * serving.maxNumSeqs, 0);
}

function schedulers({ pools }: Fleet): string {
  const names = [...new Set(pools.map(({ serving }) => serving.scheduler))];
  return ` (${names.join(", ")})`;
}

function routerText(router: RouterSpec): string {
  switch (router.type) {
    case "length":
      return `length${router.threshold === undefined ? "" : `, threshold ${count(router.threshold)} tokens of ${router.by === "input" ? "input" : "input and output"}`}`;
    case "compress_route":
      return `compress_route, up to ${count(router.bShort)} tokens, compressing up to ${given(router.gamma)} times as many`;
    case "spillover":
      return `spillover, threshold ${count(router.threshold)} tokens, at ${given(router.spillThreshold)} requests a slot`;
    case "model":
    case "semantic":
      return `${router.type}, default pool ${router.defaultPool}`;
    default:
      return router.type;
  }
}

/** What came out, and at what price. */
export function servedLine({ throughput, slo, cost }: ReplayTraceResult): string {
  const { output_tokens_per_s: tokens, goodput_rps: goodput } = throughput;
  const perMillion = tokens > 0 ? `, ${dollars((cost.per_hr_usd / 3600 / tokens) * 1e6)} a million output tokens` : "";
  const served = `${significant(goodput)} requests/s in time (${percent(slo.attainment)}), ${significant(tokens)} output tokens/s`;
  if (cost.per_hr_usd === 0) return `${served}; the fleet has no price`;
  return (
    `${served}; ` + `${dollars(cost.per_hr_usd)} an hour, ${dollars(cost.annualised_kusd * 1000)} a year${perMillion}`
  );
}

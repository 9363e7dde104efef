import { rounded } from "../fleet-summary.js";
import type { ColocatedKind } from "./colocated-kind.js";
import type { DisaggQuestion } from "./disagg-question.js";
import type { Attainment, ColocatedPoint, DisaggPoint, Slowdowns } from "./disagg-result.js";
import type { TrialPoint } from "./fleet-trial.js";
import type { PairCounts } from "./pair-frontier.js";
import type { PairKind } from "./pair-kind.js";
import type { RequestJudge } from "./request-judge.js";

/** A run of so many replicas. */
export interface PlayedFleet<Kind> {
  kind: Kind;
  counts: PairCounts;
  point: TrialPoint;
  /** Of all requests, requests/s. */
  rateRps: number;
}

/** A pair of pools in a result. */
export function pairRow(
  question: DisaggQuestion,
  { kind, counts, point, rateRps }: PlayedFleet<PairKind>,
  isConfirmed: boolean,
): DisaggPoint {
  const { gpus, costPerHr, watts } = kind.totals(counts);
  const systemRps = kind.systemRps(counts);
  return {
    n_prefill: counts.prefill,
    n_decode: counts.decode,
    total_gpus: gpus,
    system_rate: rounded(systemRps, 4),
    thru_per_gpu: rounded(systemRps / gpus, 6),
    ttft_ms: p99Ms(point.judge, "ttft"),
    tpot_ms: p99Ms(point.judge, "tpot"),
    cost_per_hr: rounded(costPerHr, 4),
    slo_met: point.isEnough,
    method: "simulate",
    design: kind.design,
    prefill: kind.prefill.option.name,
    decode: kind.decode.option.name,
    power_w: watts === undefined ? null : rounded(watts, 1),
    rate_rps: rounded(rateRps, 4),
    requests: point.judge.requests,
    attainment: attainmentOf(point.judge, question),
    is_confirmed: isConfirmed,
  };
}

/** A fleet whose replicas do both. */
export function colocatedRow(
  question: DisaggQuestion,
  { kind, counts, point, rateRps }: PlayedFleet<ColocatedKind>,
): ColocatedPoint {
  const { gpus, costPerHr, watts } = kind.totals(counts);
  return {
    replica: kind.name,
    scheduling: kind.scheduling,
    max_num_batched_tokens: kind.maxNumBatchedTokens,
    n_replicas: counts.prefill,
    total_gpus: gpus,
    cost_per_hr: rounded(costPerHr, 4),
    power_w: watts === undefined ? null : rounded(watts, 1),
    rate_rps: rounded(rateRps, 4),
    ttft_ms: p99Ms(point.judge, "ttft"),
    tpot_ms: p99Ms(point.judge, "tpot"),
    attainment: attainmentOf(point.judge, question),
  };
}

function p99Ms(judge: RequestJudge, figure: "ttft" | "tpot"): number | null {
  return rounded(judge.percentileMs(figure, 0.99), 3);
}

/** Shares of a run that keep the limits. */
export function attainmentOf(judge: RequestJudge, { objective }: DisaggQuestion): Attainment {
  const { limits } = objective;
  const share = (of: typeof limits) => rounded(judge.shareWithin(of), 6);
  const { ttft, tpot, e2e } = limits;
  return {
    joint: share(limits),
    ttft: share({ ttft: ttft! }),
    tpot: share({ tpot: tpot! }),
    ...(e2e === undefined ? {} : { e2e: share({ e2e }) }),
  };
}

/** Slowdowns of a run; of one without a reference machine nothing. */
export function slowdownsOf(judge: RequestJudge, { objective }: DisaggQuestion): { slowdowns?: Slowdowns } {
  if (objective.reference === undefined) return {};
  const of = (figure: "ttft" | "tpot" | "e2e") => ({
    p50: rounded(judge.percentile(figure, 0.5), 3),
    p90: rounded(judge.percentile(figure, 0.9), 3),
    p99: rounded(judge.percentile(figure, 0.99), 3),
  });
  return { slowdowns: { ttft: of("ttft"), tpot: of("tpot"), e2e: of("e2e") } };
}

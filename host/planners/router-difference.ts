import { batchedDifference, type PairedDifference, replicatedDifference } from "../core/paired-difference.js";
import type { Outcome } from "../core/outcome.js";
import { rounded } from "./fleet-summary.js";
import { type BatchFigures, PAIRED_BATCHES } from "./paired-times.js";

/** What an interval says of a difference; `null` where there is no interval. */
export type DifferenceVerdict = "better" | "worse" | "no difference shown";

/** A difference, its 95 % confidence interval, and whether that leaves any doubt of its sign. */
export interface JudgedDifference extends PairedDifference {
  verdict: DifferenceVerdict | null;
}

/** A router against the one that all are compared with. Differences are its figures minus those of that one. */
export interface RouterDifference<Router extends string = string> {
  baseline: Router;
  /**
   * `paired_replications`: Student's t over the differences in independent replications; `paired_batches`: over the differences in batches of consecutive
   * requests of one run, widened where neighbouring batches go together. Either way both routers met the same requests.
   */
  method: "paired_replications" | "paired_batches";
  /** Replications or batches. */
  pairs: number;
  p99_ttft_ms: JudgedDifference;
  mean_ttft_ms: JudgedDifference;
  /** Percentage points. */
  slo_compliance_pct: JudgedDifference;
}

/** What is kept of the runs under one router. */
export interface PairedRuns {
  outcomes: readonly Outcome[];
  /** Batches of the first run, where the runs are not replications of each other. */
  batches?: readonly BatchFigures[];
}

/** Compares the runs under a router with those under another one that met the same requests. */
export function routerDifference<Router extends string>(
  runs: PairedRuns,
  base: PairedRuns,
  baseline: Router,
): RouterDifference<Router> {
  const of = (figure: Figure): PairedDifference => {
    if (runs.batches && base.batches) {
      const whole = minus(figure.ofRun(runs.outcomes[0]!), figure.ofRun(base.outcomes[0]!));
      const parts = runs.batches.map((batch, i) => minus(figure.ofBatch(batch), figure.ofBatch(base.batches![i]!)));
      return batchedDifference(whole, parts);
    }
    return replicatedDifference(
      runs.outcomes.map((outcome, i) => minus(figure.ofRun(outcome), figure.ofRun(base.outcomes[i]!))),
    );
  };
  return {
    baseline,
    ...(runs.batches
      ? { method: "paired_batches", pairs: PAIRED_BATCHES }
      : { method: "paired_replications", pairs: runs.outcomes.length }),
    p99_ttft_ms: judged(of(P99), "lower"),
    mean_ttft_ms: judged(of(MEAN), "lower"),
    slo_compliance_pct: judged(of(COMPLIANCE), "higher"),
  };
}

interface Figure {
  ofRun: (outcome: Outcome) => number | null;
  ofBatch: (batch: BatchFigures) => number | null;
}

const P99: Figure = { ofRun: ({ ttft_ms }) => ttft_ms.p99, ofBatch: ({ p99Ms }) => p99Ms };
const MEAN: Figure = { ofRun: ({ ttft_ms }) => ttft_ms.mean, ofBatch: ({ meanMs }) => meanMs };
const COMPLIANCE: Figure = {
  ofRun: ({ slo }) => inPercent(slo.attainment),
  ofBatch: ({ attainment }) => inPercent(attainment),
};

function judged({ difference, ci95 }: PairedDifference, good: "lower" | "higher"): JudgedDifference {
  return {
    difference: rounded(difference, 3),
    ci95: ci95 === null ? null : [rounded(ci95[0], 3), rounded(ci95[1], 3)],
    verdict: ci95 === null ? null : verdictOf(ci95, good),
  };
}

function verdictOf([low, high]: [number, number], good: "lower" | "higher"): DifferenceVerdict {
  if (low <= 0 && high >= 0) return "no difference shown";
  return high < 0 === (good === "lower") ? "better" : "worse";
}

function minus(value: number | null, other: number | null): number | null {
  return value === null || other === null ? null : value - other;
}

function inPercent(share: number | null): number | null {
  return share === null ? null : share * 100;
}

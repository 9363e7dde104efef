import { loadCore } from "../core/load.js";
import { InputError } from "../specs/input-error.js";
import { answer, type CapacityFigures, type CapacityQuestion, questionOf } from "./capacity.js";
import {
  type Combination,
  combinations,
  combinationText,
  fleetDocument,
  type FleetDocument,
  fleetWith,
  type Sweep,
  type SweptKey,
} from "./capacity-combinations.js";
import { coldStart, type SearchStart } from "./capacity-find.js";
import { type CapacityOptions, checkCapacityOptions } from "./capacity-options.js";
import type { Trial } from "./capacity-point.js";
import { RunsProgress } from "./capacity-progress.js";
import { openRequestsOf, prepareTrial } from "./capacity-trial.js";
import { fleetSpec } from "./replay-trace.js";
import type { TraceSummary } from "./trace-summary.js";

/** What is swept; see {@link capacitySweep}. */
export interface CapacitySweepOptions extends CapacityOptions {
  sweep: Sweep;
}

/** What a combination bears. */
export interface SweepRow extends CapacityFigures {
  setting: Combination;
  /** Keys of the fleet that have no meaning with it and were left out. */
  left_out: SweptKey[];
  /** No other combination has more for the money, a shorter P99 of TTFT and a shorter P99 of TPOT, or as much of two and more of the third. */
  is_pareto: boolean;
}

/** The answer of {@link capacitySweep}. */
export interface CapacitySweepResult extends CapacityQuestion {
  sweep: Sweep;
  /** By what rows are compared: rate_per_dollar_hour, or rate_per_gpu_rps where a fleet has no price. */
  compared_by: ComparedBy;
  /** The most for the money first; combinations that bear no load last. */
  rows: SweepRow[];
  /** Combinations that make no fleet. */
  invalid: { setting: Combination; reason: string }[];
  /** Where the requests came from. */
  trace: TraceSummary;
}

/** What rows of a sweep are compared by. */
export type ComparedBy = "rate_per_dollar_hour" | "rate_per_gpu_rps";

/**
 * Searches what a fleet bears with every combination of some settings of its replicas. All combinations meet the same requests; each search starts from the answer of the one most
 * like it.
 *
 * @throws InputError as capacity; if the engine is `slots`, if the sweep is none, or if none of its combinations makes a fleet.
 */
export async function capacitySweep(options: CapacitySweepOptions): Promise<CapacitySweepResult> {
  checkCapacityOptions(options);
  const wanted = combinations(options.sweep);
  const { engine } = await fleetSpec(options.fleet);
  if ((options.engine ?? engine) === "slots") {
    throw new InputError(
      "a sweep changes how replicas batch, of which the engine slots knows nothing; iterations does.",
    );
  }
  const document = await fleetDocument(options.fleet);
  const requests = await openRequestsOf(options);
  const shared = { ...options, core: options.core ?? (await loadCore()) };
  const progress = options.onProgress && new RunsProgress(options.onProgress);
  const invalid: CapacitySweepResult["invalid"] = [];
  const rows: SweepRow[] = [];
  let question: CapacityQuestion | undefined;
  for (const setting of wanted) {
    const prepared = await prepare(document, setting, (spec) => prepareTrial(spec, requests, shared, progress));
    if ("reason" in prepared) {
      invalid.push({ setting, reason: prepared.reason });
      continue;
    }
    question ??= questionOf(prepared.trial, options);
    const { figures } = await answer(prepared.trial, options, startFor(setting, rows, prepared.trial, options.count));
    rows.push({ setting, left_out: prepared.leftOut, is_pareto: false, ...figures });
  }
  if (question === undefined) throw noneIsValid(invalid);
  const comparedBy = rows.every(({ fleet }) => fleet.per_hr_usd > 0) ? "rate_per_dollar_hour" : "rate_per_gpu_rps";
  const count = Math.max(...rows.map((row) => row.requests_per_run));
  const ordered = markFront(rows, comparedBy).sort((a, b) => (b[comparedBy] ?? -1) - (a[comparedBy] ?? -1));
  const best = ordered[0]!;
  return {
    ...question,
    sweep: options.sweep,
    compared_by: comparedBy,
    rows: ordered,
    invalid,
    trace: requests.summary(best.rate_rps ?? best.lowest_infeasible_rps ?? undefined, count),
  };
}

async function prepare(
  document: FleetDocument,
  setting: Combination,
  trialOf: (spec: ReturnType<typeof fleetWith>["spec"]) => Promise<Trial>,
): Promise<{ trial: Trial; leftOut: SweptKey[] } | { reason: string }> {
  try {
    const { spec, leftOut } = fleetWith(document, setting);
    return { trial: await trialOf(spec), leftOut };
  } catch (error) {
    if (error instanceof InputError) return { reason: error.message };
    throw error;
  }
}

/** Begins where the most similar combination ended. */
function startFor(setting: Combination, rows: readonly SweepRow[], trial: Trial, count?: number): SearchStart {
  const cold = coldStart(trial, count);
  let best: SweepRow | undefined;
  let fewest = Infinity;
  for (const row of rows) {
    const different = (Object.keys(setting) as SweptKey[]).filter((key) => setting[key] !== row.setting[key]).length;
    if (row.rate_rps === null || different > fewest) continue;
    best = row;
    fewest = different;
  }
  if (!best) return cold;
  const load = (trial.users ? best.concurrency : best.rate_rps)!;
  return { load, isGuess: best.status === "found", count: Math.max(cold.count, best.requests_per_run) };
}

function noneIsValid(invalid: CapacitySweepResult["invalid"]): InputError {
  const { setting, reason } = invalid[0]!;
  return new InputError(`sweep: none of its combinations makes a fleet; with ${combinationText(setting)}: ${reason}`);
}

/** Marks the rows that no other one is better than in one respect and as good in the others (Pareto). */
function markFront(rows: readonly SweepRow[], comparedBy: ComparedBy): SweepRow[] {
  const figures = rows.map((row) => costs(row, comparedBy));
  const isBetter = (a: readonly number[], b: readonly number[]) =>
    a.every((cost, i) => cost <= b[i]!) && a.some((cost, i) => cost < b[i]!);
  return rows.map((row, index) => {
    const own = figures[index]!;
    return { ...row, is_pareto: row.rate_rps !== null && !figures.some((other) => isBetter(other, own)) };
  });
}

/** What is the better the less there is of it. */
function costs({ at_capacity: point, ...row }: SweepRow, comparedBy: ComparedBy): number[] {
  if (point === null) return [Infinity, Infinity, Infinity];
  // Requests of one token alone have no time per output token, and so nothing that could be shorter.
  const tpot = point.tpot_ms.count === 0 ? 0 : (point.tpot_ms.p99 ?? Infinity);
  return [-(row[comparedBy] ?? 0), point.ttft_ms.p99 ?? Infinity, tpot];
}

import type { FleetInput } from "../specs/fleet-spec.js";
import { InputError } from "../specs/input-error.js";
import { OptionError } from "../specs/option-error.js";
import { rounded } from "./fleet-summary.js";
import { DEFAULT_LONG_MAX_CTX } from "./optimize.js";
import { paretoFront } from "./pareto-front.js";
import { type ParetoRow, paretoRow } from "./pareto-row.js";
import type { PlanningInput, PlanningRequests } from "./planning-requests.js";
import { possibleBoundaries } from "./sizing/boundaries.js";
import { fleetCandidate, type FleetCandidate } from "./sizing/fleet-candidate.js";
import { chosenFleet, fleetFile } from "./sizing/fleet-row.js";
import { FleetSearch, type SizedFleet } from "./sizing/fleet-search.js";
import { freshRun } from "./sizing/fresh-check.js";
import { type Refusal, refusals } from "./sizing/nearest-miss.js";
import { priceBy } from "./sizing/objective.js";
import { openProblem, type SizingOptions } from "./sizing/open-problem.js";
import { optionsOfPools, type PoolKinds } from "./sizing/replica-kinds.js";
import { checkSizingOptions, checkTokens, checkBelow } from "./sizing/sizing-limits.js";
import type { SizingProblem } from "./sizing/sizing-problem.js";
import { tooLongShare } from "./sizing/too-long-share.js";

/** What {@link pareto} is asked. */
export type ParetoOptions = PlanningInput &
  SizingOptions &
  PoolKinds & {
    /** Window of the longest pool, tokens. Default 65,536. */
    longMaxCtx?: number;
    /** Thresholds to try, total tokens. Default: the points of a CDF, else powers of two and one and a half times them, with at least 1 % of the requests below and 0.1 % above. */
    bShort?: readonly number[];
    /** Further objectives for the P99 of TTFT that every threshold is sized for, ms: fleets that cost more and are faster, or the other way round. Default: none. */
    sloRangeMs?: readonly number[];
    /** Tell curves of the replay of the recommended fleet, as `check_run`. Default: not. */
    curves?: boolean;
  };

/** Thresholds between a pool for short requests and one for long ones, compared. */
export interface ParetoResult {
  /** The fleet of one pool first, then by threshold, for each objective from the shortest on: what `--out` writes. */
  rows: ParetoRow[];
  /** The cheapest that meets the objective, of those the fastest; `null` if none does. */
  recommended: ParetoRow | null;
  /** The recommended one as a fleet file. */
  fleet: FleetInput | null;
  refused: Refusal[];
  /** Runs of single pools. */
  runs: number;
  slo_ms: number;
  rate_rps: number;
  /** Share of requests longer than the largest window. */
  too_long_share: number;
  engine: "slots" | "iterations";
  seed: number;
}

/** Most rows that are sized. */
const MAX_PARETO_ROWS = 1000;

/**
 * Sizes, by simulation, a fleet of two pools for every threshold between short and long requests, and one of a single pool; and tells which are worth having: those that no other is at
 * least as cheap and as fast as. All fleets meet the same requests.
 *
 * @throws InputError if an option is out of range, or the input cannot be used.
 */
export async function pareto(options: ParetoOptions): Promise<ParetoResult> {
  const { longMaxCtx: maxCtx = DEFAULT_LONG_MAX_CTX, sloRangeMs = [] } = options;
  checkTokens("longMaxCtx", maxCtx, 2);
  for (const sloMs of sloRangeMs) checkSizingOptions({ sloMs });
  const kinds = optionsOfPools(options);
  const { problem, requests } = await openProblem(options);
  const cuts = [[], ...thresholds(options, problem, requests, maxCtx).map((threshold) => [threshold])];
  const objectives = [...new Set([problem.objective.ttftMs, ...sloRangeMs])].sort((a, b) => a - b);
  if (cuts.length * objectives.length > MAX_PARETO_ROWS) {
    throw new InputError(
      `${cuts.length} fleets for ${objectives.length} objectives are more than ${MAX_PARETO_ROWS}: name fewer thresholds or objectives.`,
    );
  }
  const candidates = cuts.map((boundaries) =>
    fleetCandidate({
      boundaries,
      maxCtx,
      optionsOf: (index, pools) => (pools === 1 ? kinds.either : index === 0 ? kinds.short : kinds.long),
    }),
  );
  const { sized, refused, runs } = await sizeAll(problem, candidates, objectives);
  const rows = compared(sized.map(({ row }) => row));
  const best = rows.findIndex(({ recommended }) => recommended);
  const { curves = false } = options;
  const { file, check, run } = await checked({ problem, requests, sizedFleet: sized[best]?.fleet, curves });
  if (best >= 0) rows[best] = { ...rows[best]!, check, ...(curves && run ? { check_run: run } : {}) };
  return {
    rows,
    recommended: rows[best] ?? null,
    fleet: file,
    refused,
    runs,
    slo_ms: problem.objective.ttftMs,
    rate_rps: problem.rateRps,
    too_long_share: tooLongShare(problem.law, maxCtx),
    engine: problem.engine,
    seed: problem.seed,
  };
}

function thresholds(
  { bShort }: ParetoOptions,
  { law }: SizingProblem,
  { cdf }: PlanningRequests,
  maxCtx: number,
): number[] {
  if (!bShort) return possibleBoundaries(law, maxCtx, cdf);
  const sorted = [...new Set(bShort)].sort((a, b) => a - b);
  for (const tokens of sorted) {
    checkTokens("bShort", tokens);
    checkBelow("bShort", tokens, "longMaxCtx", maxCtx);
    if (law.share(0, tokens) > 0 && law.share(tokens, maxCtx) > 0) continue;
    throw new OptionError(
      (nameOf) =>
        `${nameOf("bShort")} names ${tokens}, but no request is ${law.share(0, tokens) > 0 ? "longer" : "as short"}.`,
    );
  }
  return sorted;
}

interface SizedRow {
  row: ParetoRow;
  fleet: SizedFleet | undefined;
}

/** Sizes every candidate for every objective. */
async function sizeAll(
  problem: SizingProblem,
  candidates: readonly FleetCandidate[],
  objectives: readonly number[],
): Promise<{ sized: SizedRow[]; refused: Refusal[]; runs: number }> {
  const sized: SizedRow[] = [];
  const refused: Refusal[] = [];
  let runs = 0;
  for (const ttftMs of objectives) {
    const before = runs;
    const own: SizingProblem = {
      ...problem,
      objective: { ...problem.objective, ttftMs },
      runs: 0,
      ...(problem.onRun ? { onRun: (count: number) => problem.onRun!(before + count) } : {}),
    };
    const search = new FleetSearch(own, priceBy("cost", 1));
    for (const candidate of candidates) {
      const { row, sized: fleet } = await paretoRow(search, candidate, problem.objective);
      sized.push({ row, fleet });
    }
    if (refused.length === 0) refused.push(...refusals(search));
    runs += own.runs;
  }
  return { sized, refused, runs };
}

/** The rows with what only a comparison of them can tell. */
function compared(rows: readonly ParetoRow[]): ParetoRow[] {
  const homo = Math.min(
    ...rows.map((row) => (row.kind === "homogeneous" && row.slo_met ? row.cost_per_hr! : Infinity)),
  );
  const measured = rows.filter(isMeasured);
  const front = new Set<ParetoRow>(paretoFront(measured));
  const recommended = measured.filter(({ slo_met }) => slo_met).reduce<MeasuredRow | undefined>(better, undefined);
  return rows.map((row) => ({
    ...row,
    pareto: front.has(row),
    recommended: row === recommended,
    savings_vs_homo_pct:
      row.cost_per_hr === null || homo === Infinity ? null : rounded((1 - row.cost_per_hr / homo) * 100, 2),
  }));
}

type MeasuredRow = ParetoRow & { cost_per_hr: number; worst_p99_ms: number };

function isMeasured(row: ParetoRow): row is MeasuredRow {
  return row.cost_per_hr !== null && row.worst_p99_ms !== null;
}

/** The cheaper of two; of equal ones the faster. */
function better(best: MeasuredRow | undefined, row: MeasuredRow): MeasuredRow {
  if (!best || row.cost_per_hr < best.cost_per_hr) return row;
  return row.cost_per_hr === best.cost_per_hr && row.worst_p99_ms < best.worst_p99_ms ? row : best;
}

async function checked({
  problem,
  requests,
  sizedFleet,
  curves,
}: {
  problem: SizingProblem;
  requests: PlanningRequests;
  sizedFleet: SizedFleet | undefined;
  curves: boolean;
}) {
  if (!sizedFleet) return { file: null, check: null, run: null };
  const { engine, objective } = problem;
  const file = fleetFile(chosenFleet(sizedFleet), { engine, sloMs: objective.ttftMs, nodeAvailability: 1 });
  const count = Math.max(...sizedFleet.pools.map(({ lookedAt }) => lookedAt));
  return { file, ...(await freshRun(problem, requests, file, { count, curves })) };
}

import type { Figures } from "../../core/figures.js";
import { InputError } from "../../specs/input-error.js";
import { replay } from "../replay.js";
import { fleetOf, poolInput, type PoolInput, type ReplicaOption } from "./replica-option.js";
import type { SelectedRequests } from "./held-stream.js";
import { reachOf, type Segment } from "./segment.js";
import { MAX_POOL_REQUESTS } from "./sizing-limits.js";
import type { SizingProblem } from "./sizing-problem.js";

/** What simulation makes of a pool with so many replicas. */
export interface PoolPoint {
  replicas: number;
  /** Requests that reached the pool, those of the warm-up included. */
  requests: number;
  p99TtftMs: number | null;
  /** 95 % confidence interval. */
  p99TtftCi95: [number, number] | null;
  p99TpotMs: number | null;
  p99TpotCi95: [number, number] | null;
  attainment: number | null;
  verdict: "stable" | "overloaded";
  /** Mean share of slots (engine `slots`) or of seats that are busy. */
  utilisation: number;
  /** Requests in service at a time, in all replicas. */
  running: number;
  meanE2eMs: number | null;
  /** Whether the intervals of all P99 that have a limit lie within it, and the pool keeps up. */
  isFeasible: boolean;
}

/**
 * Share of a run that is not measured. More than a replay's, since a run here is only as long as it must be: requests hold their place for some time, and an empty fleet is
 * faster than the one that is sized.
 */
export const SIZING_WARMUP = 0.25;

/** A pool through which what is routed to the other side goes as if it were not there. */
const AWAY = {
  replica: {
    profile: {
      name: "away",
      W: 1e-6,
      H: 0,
      calibration_ctx: 1,
      chunk: 2 ** 30,
      blk_size: 16,
      total_kv_blks: 2 ** 30,
      max_slots: 2 ** 22,
    },
    slots: 2 ** 20,
    serving: { max_num_seqs: 4096 },
  },
  name: "away",
} satisfies ReplicaOption;

/** Plays the requests of a segment through a pool of so many replicas. */
export async function tryPool(
  problem: SizingProblem,
  segment: Segment,
  option: ReplicaOption,
  selected: SelectedRequests,
  replicas: number,
): Promise<PoolPoint> {
  const { engine, objective, stream, seed, core, blockTokens } = problem;
  const fleet = trialFleet(segment, poolInput(option, { id: "sized", replicas, maxCtx: segment.upTo }));
  const result = await replay({
    fleet,
    engine,
    requests: { open: async () => stream.lend(selected), ...(blockTokens === undefined ? {} : { blockTokens }) },
    sloMs: objective.ttftMs,
    ...(objective.tpotMs === undefined ? {} : { sloTpotMs: objective.tpotMs }),
    seed,
    warmup: SIZING_WARMUP,
    core,
  });
  problem.runs++;
  await problem.onRun?.(problem.runs);
  return pointOf(problem, result.pools["sized"]!, fleet.pools.find(({ id }) => id === "sized")!.slots, replicas);
}

function trialFleet({ compression, upTo }: Segment, sized: PoolInput) {
  if (!compression) return fleetOf([sized]);
  const { side, boundary, gamma, pCompress, otherMaxCtx } = compression;
  const other = poolInput(AWAY, { id: "away", replicas: 1, maxCtx: otherMaxCtx });
  return fleetOf(side === "below" ? [sized, other] : [other, sized], {
    type: "compress_route",
    b_short: side === "below" ? Math.min(boundary, upTo) : boundary,
    gamma,
    p_compress: pCompress,
  });
}

function pointOf({ engine, objective }: SizingProblem, figures: Figures, slots: number, replicas: number): PoolPoint {
  const { ttft_ms: ttft, tpot_ms: tpot, stability } = figures;
  const keepsTtft = isWithin(ttft.p99_ci95, objective.ttftMs);
  const keepsTpot = objective.tpotMs === undefined || isWithin(tpot.p99_ci95, objective.tpotMs);
  const running = engine === "slots" ? figures.utilisation.slots * slots : (figures.batching?.mean_batch ?? 0);
  return {
    replicas,
    requests: figures.requests.arrived,
    p99TtftMs: ttft.p99,
    p99TtftCi95: ttft.p99_ci95,
    p99TpotMs: tpot.p99,
    p99TpotCi95: tpot.p99_ci95,
    attainment: figures.slo.attainment,
    verdict: stability.verdict,
    utilisation: figures.utilisation.slots,
    running: running * replicas,
    meanE2eMs: figures.e2e_ms.mean,
    isFeasible: stability.verdict === "stable" && keepsTtft && keepsTpot,
  };
}

function isWithin(interval: [number, number] | null, limitMs: number): boolean {
  return interval !== null && interval[1] <= limitMs;
}

/** Requests in a pool at a time, over which a run must turn around so often that it tells of a fleet that has filled. */
const TURNOVERS = 20;
/** Requests of a pool that are simulated at least, where their number is left open. */
const LEAST_REQUESTS = 30_000;

/** The requests that runs of a pool play; the same for any number of replicas. */
export async function selectFor(
  { stream, requests }: SizingProblem,
  segment: Segment,
  meanInPool: number,
): Promise<SelectedRequests> {
  const count = requests ?? Math.max(LEAST_REQUESTS, Math.ceil(TURNOVERS * meanInPool));
  const selected = await stream.select(reachOf(segment), Math.min(count, MAX_POOL_REQUESTS));
  if (selected.count > 0) return selected;
  throw new InputError(
    `no request has more than ${segment.above} and at most ${segment.upTo} tokens: nothing to size a pool for.`,
  );
}

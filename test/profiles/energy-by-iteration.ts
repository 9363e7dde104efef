import { iterationPools } from "../../host/core/core-fleet.js";
import type { BatchMix } from "../../host/profiles/mean-iteration.js";
import { passPowerW } from "../../host/profiles/pass-power.js";
import { arithmeticShare } from "../../host/profiles/phase-power.js";
import { powerRange } from "../../host/profiles/power-range.js";
import { rooflineModel } from "../../host/profiles/roofline.js";
import type { PoolSums } from "../../host/profiles/run-phases.js";
import type { Fleet, Pool } from "../../host/specs/fleet.js";
import type { BatchLoad } from "../iterations-reference/duration.js";
import type { Iteration } from "../iterations-reference/lane.js";
import { lanesOf } from "../iterations-reference/pool-state.js";
import { simulateIterations } from "../iterations-reference/simulate.js";

/** A run of one pool with a roofline, played and paid for iteration by iteration. */
export interface PaidRun {
  /** Of all GPUs, J. */
  energyJ: number;
  /** What of it iterations with no decode in them, and with nothing else, used. */
  promptsAloneJ: number;
  decodesAloneJ: number;
  idleJ: number;
  /** Iterations that held prompts and decodes. */
  mixed: number;
  sums: PoolSums;
}

/** Lengths of a request, tokens. */
export interface Lengths {
  input: number;
  output: number;
}

const TICKS_PER_SECOND = 1e9;

/** Plays requests, evenly spaced, through a fleet of one pool by the plain program, and pays for each iteration as for one of its mix. */
export function payByIteration(fleet: Fleet, lengths: readonly Lengths[], rateRps: number): PaidRun {
  const pool = fleet.pools[0]!;
  const paid = { energyJ: 0, promptsAloneJ: 0, decodesAloneJ: 0, mixed: 0 };
  const seen = new Set<Iteration>();
  const requests = lengths.map(({ input, output }, index) => ({
    arrivalS: index / rateRps,
    input,
    output,
    label: 0,
    category: 0,
    priority: 0,
    blockIds: [],
  }));
  const one = {
    pools: iterationPools(fleet),
    router: { type: "length" as const },
    seed: 1,
    replication: 0,
    horizonS: Infinity,
    requests,
  };
  const played = simulateIterations(one, (pools) => {
    for (const lane of lanesOf(pools[0]!)) {
      if (lane.iteration === null || seen.has(lane.iteration)) continue;
      seen.add(lane.iteration);
      pay(pool, lane.iteration, paid);
    }
  });
  const totals = played.pools[0]!;
  const seconds = played.endTick / TICKS_PER_SECOND;
  const busyS = totals.busyTicks / TICKS_PER_SECOND;
  const idleJ = (pool.replicas * seconds - busyS) * pool.profile.gpusPerReplica * powerRange(pool)!.idleW;
  const { iterations, prefillTokens, decodeTokens, contextTokens, prefillWork } = totals;
  return {
    ...paid,
    energyJ: paid.energyJ + idleJ,
    idleJ,
    sums: { seconds, lanesBusyS: busyS, iterations, prefillTokens, decodeTokens, contextTokens, prefillWork },
  };
}

function pay(pool: Pool, { load, durationTicks }: Iteration, paid: Omit<PaidRun, "idleJ" | "sums">): void {
  const mix = mixOf(load);
  const joules = pool.profile.gpusPerReplica * iterationPowerW(pool, mix) * (Number(durationTicks) / TICKS_PER_SECOND);
  paid.energyJ += joules;
  if (mix.decodes === 0) paid.promptsAloneJ += joules;
  else if (mix.promptTokens === 0) paid.decodesAloneJ += joules;
  else paid.mixed++;
}

function mixOf({ decodes, context, chunks }: BatchLoad): BatchMix {
  const promptTokens = chunks.reduce((sum, { tokens }) => sum + tokens, 0);
  const work = chunks.reduce((sum, { tokens, processed }) => sum + tokens * (processed + tokens / 2), 0);
  return { decodes, context, promptTokens, work, prompts: chunks.length };
}

/** Power of one GPU in an iteration of this mix. */
function iterationPowerW({ roofline, powerCapW = Infinity }: Pool, mix: BatchMix): number {
  const spec = roofline!;
  const full = rooflineModel(spec);
  const { idleW, fullW } = powerRange({ roofline: spec })!;
  const waiting = mix.promptTokens > 0 ? arithmeticShare(spec, full, mix) : 0;
  return Math.min(powerCapW, Math.max(passPowerW(spec, full, mix), idleW + (fullW - idleW) * waiting));
}

/** Lengths around two means, the same in every run. */
export function variedLengths(count: number, mean: Lengths): Lengths[] {
  let state = 12345;
  const next = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
  return Array.from({ length: count }, () => ({
    input: Math.max(1, Math.round(mean.input * 2 * next())),
    output: Math.max(1, Math.round(mean.output * 2 * next())),
  }));
}

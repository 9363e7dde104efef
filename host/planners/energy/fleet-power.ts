import { meanIterationS, type BatchMix } from "../../profiles/mean-iteration.js";
import { phaseEnergyJ, phasePower } from "../../profiles/phase-power.js";
import { provisionedPowerW } from "../../profiles/pool-power.js";
import type { Phase, RunPhases } from "../../profiles/run-phases.js";
import type { Pool } from "../../specs/fleet.js";

/** What the lanes of a pool do on average: known from a run, or expected. */
export interface PoolLoad {
  /** Shares of their time, at most 1 together; the rest they are idle. */
  prefillShare: number;
  decodeShare: number;
  /** Prompt tokens in an iteration of prompts, and the pairs of tokens that they make (a whole prompt of L tokens: `L^2 / 2`, which is what they are taken to be unless told). */
  promptTokens?: number;
  promptWork?: number;
  /** Requests in an iteration of decodes, and their mean context, tokens. */
  batch?: number;
  context?: number;
}

/** Power of a fleet, W: what designs are compared by. */
export interface FleetPowerW {
  /** What must be there: the cap of each GPU, or else its board's power. */
  provisionedW: number;
  /** What is drawn on average. */
  meanW: number;
}

/**
 * Power of the GPUs of a fleet by the loads of its pools; hosts, links and cooling not counted.
 *
 * @param loads One for each pool.
 * @returns `undefined` where nothing is known of the power of some pool.
 */
export function powerOfFleetW(pools: readonly Pool[], loads: readonly PoolLoad[]): FleetPowerW | undefined {
  let [provisionedW, meanW] = [0, 0];
  for (const [index, pool] of pools.entries()) {
    const phases = phasesOf(pool, loads[index]!);
    const power = phasePower(pool, phases);
    const provisioned = provisionedPowerW(pool);
    if (!power || provisioned === undefined) return undefined;
    const { prefillJ, decodeJ, idleJ } = phaseEnergyJ(pool, phases, power);
    provisionedW += provisioned;
    meanW += prefillJ + decodeJ + idleJ;
  }
  return { provisionedW, meanW };
}

/** One second of the load. */
function phasesOf(pool: Pool, load: PoolLoad): RunPhases {
  const { prefillShare, decodeShare, promptTokens = 0, batch = 0, context = 0 } = load;
  const lanes = pool.replicas * pool.serving.pp;
  const work = load.promptWork ?? promptTokens ** 2 / 2;
  const phase = (share: number, mix: BatchMix): Phase => {
    const seconds = lanes * share;
    return { seconds, iterations: seconds > 0 ? seconds / meanIterationS(pool.iterationModel, mix) : 0, mix };
  };
  return {
    prefill: phase(prefillShare, { decodes: 0, context: 0, promptTokens, work, prompts: promptTokens > 0 ? 1 : 0 }),
    decode: phase(decodeShare, { decodes: batch, context: batch * context, promptTokens: 0, work: 0, prompts: 0 }),
    idleS: lanes * Math.max(0, 1 - prefillShare - decodeShare),
  };
}

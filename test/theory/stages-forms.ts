import { rankOf } from "../../host/core/distribution.js";
import type { Core } from "../../host/core/load.js";
import type { CorePool } from "../../host/core/run-spec.js";
import { interOp, intraOp, oneDevice, type PrefillUnit } from "../../host/queueing/prefill-phase.js";
import { iterationOf, playPoisson, stagePool, WARM_UP } from "./stages.js";

/** Tokens of every prompt. */
export const PROMPT = 700;
/** Execution time of a prompt on one device, s: a fixed part and one by token. */
const FIXED_S = 0.005;
const PER_TOKEN_S = 5e-5;
export const D = FIXED_S + PROMPT * PER_TOKEN_S;
const SPEED_UP = 1.43;

/** A prefill replica that takes one prompt at a time, by formula and as a pool of the core. */
export interface PrefillForm {
  name: string;
  unit: PrefillUnit;
  pool: CorePool;
}

/** One device `speedUp` times as fast. */
export function deviceOf(speedUp: number): CorePool {
  return stagePool(iterationOf(FIXED_S / speedUp, PER_TOKEN_S / speedUp));
}

export const ONE: PrefillForm = { name: "one device", unit: oneDevice(D), pool: deviceOf(1) };

/** Stages share one queue: with one to each lane, a prompt may wait behind a busy lane while the other comes free. */
export const STAGES: PrefillForm = {
  name: "two stages",
  unit: interOp(oneDevice(D), 2),
  pool: stagePool(iterationOf(FIXED_S, PER_TOKEN_S), { queue: "shared" }, { pp: 2 }),
};

const SHARED_LAYERS: PrefillForm = {
  name: `layers shared, K = ${SPEED_UP}`,
  unit: intraOp(oneDevice(D), SPEED_UP),
  pool: deviceOf(SPEED_UP),
};

/** Of the first point; every other one has the next, since under one seed all loads meet the same draws and err together. */
export const FIRST_SEED = 2024;

const LOADS = [0.1, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** The points at which formulas are held against the core. */
export const PREFILL_POINTS = [ONE, STAGES, SHARED_LAYERS]
  .flatMap((form) => LOADS.map((rho) => ({ ...form, rho })))
  .map((point, index) => ({ ...point, seed: FIRST_SEED + index }));

const COUNT = 100_000;

/** TTFT of the prompts of one run after its warm-up, s. */
export function playTtft(
  core: Core,
  pool: CorePool,
  rateRps: number,
  { seed, replication }: { seed: number; replication: number },
): { meanS: number; p99S: number } {
  const lengths = () => [PROMPT, 1] as const;
  const simulation = playPoisson(core, [pool], { rateRps, count: COUNT, seed, replication, lengths });
  const { count, reached, sumTicks } = simulation.gather("ttft", "all", COUNT * WARM_UP, false);
  if (reached !== count) throw new Error(`${count - reached} of ${count} prompts have no first token`);
  return { meanS: sumTicks / reached / 1e9, p99S: simulation.select(rankOf(0.99, count)) / 1e9 };
}

import type { Pool } from "../specs/fleet.js";
import type { RooflineSpec } from "../specs/roofline-spec.js";
import { atClock } from "./clock-power.js";
import type { IterationModel } from "./iteration-model.js";
import { meanIterationS, type BatchMix } from "./mean-iteration.js";
import { passWork, workPowerW } from "./pass-power.js";
import { powerCoefficients, type PowerQuality } from "./power-coefficients.js";
import { curveQuality } from "./curve-power.js";
import { powerRange, type PowerRange } from "./power-range.js";
import { powerW } from "./power.js";
import { rooflineModel } from "./roofline.js";
import type { Phase, RunPhases } from "./run-phases.js";

/** Power of one GPU of a pool by what it does, W. */
export interface PhasePower {
  idleW: number;
  /** In a lane that computes prompts. */
  prefillW: number;
  /** In a lane that decodes. */
  decodeW: number;
  quality: PowerQuality;
  /** Where the figures come from, in a few words. */
  source: string;
}

/**
 * Power of a pool's GPUs in each phase: `P = idle + (full - idle) f(phase, batch)`, at most the pool's cap.
 *
 * - By a roofline: by how near the phase comes to the peaks (power-coefficients.ts), and, while prompts wait for arithmetic, the power of the board. (Splitwise, Patel et al., ISCA 2024, section III: the prompt phase draws up to
 *   the TDP and more with more tokens, the token phase is flat and well below. A stage of GPT-3 on an A100 draws more than its board's 400 W at full clock: clock-power.ts.)
 * - By the curve of a profile, which comes first: decodes by the number of requests that run, prompts at its nominal power, an assumption.
 *
 * @returns `undefined` where nothing is known of the power of the pool.
 */
export function phasePower(pool: Pool, phases: RunPhases): PhasePower | undefined {
  const { profile, roofline, powerCapW = Infinity } = pool;
  const range = powerRange({ profile, roofline });
  if (!range) return undefined;
  const full = profile.power ? byCurve(pool, phases, range) : byRoofline(pool, roofline!, phases, range);
  return { ...full, prefillW: Math.min(powerCapW, full.prefillW), decodeW: Math.min(powerCapW, full.decodeW) };
}

function byCurve({ profile, serving }: Pool, { decode }: RunPhases, { idleW, fullW }: PowerRange): PhasePower {
  return {
    idleW,
    prefillW: fullW,
    decodeW: powerW(profile, decode.mix.decodes * serving.pp),
    quality: curveQuality(profile),
    source: `power curve of ${profile.name}; prompts at its nominal power`,
  };
}

function byRoofline(pool: Pool, spec: RooflineSpec, phases: RunPhases, range: PowerRange): PhasePower {
  const full = pool.powerCapW === undefined ? pool.iterationModel : rooflineModel(spec);
  const { quality } = powerCoefficients(spec.hardware);
  const prefillW = Math.max(
    utilisedW(pool, spec, full, phases.prefill),
    range.idleW + (range.fullW - range.idleW) * arithmeticShare(spec, full, phases.prefill.mix),
  );
  return {
    idleW: range.idleW,
    prefillW,
    decodeW: utilisedW(pool, spec, full, phases.decode),
    quality,
    source: `utilisation of ${spec.hardware.name} by its roofline`,
  };
}

/** What all GPUs of a pool use in a stretch of time, J. */
export interface PhaseEnergyJ {
  prefillJ: number;
  decodeJ: number;
  idleJ: number;
}

/** Power over time: a lane keeps the GPUs of one pipeline stage busy. */
export function phaseEnergyJ(pool: Pool, { prefill, decode, idleS }: RunPhases, power: PhasePower): PhaseEnergyJ {
  const gpus = pool.profile.gpusPerReplica / pool.serving.pp;
  return {
    prefillJ: gpus * prefill.seconds * power.prefillW,
    decodeJ: gpus * decode.seconds * power.decodeW,
    idleJ: gpus * idleS * power.idleW,
  };
}

/** Power at full clock of what a phase did in its time; under a cap it would have taken less. */
function utilisedW(pool: Pool, spec: RooflineSpec, full: IterationModel, phase: Phase): number {
  const { mix, iterations } = phase;
  if (iterations <= 0 || phase.seconds <= 0) return powerRange({ roofline: spec })!.idleW;
  const stretch = meanIterationS(pool.iterationModel, mix) / meanIterationS(full, mix);
  return workPowerW(spec, passWork(spec, mix), phase.seconds / iterations / stretch);
}

/** A clock near the full one. */
const NEAR_FULL = 0.99;

/** Share of an iteration that waits for arithmetic: how much longer it takes at a slightly lower clock. */
export function arithmeticShare(spec: RooflineSpec, full: IterationModel, mix: BatchMix): number {
  if (mix.promptTokens <= 0) return 0;
  const slower = meanIterationS(rooflineModel(atClock(spec, NEAR_FULL)), mix) / meanIterationS(full, mix);
  return Math.min(1, (slower - 1) / (1 / NEAR_FULL - 1));
}

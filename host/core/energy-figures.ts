import { TICKS_PER_SECOND } from "../../assembly/contract.js";
import type { PowerQuality } from "../profiles/power-coefficients.js";
import { provisionedPowerW } from "../profiles/pool-power.js";
import { phaseEnergyJ, type PhaseEnergyJ, phasePower, type PhasePower } from "../profiles/phase-power.js";
import { powerRange } from "../profiles/power-range.js";
import { runPhases, type PoolSums } from "../profiles/run-phases.js";
import type { Pool } from "../specs/fleet.js";
import type { Moment, Window } from "./course.js";

/** What the GPUs of a pool, or of the whole fleet, draw over the measured window; links, hosts and cooling not counted. */
export interface Energy {
  /** All GPUs, W. */
  mean_power_w: number;
  /** What must be there for them: the cap of each GPU, or else its board's power, W. */
  provisioned_power_w: number;
  /** J in the window. */
  energy_j: number;
  /** J for each request that left in the window: completed, or handed over to another pool; `null` if none did. */
  energy_per_request_j: number | null;
  /** J for each output token of the requests that completed in the window; `null` if there was none. */
  energy_per_output_token_j: number | null;
  /** Shares of `energy_j`, 1 together: lanes that computed prompts, that decoded, and that had nothing to do. */
  prefill_share: number;
  decode_share: number;
  idle_share: number;
  /** How well founded the power of the pool is; of a fleet that of its weakest. */
  quality: PowerQuality;
  /** Where the power comes from. */
  provenance: string;
}

/** {@link Energy}, or why it is not known. */
export type EnergyFigures = { energy: Energy } | { energy_unknown: string };

const QUALITIES: readonly PowerQuality[] = ["HIGH", "FAIR", "LOW", "NONE"];

/** Reads the energy of some pools over the measured window, each as it saw it; engine `iterations`. */
export function readEnergy(pools: readonly Pool[], windows: readonly Window[]): EnergyFigures {
  const unknown = pools.filter((pool) => !powerRange(pool));
  if (unknown.length > 0) {
    const names = unknown.map(({ id }) => id).join(", ");
    return {
      energy_unknown: `nothing is known of the power of ${names}: give power_idle_w and power_nominal_w in a profile, or a roofline`,
    };
  }
  const uses = pools.map((pool, index) => useOf(pool, windows[index]!));
  const seconds = uses[0]?.seconds ?? 0;
  if (seconds <= 0) return { energy_unknown: "the measured window is empty" };
  return { energy: composeEnergy(uses, seconds) };
}

/** What one pool used. */
interface Use extends PhaseEnergyJ {
  seconds: number;
  requests: number;
  outputTokens: number;
  handedOver: number;
  provisionedW: number;
  power: PhasePower;
}

function useOf(pool: Pool, { begin, end }: Window): Use {
  const grown = (field: keyof Moment) => end[field] - begin[field];
  const sums: PoolSums = {
    seconds: grown("tick") / TICKS_PER_SECOND,
    lanesBusyS: grown("lanesBusyArea") / TICKS_PER_SECOND,
    iterations: grown("iterations"),
    prefillTokens: grown("prefillTokens"),
    decodeTokens: grown("decodeTokens"),
    contextTokens: grown("contextTokens"),
    prefillWork: grown("prefillWork"),
  };
  const phases = runPhases(pool, sums);
  const power = phasePower(pool, phases)!;
  return {
    ...phaseEnergyJ(pool, phases, power),
    seconds: sums.seconds,
    requests: grown("completed"),
    handedOver: grown("handedOver"),
    outputTokens: grown("outputTokens"),
    provisionedW: provisionedPowerW(pool)!,
    power,
  };
}

function composeEnergy(uses: readonly Use[], seconds: number): Energy {
  const sum = (of: (use: Use) => number) => uses.reduce((total, use) => total + of(use), 0);
  const prefillJ = sum((use) => use.prefillJ);
  const decodeJ = sum((use) => use.decodeJ);
  const idleJ = sum((use) => use.idleJ);
  const energyJ = prefillJ + decodeJ + idleJ;
  // What one pool hands over another one completes.
  const requests = sum((use) => use.requests) + (uses.length === 1 ? sum((use) => use.handedOver) : 0);
  const outputTokens = sum((use) => use.outputTokens);
  return {
    mean_power_w: energyJ / seconds,
    provisioned_power_w: sum((use) => use.provisionedW),
    energy_j: energyJ,
    energy_per_request_j: requests > 0 ? energyJ / requests : null,
    energy_per_output_token_j: outputTokens > 0 ? energyJ / outputTokens : null,
    prefill_share: prefillJ / energyJ,
    decode_share: decodeJ / energyJ,
    idle_share: idleJ / energyJ,
    quality: QUALITIES[Math.max(...uses.map(({ power }) => QUALITIES.indexOf(power.quality)))]!,
    provenance: [...new Set(uses.map(({ power }) => power.source))].join("; "),
  };
}

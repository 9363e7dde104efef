import { InputError } from "../specs/input-error.js";
import type { ManualProfile, PowerCurve } from "../specs/profile-spec.js";

/**
 * Power of one GPU that runs `n` sequences, watts; a replica draws `gpusPerReplica` times as much.
 *
 * `P_idle + (P_nom - P_idle) / (1 + exp(-k (log2(max(1, n)) - x0)))`, or linear in `n / maxSlots` up to 1 where `k` is 0; `P_idle`
 * where `n <= 0`. The logistic starts above idle and ends below nominal.
 *
 * Source: GPU-to-Grid (Hassan et al., arXiv:2602.05116), eq. 2, as in the Python vllm-sr-sim 0.1.0.
 *
 * @throws InputError if the profile has no constants of power.
 */
export function powerW(profile: ManualProfile, n: number): number {
  const { idleW, nominalW, k, x0 } = powerCurve(profile);
  if (n <= 0) return idleW;
  const range = nominalW - idleW;
  if (k > 0) return idleW + range / (1 + Math.exp(-k * (Math.log2(Math.max(1, n)) - x0)));
  return idleW + range * Math.min(1, n / profile.maxSlots);
}

/**
 * Most sequences, 1 to `maxSlots`, with which a GPU draws at most `targetW` watts; 1 if even one draws more. A target beyond
 * idle and nominal power counts as that end.
 *
 * The Python tool's search can answer one sequence too few (600 W on an H100: 255 where 256 draw 593 W); this one does not.
 *
 * @throws InputError if the profile has no constants of power, or the target is not a number.
 */
export function sequencesAtPowerW(profile: ManualProfile, targetW: number): number {
  const { idleW, nominalW } = powerCurve(profile);
  if (Number.isNaN(targetW)) throw new InputError("The power target is NaN, but must be a number of watts.");
  const target = Math.min(Math.max(targetW, idleW), nominalW);
  let low = 1;
  let high = profile.maxSlots;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (powerW(profile, middle) <= target) low = middle;
    else high = middle - 1;
  }
  return low;
}

function powerCurve(profile: ManualProfile): PowerCurve {
  if (!profile.power) {
    const keys = "power_idle_w and power_nominal_w";
    throw new InputError(
      `The profile ${JSON.stringify(profile.name)} has no constants of power: it must give ${keys}.`,
    );
  }
  return profile.power;
}

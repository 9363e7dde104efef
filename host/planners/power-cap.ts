import { mostWithin } from "../profiles/most-within.js";
import { poolReplicaPowerW } from "../profiles/pool-power.js";
import { powerW, sequencesAtPowerW } from "../profiles/power.js";
import type { PowerQuality } from "../profiles/power-coefficients.js";
import type { Pool } from "../specs/fleet.js";
import { InputError } from "../specs/input-error.js";

/** Power of one GPU of a pool, W, by the sequences that its replica runs. */
export interface PowerLaw {
  /** Of a replica that runs nothing. */
  idleW: number;
  /** What a cut of power is a share of: the nominal power of a profile's curve, or of a roofline that of a full replica. */
  nominalW: number;
  /** `logistic` or `linear`: the curve of the profile; `roofline`: by how near the GPU comes to its peaks. */
  model: "logistic" | "linear" | "roofline";
  quality: PowerQuality;
  /** @param sequences May be a fraction. */
  at(sequences: number): number;
  /** Most sequences, 1 to `most`, with which a GPU draws at most `targetW`; 1 if even one draws more. */
  mostAt(targetW: number, most: number): number;
}

/**
 * The power of a pool's GPUs.
 *
 * @param most Sequences of a full replica.
 * @param meanContext Mean context of a running sequence, tokens; the curve of a profile does not heed it.
 * @throws InputError if nothing is known of the power of the pool.
 */
export function powerLaw(pool: Pool, most: number, meanContext: number): PowerLaw {
  const { profile } = pool;
  const quality = poolReplicaPowerW(pool, most, meanContext)?.quality;
  if (quality === undefined) {
    throw new InputError(
      `nothing is known of the power of ${profile.name}: its profile must give power_idle_w and power_nominal_w, or its iteration_model be a roofline.`,
    );
  }
  if (profile.power) {
    const { idleW, nominalW, k } = profile.power;
    const at = (sequences: number) => powerW(profile, sequences);
    const mostAt = (targetW: number, limit: number) => Math.min(limit, sequencesAtPowerW(profile, targetW));
    return { idleW, nominalW, model: k > 0 ? "logistic" : "linear", quality, at, mostAt };
  }
  const at = (sequences: number) => poolReplicaPowerW(pool, sequences, meanContext)!.watts / profile.gpusPerReplica;
  const mostAt = (targetW: number, limit: number) =>
    Math.max(
      1,
      mostWithin(limit, (n) => at(n) <= targetW),
    );
  return { idleW: at(0), nominalW: at(most), model: "roofline", quality, at, mostAt };
}

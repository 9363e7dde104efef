import type { Pool } from "../specs/fleet.js";
import { powerW } from "./power.js";
import { powerCoefficients, type PowerQuality } from "./power-coefficients.js";
import { rooflineGpuPowerW } from "./roofline-power.js";

/** Power of a replica. */
export interface ReplicaPower {
  /** All GPUs of the replica, W. */
  watts: number;
  quality: PowerQuality;
}

/**
 * Power of one replica of a pool that runs so many sequences on average, all GPUs together. The curve of the pool's profile comes first, since it was measured or given; else the
 * roofline of the pool says how near its GPUs come to their peaks.
 *
 * @param runningSequences mean number of running sequences of the replica; may be a fraction.
 * @param meanContext their mean context, tokens.
 * @returns `undefined` where neither profile nor iteration model knows of power.
 */
export function poolReplicaPowerW(pool: Pool, runningSequences: number, meanContext: number): ReplicaPower | undefined {
  const { profile, roofline, serving } = pool;
  const gpus = profile.gpusPerReplica;
  if (profile.power) return { watts: gpus * powerW(profile, runningSequences), quality: curveQuality(profile) };
  if (!roofline) return undefined;
  // The stages of a pipeline work on as many batches at once, each a share of the sequences.
  const batch = { sequences: runningSequences / serving.pp, context: meanContext };
  return {
    watts: gpus * rooflineGpuPowerW(roofline, pool.iterationModel, batch),
    quality: powerCoefficients(roofline.hardware).quality,
  };
}

/** The labels of the Python tool: by the GPU that the profile names; a straight line is no measurement. */
function curveQuality({ name, power }: Pool["profile"]): PowerQuality {
  if (!power || power.k === 0) return "NONE";
  if (/h[12]00/i.test(name)) return "HIGH";
  return /a100/i.test(name) ? "FAIR" : "LOW";
}

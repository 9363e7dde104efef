import type { Pool } from "../specs/fleet.js";
import { curvePower } from "./curve-power.js";
import { powerCoefficients } from "./power-coefficients.js";
import type { ReplicaPower } from "./replica-performance.js";
import { rooflineGpuPowerW } from "./roofline-power.js";

export type { ReplicaPower } from "./replica-performance.js";

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
  if (profile.power) return curvePower(profile, runningSequences);
  if (!roofline) return undefined;
  // The stages of a pipeline work on as many batches at once, each a share of the sequences.
  const batch = { sequences: runningSequences / serving.pp, context: meanContext };
  return {
    watts: profile.gpusPerReplica * rooflineGpuPowerW(roofline, pool.iterationModel, batch),
    quality: powerCoefficients(roofline.hardware).quality,
  };
}

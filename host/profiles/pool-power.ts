import type { Pool } from "../specs/fleet.js";
import { curvePower } from "./curve-power.js";
import { powerCoefficients } from "./power-coefficients.js";
import { powerRange } from "./power-range.js";
import type { ReplicaPower } from "./replica-performance.js";
import { rooflineGpuPowerW } from "./roofline-power.js";
import { rooflineModel } from "./roofline.js";

export type { ReplicaPower } from "./replica-performance.js";

/**
 * Power of one replica of a pool that runs so many sequences on average, all GPUs together. The curve of the pool's profile comes first, since it was measured or given; else the
 * roofline of the pool says how near its GPUs come to their peaks. Under a cap no GPU draws more than that.
 *
 * @param runningSequences mean number of running sequences of the replica; may be a fraction.
 * @param meanContext their mean context, tokens.
 * @returns `undefined` where neither profile nor iteration model knows of power.
 */
export function poolReplicaPowerW(pool: Pool, runningSequences: number, meanContext: number): ReplicaPower | undefined {
  const { profile, powerCapW = Infinity } = pool;
  const power = profile.power
    ? curvePower(profile, runningSequences)
    : rooflinePower(pool, runningSequences, meanContext);
  return power && { ...power, watts: Math.min(profile.gpusPerReplica * powerCapW, power.watts) };
}

/** At full clock, whatever the cap. */
function rooflinePower(pool: Pool, runningSequences: number, meanContext: number): ReplicaPower | undefined {
  const { profile, roofline, serving, iterationModel, powerCapW } = pool;
  if (!roofline) return undefined;
  const full = powerCapW === undefined ? iterationModel : rooflineModel(roofline);
  // The stages of a pipeline work on as many batches at once, each a share of the sequences.
  const batch = { sequences: runningSequences / serving.pp, context: meanContext };
  return {
    watts: profile.gpusPerReplica * rooflineGpuPowerW(roofline, full, batch),
    quality: powerCoefficients(roofline.hardware).quality,
  };
}

/** Power that must be there for a pool, W: the cap of each GPU, or else the most that it draws; `undefined` where nothing is known of it. */
export function provisionedPowerW(pool: Pool): number | undefined {
  const range = powerRange(pool);
  return range && pool.gpus * Math.min(range.fullW, pool.powerCapW ?? Infinity);
}

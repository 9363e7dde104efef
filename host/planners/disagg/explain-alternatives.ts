import type { IterationModel } from "../../profiles/iteration-model.js";
import { underCap } from "../../profiles/capped-model.js";
import { rooflineModel } from "../../profiles/roofline.js";
import { rooflineReplica } from "../../profiles/roofline-replica.js";
import type { Pool } from "../../specs/fleet.js";
import { rooflineSchema } from "../../specs/roofline-spec.js";
import type { PoolInput } from "../sizing/replica-option.js";

/** A way to cut a model over GPUs. */
export interface PrefillAlternative {
  /** GPUs that share every layer. */
  tp: number;
  /** Pipeline stages. */
  pp: number;
  gpus: number;
  /** What an iteration takes from the first stage to the end of the last. */
  model: IterationModel;
  /** Whether weights and one KV block fit; what has no roofline is taken to. */
  fits: boolean;
}

/** GPUs that are compared where a replica has one. */
const FEWEST_COMPARED = 2;

/**
 * The ways to cut a model over as many GPUs as a replica of a pool has (over two where it has one), and one device beside them: every size of the tensor-parallel group that divides them and that the model
 * can have, with as many pipeline stages as are left. Each has the times of its own roofline, the pool's power cap included. A pool without a roofline is known at its own size of the group alone.
 *
 * @param input the pool as `pool` was made of it.
 */
export function prefillAlternatives(input: PoolInput, pool: Pool): PrefillAlternative[] {
  const { roofline, serving, profile } = pool;
  if (roofline === undefined) return byStages(pool);
  const gpus = Math.max(FEWEST_COMPARED, roofline.tp * serving.pp);
  const sizes: [tp: number, pp: number][] = [[1, 1]];
  for (let tp = 1; tp <= gpus; tp++) if (gpus % tp === 0) sizes.push([tp, gpus / tp]);
  return sizes.flatMap(([tp, pp]) => {
    // Other sizes have all-reduces of their own, and not every size divides the heads and widths of a model.
    const checked = rooflineSchema.safeParse({ ...input.iteration_model, tp });
    if (!checked.success) return [];
    const replica = rooflineReplica(checked.data);
    const full = { iterationModel: rooflineModel(checked.data), roofline: checked.data };
    const { iterationModel: model } = underCap(full, { id: pool.id, profile, powerCapW: pool.powerCapW });
    return [{ tp, pp, gpus: tp * pp, model, fits: replica.numBlocks(serving.blockSize, pp) > 0 }];
  });
}

/** Of times that hold for one size of the group: more or fewer stages of it. */
function byStages({ profile, serving, iterationModel: model }: Pool): PrefillAlternative[] {
  const tp = Math.max(1, Math.round(profile.gpusPerReplica / serving.pp));
  return [1, Math.max(FEWEST_COMPARED, serving.pp)].map((pp) => ({ tp, pp, gpus: tp * pp, model, fits: true }));
}

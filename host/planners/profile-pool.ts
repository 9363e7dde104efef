import type { ComputedProfile } from "../profiles/computed-profile.js";
import type { FleetInput } from "../specs/fleet-spec.js";

/** The entry of `pools`, in the keys of a fleet file. */
type PoolInput = FleetInput["pools"][number];

/**
 * A pool of one replica of a profile, for the engine `iterations`, which replay, capacity and the planners accept. Iterations take `chunk` prompt tokens beside a full batch of
 * decodes, as the profile says.
 *
 * @param fields the roofline in the keys of a fleet file.
 * @param contexts longest requests that were asked about: the longest that fits becomes `max_ctx`.
 */
export function profilePool(
  { name, serving, slots }: ComputedProfile,
  fields: Readonly<Record<string, unknown>>,
  contexts: readonly number[],
): PoolInput {
  const { pp, chunk, blockSize, maxNumSeqs, meanCtx } = serving;
  const fitting = contexts.filter((context) => slots(context) > 0);
  return {
    id: poolId(name),
    n_replicas: 1,
    max_ctx: fitting.length > 0 ? Math.max(...fitting) : Math.ceil(meanCtx),
    serving: {
      max_num_seqs: maxNumSeqs,
      max_num_batched_tokens: chunk + maxNumSeqs,
      block_size: blockSize,
      ...(pp === 1 ? {} : { pp }),
    },
    iteration_model: fields as PoolInput["iteration_model"],
  };
}

/** Longest id of a pool. */
const LONGEST_ID = 64;

function poolId(name: string): string {
  return name
    .replaceAll(/[^A-Za-z0-9._:/@+-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, LONGEST_ID);
}

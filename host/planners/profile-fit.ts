import { rooflineReplica } from "../profiles/roofline-replica.js";
import { rooflineSchema, type RooflineSpec } from "../specs/roofline-spec.js";

/** Sizes of a tensor-parallel group that are tried. */
const SIZES = [1, 2, 4, 8, 16, 32, 64];

/** What would make a model fit the memory of its replica. */
export interface NearestFit {
  tp: number;
  pp: number;
  dtype: string;
}

/** What of a roofline may be changed, in the keys of a fleet file. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * The least change with which a replica has room for KV blocks: more GPUs that share every layer, then weights of fp8, then pipeline stages; `undefined` if none of these does.
 *
 * @param fields the roofline that leaves no room, in the keys of a fleet file.
 */
export function nearestFit(
  fields: Fields,
  { tp, dtype }: RooflineSpec,
  serving: { blockSize: number; pp: number },
): NearestFit | undefined {
  const { pp } = serving;
  for (const size of SIZES) if (size > tp && fits({ ...fields, tp: size }, serving)) return { tp: size, pp, dtype };
  if (dtype !== "fp8" && fits({ ...fields, dtype: "fp8" }, serving)) return { tp, pp, dtype: "fp8" };
  for (const stages of SIZES) {
    if (stages > pp && fits(fields, { ...serving, pp: stages })) return { tp, pp: stages, dtype };
  }
  return undefined;
}

/** Whether such a replica exists and has room. */
function fits(fields: Fields, { blockSize, pp }: { blockSize: number; pp: number }): boolean {
  const { success, data } = rooflineSchema.safeParse(fields);
  return success && rooflineReplica(data).numBlocks(blockSize, pp) >= pp;
}

import * as C from "../../assembly/contract.js";

/** The bucket of ITL that a gap of so many ticks counts in, from the words of the contract. */
export function bucketOfGap(ticks: number): number {
  const octave = Math.floor(Math.log2(Math.max(1, ticks)));
  const part = Math.floor((Math.max(1, ticks) / 2 ** octave - 1) * C.ITL_BUCKETS_PER_OCTAVE);
  const bucket = (octave - C.ITL_FIRST_OCTAVE) * C.ITL_BUCKETS_PER_OCTAVE + part;
  return Math.min(C.ITL_BUCKETS - 1, Math.max(0, bucket));
}

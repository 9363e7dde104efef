/**
 * The seekable random streams, in arbitrary-precision integers cut to 64 bits.
 *
 * SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 16 (mix64 variant 13).
 */
const GOLDEN_GAMMA = 0x9e3779b97f4a7c15n;

/** Numbers of the streams that decide what becomes of a request. */
export const STREAM = { routing: 3, balancing: 4, compression: 5 } as const;

/** Names a run: the same pair gives the same draws. */
export interface RunSeed {
  seed: number;
  replication: number;
}

function wrap(z: bigint): bigint {
  return BigInt.asUintN(64, z);
}

/** The finaliser: a bijection of 64-bit words. */
export function mix(word: bigint): bigint {
  let z = wrap(word);
  z ^= z >> 30n;
  z = wrap(z * 0xbf58476d1ce4e5b9n);
  z ^= z >> 27n;
  z = wrap(z * 0x94d049bb133111ebn);
  z ^= z >> 31n;
  return z;
}

/** Draw `index` of a stream, a 64-bit word. */
export function draw(run: RunSeed, stream: number, index: number): bigint {
  const seeded = mix(BigInt(run.seed) + GOLDEN_GAMMA);
  const replicated = mix(seeded + BigInt(run.replication) * GOLDEN_GAMMA);
  const key = mix(replicated + BigInt(stream) * GOLDEN_GAMMA);
  return mix(key + (BigInt(index) + 1n) * GOLDEN_GAMMA);
}

/** Draw `index` of a stream as a number in [0, 1), a multiple of 2^-53. */
export function uniform(run: RunSeed, stream: number, index: number): number {
  return Number(draw(run, stream, index) >> 11n) * 2 ** -53;
}

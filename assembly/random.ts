/**
 * Seekable random streams: the i-th draw of a stream is a pure function of (seed, replication, stream, i), so request number i meets
 * the same draws whatever the fleet, the chunk or the draws that others took. SplitMix64 (Steele, Lea, Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014) used as a counter-based generator.
 */

const GOLDEN: u64 = 0x9e3779b97f4a7c15;

/** The finaliser of SplitMix64: a bijection on 64 bits that flips each output bit with probability 1/2 per flipped input bit. */
export function mix(z: u64): u64 {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** The key of a stream, to be kept for as long as the stream is drawn from. */
export function streamKey(seed: u64, replication: u64, stream: u64): u64 {
  return mix(mix(mix(seed + GOLDEN) + replication * GOLDEN) + stream * GOLDEN);
}

/** Draw `index` of the stream, uniform in [0, 1) on a grid of 2^-53. */
export function uniform(key: u64, index: u64): f64 {
  const bits = mix(key + (index + 1) * GOLDEN) >> 11;
  return <f64>(<i64>bits) * 1.1102230246251565e-16;
}

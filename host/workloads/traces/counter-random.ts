/**
 * Random numbers by counter: the number of a row depends on the seed, a stream and the row alone, not on what was drawn before.
 */

/**
 * A number in [0, 1) for a row of a stream; 32 random bits. The words are mixed by the finalizer of MurmurHash3 (A. Appleby,
 * public domain), which is a bijection that passes avalanche tests, one round a word.
 *
 * @param seed - Whole number, 0 .. 2^53 - 1.
 * @param stream - Whole number, 0 .. 2^32 - 1.
 * @param row - Whole number, 0 .. 2^53 - 1.
 */
export function uniformOf(seed: number, stream: number, row: number): number {
  let hash = mix(seed >>> 0);
  hash = mix((hash ^ Math.floor(seed / 2 ** 32)) + 0x9e3779b9);
  hash = mix((hash ^ stream) + 0x9e3779b9);
  hash = mix((hash ^ Math.floor(row / 2 ** 32)) + 0x9e3779b9);
  hash = mix((hash ^ row) + 0x9e3779b9);
  return (hash >>> 0) / 2 ** 32;
}

function mix(word: number): number {
  let hash = word | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/**
 * Random numbers for service times: sfc32 (Chris Doty-Humphrey, PractRand), a generator of another kind than the streams under test.
 */

/** Uniform numbers in (0, 1), on a grid of 2^-32. */
export function uniforms(seed: number, replication: number): () => number {
  let a = seed | 0;
  let b = replication | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return ((sum >>> 0) + 0.5) * 2 ** -32;
  };
  for (let warmUp = 0; warmUp < 15; warmUp++) next();
  return next;
}

/** Exponential numbers of mean 1. */
export function exponentials(seed: number, replication: number): () => number {
  const uniform = uniforms(seed, replication);
  return () => -Math.log(uniform());
}

/** Log-normal numbers of mean 1 with the given squared coefficient of variation, by Box and Muller's method. */
export function logNormals(cv2: number, seed: number, replication: number): () => number {
  const uniform = uniforms(seed, replication);
  const variance = Math.log(1 + cv2);
  const sigma = Math.sqrt(variance);
  return () => {
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return Math.exp(sigma * normal - variance / 2);
  };
}

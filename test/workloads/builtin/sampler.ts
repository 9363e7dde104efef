import type { LengthModel, WorkloadModel } from "../../../host/workloads/models.js";
import type { Rows } from "../statistics-source.js";

/** Uniform numbers in [0, 1): SFC32 (C. Doty-Humphrey, PractRand). */
export function uniforms(seed: number): () => number {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9, 0x243f6a88, 1];
  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 16; i++) next();
  return () => next() / 2 ** 32;
}

/** Requests of one period of a joint model: a Poisson process through its profile, lengths from its windows. */
export function drawPeriod(model: WorkloadModel, seed: number): Rows {
  const uniform = uniforms(seed);
  const { stepS, relativeRate } = model.profile!;
  const rows = { arrivalS: [] as number[], input: [] as number[], output: [] as number[] };
  let due = -Math.log(1 - uniform());
  relativeRate.forEach((relative, step) => {
    const rateRps = relative * model.nativeRateRps!;
    let intoS = 0;
    while (due < (stepS - intoS) * rateRps) {
      intoS += due / rateRps;
      const arrivalS = step * stepS + intoS;
      const { input, output } = drawLengths(model.lengths, arrivalS, uniform);
      rows.arrivalS.push(arrivalS);
      rows.input.push(input);
      rows.output.push(output);
      due = -Math.log(1 - uniform());
    }
    due -= (stepS - intoS) * rateRps;
  });
  return rows;
}

function drawLengths(lengths: LengthModel, arrivalS: number, uniform: () => number): { input: number; output: number } {
  const windows = lengths.windowCell.length - 1;
  const window = Math.floor(arrivalS / lengths.windowS) % windows;
  const u = uniform();
  let cell = lengths.windowCell[window]!;
  while (lengths.cumulative[cell]! <= u) cell++;
  const between = (low: number, high: number) => low + Math.floor(uniform() * (high - low + 1));
  return {
    input: between(lengths.inputLow[cell]!, lengths.inputHigh[cell]!),
    output: between(lengths.outputLow[cell]!, lengths.outputHigh[cell]!),
  };
}

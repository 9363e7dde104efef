import type { CorePool } from "../../host/core/run-spec.js";
import type { LengthModel } from "../../host/workloads/models.js";

/** One cell of a joint distribution of lengths: its probability, and the bounds of its tokens, inclusive. */
export interface Cell {
  share: number;
  input: readonly [low: number, high: number];
  output: readonly [low: number, high: number];
}

/** A length model of windows of `windowS` seconds, each a list of cells. */
export function windowsOfCells(windowS: number, windows: readonly (readonly Cell[])[]): LengthModel {
  const all = windows.flat();
  let count = 0;
  const cumulative = windows.flatMap((window) => {
    let sum = 0;
    return window.map(({ share }, i) => (i === window.length - 1 ? 1 : (sum += share)));
  });
  return {
    windowS,
    windowCell: Uint32Array.from([0, ...windows.map((window) => (count += window.length))]),
    cumulative: Float64Array.from(cumulative),
    inputLow: Uint32Array.from(all, ({ input }) => input[0]),
    inputHigh: Uint32Array.from(all, ({ input }) => input[1]),
    outputLow: Uint32Array.from(all, ({ output }) => output[0]),
    outputHigh: Uint32Array.from(all, ({ output }) => output[1]),
  };
}

/** The same cells at all times. */
export function cells(of: readonly Cell[]): LengthModel {
  return windowsOfCells(Infinity, [of]);
}

/** Every request alike. */
export function fixedLengths(input: number, output: number): LengthModel {
  return cells([{ share: 1, input: [input, input], output: [output, output] }]);
}

/** What one request takes, s: docs/reference/slots-engine.md, "A pool". */
function serviceS(pool: CorePool, input: number, output: number): number {
  const iteration = pool.W + pool.H * ((input + output) / pool.calibrationCtx) * pool.slots;
  return (Math.ceil(input / pool.chunk) + output) * iteration;
}

/**
 * Mean and squared coefficient of variation of the service time of a length model of one window, by summing over every pair of lengths that
 * it can draw.
 */
export function serviceMoments(model: LengthModel, pool: CorePool): { meanS: number; cv2: number } {
  let mean = 0;
  let square = 0;
  const add = (probability: number, input: number, output: number) => {
    const service = serviceS(pool, input, output);
    mean += probability * service;
    square += probability * service * service;
  };
  model.cumulative.forEach((upTo, cell) => {
    const share = upTo - (cell > 0 ? model.cumulative[cell - 1]! : 0);
    const inputs = model.inputHigh[cell]! - model.inputLow[cell]! + 1;
    const outputs = model.inputShare ? 1 : model.outputHigh[cell]! - model.outputLow[cell]! + 1;
    for (let i = 0; i < inputs; i++) {
      const drawn = model.inputLow[cell]! + i;
      for (let j = 0; j < outputs; j++) {
        const split = model.inputShare ? Math.max(1, Math.trunc(drawn * model.inputShare)) : drawn;
        const output = model.inputShare ? Math.max(1, drawn - split) : model.outputLow[cell]! + j;
        add(share / (inputs * outputs), split, output);
      }
    }
  });
  return { meanS: mean, cv2: square / mean ** 2 - 1 };
}

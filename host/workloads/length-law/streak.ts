import { discreteGauss, GAUSS_POINTS } from "./discrete-gauss.js";
import type { NodeList } from "./node-list.js";
import { chunkStep, type Clip, endOfChunk } from "./rectangle.js";

/**
 * Requests whose input and output grow together, all equally likely: `input = inputAt0 + inputStep * m`, `output = outputAt0 +
 * outputStep * m` for the whole numbers m from `first` to `last`. Both never fall, and their sum rises.
 */
export interface Streak {
  inputAt0: number;
  inputStep: number;
  outputAt0: number;
  outputStep: number;
  first: number;
  last: number;
  /** Share of all requests. */
  weight: number;
}

/** The m whose totals lie in `low < total <= high`. */
function range(streak: Streak, low: number, high: number): [first: number, last: number] {
  const at0 = streak.inputAt0 + streak.outputAt0;
  const step = streak.inputStep + streak.outputStep;
  return [
    Math.max(streak.first, Math.floor((low - at0) / step) + 1),
    Math.min(streak.last, Math.floor((high - at0) / step)),
  ];
}

/** Share of all requests that lie on the streak and have `low < input + output <= high`. */
export function streakShare(streak: Streak, low: number, high: number): number {
  const [first, last] = range(streak, low, high);
  return (streak.weight * Math.max(0, last - first + 1)) / (streak.last - streak.first + 1);
}

/** Adds the nodes of what a streak has in common with a clip. */
export function addStreak(nodes: NodeList, streak: Streak, { low, high, chunk }: Clip): void {
  const { inputAt0, inputStep, outputAt0, outputStep } = streak;
  const density = streak.weight / (streak.last - streak.first + 1);
  const add = (m: number, weight: number) =>
    nodes.add(inputAt0 + inputStep * m, outputAt0 + outputStep * m, density * weight);
  const [first, last] = range(streak, low, high);
  const step = chunkStep(chunk, inputStep * (last - first));
  for (let from = first; from <= last;) {
    const end = endOfChunk(inputAt0 + inputStep * from, step);
    // Where steps are not whole, rounding must not keep the walk from going on.
    const to = inputStep > 0 ? Math.max(from, Math.min(last, Math.floor((end - inputAt0) / inputStep))) : last;
    const count = to - from + 1;
    if (count <= GAUSS_POINTS) for (let m = from; m <= to; m++) add(m, 1);
    else {
      const { near, far, nearWeight, farWeight } = discreteGauss(count);
      const middle = (from + to) / 2;
      add(middle - far, count * farWeight);
      add(middle - near, count * nearWeight);
      add(middle + near, count * nearWeight);
      add(middle + far, count * farWeight);
    }
    from = to + 1;
  }
}

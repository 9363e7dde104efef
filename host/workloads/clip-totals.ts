import type { LengthModel, WorkloadModel } from "./models.js";

/**
 * The requests of a workload with `above < input + output <= upTo`, as a workload of their own: the same law, given that bound. Only where lengths are totals, and neither they nor the rate vary in time:
 * then what passes through is again a Poisson process (if the whole is one) whose lengths are drawn apart from it.
 *
 * @returns the workload and its share of all requests; `undefined` where it cannot be told that way.
 */
export function clipTotals(
  model: WorkloadModel,
  above: number,
  upTo: number,
): { model: WorkloadModel; share: number } | undefined {
  const { lengths, profile } = model;
  if (lengths.inputShare === undefined || lengths.windowCell.length !== 2 || profile) return undefined;
  const cells = clipCells(lengths, above, upTo);
  const share = cells.reduce((sum, { weight }) => sum + weight, 0);
  if (!(share > 0)) return undefined;
  let below = 0;
  const cumulative = Float64Array.from(cells, ({ weight }) => (below += weight / share));
  cumulative[cells.length - 1] = 1;
  const clipped: LengthModel = {
    ...lengths,
    windowCell: Uint32Array.of(0, cells.length),
    cumulative,
    inputLow: Uint32Array.from(cells, ({ low }) => low),
    inputHigh: Uint32Array.from(cells, ({ high }) => high),
    outputLow: new Uint32Array(cells.length).fill(1),
    outputHigh: new Uint32Array(cells.length).fill(1),
  };
  return { model: { ...model, lengths: clipped }, share };
}

function clipCells({ cumulative, inputLow, inputHigh }: LengthModel, above: number, upTo: number) {
  const cells: { low: number; high: number; weight: number }[] = [];
  for (let cell = 0; cell < cumulative.length; cell++) {
    const [from, to] = [inputLow[cell]!, inputHigh[cell]!];
    const [low, high] = [Math.max(from, above + 1), Math.min(to, upTo)];
    if (high < low) continue;
    const weight = cumulative[cell]! - (cumulative[cell - 1] ?? 0);
    cells.push({ low, high, weight: (weight * (high - low + 1)) / (to - from + 1) });
  }
  return cells;
}

/** Where the marks of an axis stand. */
import type { ValueFormat } from "../value-format.js";

const STEPS = [1, 2, 5, 10];

/** Steps of time that read well, s. */
const TIME_STEPS = [60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400];

/** Marks at equal distances, at most about `most` of them. */
export function linearTicks(low: number, high: number, most: number, format?: ValueFormat): number[] {
  const step = stepFor((high - low) / Math.max(1, most), format);
  const ticks: number[] = [];
  if (!(step > 0)) return [low];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-12) + 1e-300; i++) ticks.push(i * step + 0);
  return ticks;
}

function stepFor(least: number, format: ValueFormat | undefined): number {
  if (format === "seconds" && least > 30)
    return TIME_STEPS.find((step) => step >= least) ?? 86400 * wholeStep(least / 86400);
  return format === "count" ? Math.max(1, wholeStep(least)) : wholeStep(least);
}

function wholeStep(least: number): number {
  const decade = 10 ** Math.floor(Math.log10(least));
  return decade * STEPS.find((step) => step * decade >= least * (1 - 1e-9))!;
}

const LOG_STEPS = [[1, 2, 5], [1, 3], [1]];

/** Marks on a logarithmic axis: at 1, 2, 5 of every decade, at fewer where there is no room, at equal distances within a part of one. */
export function logTicks(low: number, high: number, most: number, format?: ValueFormat): number[] {
  const all = LOG_STEPS.map((steps) => decadeTicks(low, high, steps));
  const fitting = all.find((ticks) => ticks.length <= most) ?? thinned(all.at(-1)!, most);
  return fitting.length >= 2 ? fitting : linearTicks(low, high, most, format);
}

function decadeTicks(low: number, high: number, steps: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); 10 ** exponent <= high; exponent++) {
    for (const step of steps) {
      const tick = Number(`${step}e${exponent}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

function thinned(ticks: readonly number[], most: number): number[] {
  const every = Math.ceil(ticks.length / Math.max(1, most));
  return ticks.filter((_, i) => i % every === 0);
}

import { finiteMs, rankOf } from "./distribution.js";
import type { Simulation } from "./simulation.js";

/** The distribution of TTFT as a curve. */
export interface Quantiles {
  /** Shares of the requests, rising; up to the one that a single request is beyond. */
  p: number[];
  /** What these shares keep within, ms; `null` where the request of that rank has no first token. */
  ttft_ms: (number | null)[];
}

/** Shares that a curve has points at: about as many in each nine. */
const SHARES = [
  0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99,
  0.992, 0.994, 0.995, 0.996, 0.997, 0.998, 0.9985, 0.999, 0.9993, 0.9995, 0.9997, 0.9999, 0.99995, 0.99999,
];

/** The curve of the `count` times to the first token that are gathered. */
export function readQuantiles(simulation: Simulation, count: number): Quantiles {
  const p = SHARES.filter((share) => (1 - share) * count >= 1 - 1e-9);
  return { p, ttft_ms: p.map((share) => finiteMs(simulation.select(rankOf(share, count)))) };
}

/** The mean of some curves at each share that all of them have. */
export function combineQuantiles(curves: readonly Quantiles[]): Quantiles {
  const p = curves.reduce((least, curve) => (curve.p.length < least.length ? curve.p : least), curves[0]!.p);
  const meanAt = (place: number) => {
    const values = curves.map((curve) => curve.ttft_ms[place] ?? null);
    return values.every((value) => value !== null)
      ? values.reduce((sum, value) => sum + value, 0) / values.length
      : null;
  };
  return { p, ttft_ms: p.map((_, place) => meanAt(place)) };
}

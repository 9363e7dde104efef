/**
 * Gaps between a client's requests within a window.
 */
import type { ServeGenWindow } from "./client.js";
import { gammaOfOnePlus, ln, power } from "./elementary.js";
import type { SplitMix64 } from "./split-mix.js";

/**
 * Draws the gaps of a window, rescaled so that their mean is one over the rate: the fitted scales do not agree with the rates.
 *
 * A window is a piece of a stationary renewal process: its first gap is the rest of a gap that began before it (a uniform share
 * of a length-biased gap; D. Cox, "Renewal Theory", 1962, section 5.2). So the expected number of requests is exactly
 * rate times length, however bursty the gaps; a process begun afresh in each window would have (cv^2 - 1) / 2 more.
 */
export class Gaps {
  /** Seconds that a drawn gap is multiplied by. */
  private readonly unitS: number;

  constructor(
    private readonly window: ServeGenWindow,
    rateScale: number,
    private readonly random: SplitMix64,
  ) {
    this.unitS = 1 / (window.rateRps * rateScale * meanOf(window));
  }

  /** Time from the start of the window to its first request, seconds. */
  first(): number {
    const { random, window } = this;
    const share = random.uniform();
    switch (window.pattern) {
      case "Gamma":
        return share * gamma(window.shape + 1, random) * this.unitS;
      case "Weibull":
        return share * power(gamma(1 + 1 / window.shape, random), 1 / window.shape) * this.unitS;
      default:
        return exponential(random) * this.unitS;
    }
  }

  /** Time from one request to the next, seconds. */
  next(): number {
    const { random, window } = this;
    switch (window.pattern) {
      case "Gamma":
        return gamma(window.shape, random) * this.unitS;
      case "Weibull":
        return power(exponential(random), 1 / window.shape) * this.unitS;
      default:
        return exponential(random) * this.unitS;
    }
  }
}

/** Mean of the gap distribution at scale 1. */
function meanOf({ pattern, shape }: ServeGenWindow): number {
  if (pattern === "Gamma") return shape;
  return pattern === "Weibull" ? gammaOfOnePlus(1 / shape) : 1;
}

function exponential(random: SplitMix64): number {
  return -ln(random.uniform());
}

/**
 * Gamma variate of scale 1. G. Marsaglia, W. Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26 (2000), with
 * the boost of its section 6 for shapes below 1.
 */
function gamma(shape: number, random: SplitMix64): number {
  if (shape < 1) return gamma(shape + 1, random) * power(random.uniform(), 1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (ln(random.uniform()) < 0.5 * x * x + d - d * v + d * ln(v)) return d * v;
  }
}

/** Standard normal variate by Marsaglia's polar method. */
function normal(random: SplitMix64): number {
  for (;;) {
    const x = 2 * random.uniform() - 1;
    const y = 2 * random.uniform() - 1;
    const square = x * x + y * y;
    if (square < 1 && square > 0) return x * Math.sqrt((-2 * ln(square)) / square);
  }
}

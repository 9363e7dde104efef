import type { LengthModel } from "../workloads/models.js";

/** Service times as lengths that the core draws: one prompt token, and so many output tokens that `input + output` of them take the time. */
export interface DrawnServices {
  lengths: LengthModel;
  /** Tokens of a service of mean length. */
  tokens: number;
}

/** A service time between two bounds, all equally likely; in mean services. */
interface Span {
  weight: number;
  low: number;
  high: number;
}

/** Tokens of the mean service, where the longest leaves room for as many. */
const USUAL_TOKENS = 1e5;
const MOST_TOKENS = 2 ** 30;

/** Steps per mean in which exponential laws are laid out, and where they are cut off: beyond lies e^-32. */
const STEPS = 64;
const MEANS = 32;
/** exp(-1 / STEPS): powers of one written number are the same on every machine. */
const STEP_TAIL = 0.9844964370054085;

/** Most stages of an Erlang law; laws that vary less are taken to be uniform. */
const MOST_STAGES = 64;

/** Largest squared coefficient of variation that can be drawn. */
export const MOST_DRAWN_CV2 = 1000;

/**
 * Services with a given squared coefficient of variation (to about 1e-4 of it): constant for 0; a mixture of Erlang laws with k - 1 and k stages up to 1 (uniform below 1/64); exponential for 1; hyperexponential with balanced
 * means above. Source: Tijms, Stochastic Models (1994), appendix B.
 *
 * @param cv2 0 to {@link MOST_DRAWN_CV2}.
 */
export function drawnServices(cv2: number): DrawnServices {
  const spans = spansOf(cv2);
  const longest = spans.reduce((most, { high }) => Math.max(most, high), 1);
  const tokens = Math.floor(Math.min(USUAL_TOKENS, MOST_TOKENS / longest));
  const total = spans.reduce((sum, { weight }) => sum + weight, 0);
  let upTo = 0;
  const cumulative = Float64Array.from(spans, ({ weight }) => (upTo += weight) / total);
  cumulative[spans.length - 1] = 1;
  const count = spans.length;
  const output = (bound: number) => Math.max(1, Math.round(bound * tokens) - 1);
  return {
    tokens,
    lengths: {
      windowS: Infinity,
      windowCell: Uint32Array.of(0, count),
      cumulative,
      inputLow: new Uint32Array(count).fill(1),
      inputHigh: new Uint32Array(count).fill(1),
      outputLow: Uint32Array.from(spans, ({ low }) => output(low)),
      outputHigh: Uint32Array.from(spans, ({ high }) => output(high)),
    },
  };
}

function spansOf(cv2: number): Span[] {
  if (cv2 === 0) return [{ weight: 1, low: 1, high: 1 }];
  if (cv2 < 1 / MOST_STAGES) {
    const half = Math.sqrt(3 * cv2);
    return [{ weight: 1, low: 1 - half, high: 1 + half }];
  }
  if (cv2 <= 1) return erlangSpans(cv2);
  const often = (1 + Math.sqrt((cv2 - 1) / (cv2 + 1))) / 2;
  return [...stageSpans(1, 1 / (2 * often), often), ...stageSpans(1, 1 / (2 * (1 - often)), 1 - often)];
}

/** k - 1 stages with probability p, else k, each of the same mean. */
function erlangSpans(cv2: number): Span[] {
  const k = Math.ceil(1 / cv2);
  const p = (k * cv2 - Math.sqrt(Math.max(0, k * (1 + cv2) - k * k * cv2))) / (1 + cv2);
  const stageMean = 1 / (k - p);
  if (k === 1 || p <= 0) return stageSpans(k, stageMean, 1);
  return [...stageSpans(k - 1, stageMean, p), ...stageSpans(k, stageMean, 1 - p)];
}

/** An Erlang law, cut into steps; its tail is that of a Poisson variable, `exp(-x) * sum of x^j / j!`. */
function stageSpans(stages: number, stageMean: number, weight: number): Span[] {
  const spans: Span[] = [];
  // Of a sum of many stages the last part is as short as that of one.
  const end = stages + MEANS * Math.ceil(Math.sqrt(stages));
  let power = 1;
  let before = 1;
  for (let step = 1; step <= end * STEPS; step++) {
    power *= STEP_TAIL;
    const x = step / STEPS;
    let term = power;
    let tail = power;
    for (let j = 1; j < stages; j++) {
      term *= x / j;
      tail += term;
    }
    // Rounding must not make a weight negative.
    if (before > tail) {
      spans.push({ weight: weight * (before - tail), low: ((step - 1) / STEPS) * stageMean, high: x * stageMean });
    }
    before = Math.min(before, tail);
  }
  return spans;
}

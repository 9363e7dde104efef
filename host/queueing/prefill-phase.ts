import { md1Wait } from "./md1.js";
import { mg1MeanWaitS } from "./mg1.js";
import { nonNegative, wholeAtLeast, type WaitLaw } from "./wait-law.js";

/**
 * A prefill unit that takes one prompt at a time, all of the same length: the way through it takes `latencyS`, and it takes in the next prompt `bottleneckS` after the one before.
 *
 * Source of all of this file: Zhong et al., DistServe, OSDI 2024, section 3.1, equations 1 to 3, for two devices; here for any number of stages and any speed-up.
 */
export interface PrefillUnit {
  /** D_s: execution time of a prompt that meets no other, s. */
  readonly latencyS: number;
  /** D_m: time of its slowest stage, s; no more than `latencyS`. */
  readonly bottleneckS: number;
}

/** How long the first token takes at a rate of prompts. */
export interface PrefillTtft {
  /** Share of time that the slowest stage is busy; 1 or more: the unit cannot keep up. */
  readonly rho: number;
  /** E[TTFT], s; `Infinity` where the unit cannot keep up. */
  readonly meanS: number;
  /** Mean wait in it, s; the rest is execution. */
  readonly meanWaitS: number;
}

/**
 * One device that executes a prompt in `executionS` seconds.
 *
 * @throws RangeError unless `executionS` is finite and above 0.
 */
export function oneDevice(executionS: number): PrefillUnit {
  positive("executionS", executionS);
  return { latencyS: executionS, bottleneckS: executionS };
}

/**
 * Inter-operator (pipeline) parallelism on top of a unit: its layers in `stages` equal parts on as many devices. A prompt takes as long as before, and the unit takes in the next one `stages` times as soon.
 *
 * @param stages p, a whole number, at least 1.
 * @param handoverS what passing activations on to the next stage adds, s; 0 in the paper.
 * @throws RangeError for arguments out of range.
 */
export function interOp(unit: PrefillUnit, stages: number, handoverS = 0): PrefillUnit {
  wholeAtLeast("stages", 1, stages);
  nonNegative("handoverS", handoverS);
  return {
    latencyS: unit.latencyS + (stages - 1) * handoverS,
    bottleneckS: unit.bottleneckS / stages,
  };
}

/**
 * Intra-operator (tensor) parallelism on top of a unit: every layer on several devices, which makes everything `speedUp` times as fast. What several devices lose to communication is in that figure.
 *
 * @param speedUp K, above 0; between 1 and the number of devices in practice.
 * @throws RangeError for arguments out of range.
 */
export function intraOp(unit: PrefillUnit, speedUp: number): PrefillUnit {
  positive("speedUp", speedUp);
  return { latencyS: unit.latencyS / speedUp, bottleneckS: unit.bottleneckS / speedUp };
}

/** Prompts a second from which on a unit cannot keep up: `1 / D_m`. */
export function saturationRps({ bottleneckS }: PrefillUnit): number {
  return 1 / bottleneckS;
}

/**
 * E[TTFT] of a unit under Poisson arrivals, first come first served: `D_s + R D_m^2 / (2 (1 - R D_m))`.
 *
 * Exact for any number of stages of constant times in any order: what a prompt waits in all of them together is what it would wait for the slowest alone. (H. D. Friedman, Reduction methods for tandem
 * queuing systems, Operations Research 13 (1965).)
 *
 * @param rateRps R, prompts a second.
 * @throws RangeError for a rate that is negative or not finite.
 */
export function prefillTtft(unit: PrefillUnit, rateRps: number): PrefillTtft {
  const meanWaitS = mg1MeanWaitS(rateRps, unit.bottleneckS, 0);
  return { rho: rateRps * unit.bottleneckS, meanS: unit.latencyS + meanWaitS, meanWaitS };
}

/**
 * The law of what a prompt waits in a unit: M/D/1 at its slowest stage, exactly. TTFT is this wait and `latencyS`.
 *
 * @throws RangeError as {@link md1Wait}.
 */
export function prefillWait(unit: PrefillUnit, rateRps: number): WaitLaw {
  return md1Wait(rateRps, unit.bottleneckS);
}

/**
 * Smallest t, s, within which a share `p` of the prompts has its first token; `Infinity` where the unit cannot keep up.
 *
 * @throws RangeError as {@link md1Wait}, and unless 0 <= p < 1.
 */
export function prefillTtftPercentileS(unit: PrefillUnit, rateRps: number, p: number): number {
  return unit.latencyS + prefillWait(unit, rateRps).percentileS(p);
}

/**
 * The rate, prompts/s, at which two units have the same E[TTFT]: below it the one with the shorter execution is better, above it the one with the faster bottleneck. `null` where one of them is no worse at
 * any rate.
 *
 * With `delta` the difference of the execution times and a, b the bottlenecks, b the faster, it is the smaller root of `q a b R^2 - q (a + b) R + 2 delta = 0`, `q = 2 delta + a - b`; the other one lies
 * beyond saturation.
 */
export function crossoverRps(one: PrefillUnit, other: PrefillUnit): number | null {
  const [quick, wide] = one.latencyS <= other.latencyS ? [one, other] : [other, one];
  const delta = wide.latencyS - quick.latencyS;
  const [a, b] = [quick.bottleneckS, wide.bottleneckS];
  if (delta === 0 || a <= b) return null;
  const q = 2 * delta + (a - b);
  // q - 2 delta is a - b: written so, nothing cancels.
  const discriminant = q * (a - b) * ((a - b) * q + 4 * a * b);
  return (4 * delta) / (q * (a + b) + Math.sqrt(discriminant));
}

function positive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity))
    throw new RangeError(`${name} is ${value}, but must be a finite number above 0`);
}

/**
 * Joint built-in workloads: rate and lengths of a trace, each through time, in the compact form of `data/`, and the model they
 * decode to.
 */
import type { LengthModel, RateProfile, WorkloadModel } from "../models.js";
import { decodeDigits } from "./digits.js";

/** Base-36 digits of a step of the rate profile. */
export const STEP_DIGITS = 2;
/** Base-36 digits of an entry of {@link JointLengths.windows}: two for the gap, one for the count. */
export const ENTRY_DIGITS = 3;

/** Tokens from `low` to `high`, both inclusive. */
export type TokenBin = readonly [low: number, high: number];

/** The joint law of input and output through time. */
export interface JointLengths {
  /** Length of a window, seconds. */
  windowS: number;
  /**
   * Weight of a window's own requests in its distribution; the rest is the distribution over all windows. Below 1 because the
   * own requests are a sample, whose noise would otherwise count as change through time (`derive-lengths.ts`).
   */
  ownShare: number;
  inputBins: readonly TokenBin[];
  outputBins: readonly TokenBin[];
  /**
   * Requests per cell, a string a window. Cell `c` is input bin `floor(c / outputBins.length)` and output bin
   * `c mod outputBins.length`. An entry is the gap to the cell of the entry before (to cell 0 for the first) and a number of
   * requests to add there.
   */
  windows: readonly string[];
}

/** A joint workload as it is shipped. */
export interface JointData {
  name: string;
  description: string;
  /** Where the trace comes from, and whom to credit. */
  source: string;
  /** SPDX identifier of the trace's licence. */
  licence: string;
  /** What was done to the trace. */
  changes: string;
  /** Requests of the trace that went in. */
  rows: number;
  /** Time they cover, seconds: the period with which rate and lengths repeat. */
  periodS: number;
  /** What all its requests are, for routers that ask. */
  category: string;
  rate: {
    /** Length of a step, seconds. */
    stepS: number;
    /** Rate of each step in a unit of its own (only ratios matter), strings to be joined. */
    steps: readonly string[];
  };
  lengths: JointLengths;
}

/** The model of a joint workload. Its profile and its length windows repeat together, after `periodS`. */
export function decodeJoint(data: JointData): WorkloadModel {
  return {
    name: data.name,
    nativeRateRps: data.rows / data.periodS,
    lengths: decodeLengths(data.lengths),
    profile: decodeProfile(data.rate),
    categories: [{ name: data.category, probability: 1 }],
  };
}

function decodeProfile(rate: JointData["rate"]): RateProfile {
  const steps = decodeDigits(rate.steps.join(""), STEP_DIGITS);
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  return { stepS: rate.stepS, relativeRate: Float64Array.from(steps, (step) => step / mean) };
}

function decodeLengths(lengths: JointLengths): LengthModel {
  const cellCount = lengths.inputBins.length * lengths.outputBins.length;
  const windows = lengths.windows.map((window) => decodeCounts(window, cellCount));
  const pooled = new Float64Array(cellCount);
  for (const counts of windows) counts.forEach((count, cell) => (pooled[cell]! += count));

  const pooledTotal = sum(pooled);
  const cells: number[] = [];
  const cumulative: number[] = [];
  const windowCell = [0];
  for (const counts of windows) {
    const total = sum(counts);
    const own = total > 0 ? lengths.ownShare / total : 0;
    const others = (total > 0 ? 1 - lengths.ownShare : 1) / pooledTotal;
    const first = cells.length;
    let below = 0;
    for (let cell = 0; cell < cellCount; cell++) {
      const weight = own * counts[cell]! + others * pooled[cell]!;
      if (weight === 0) continue;
      below += weight;
      cells.push(cell);
      cumulative.push(below);
    }
    for (let at = first; at < cells.length; at++) cumulative[at]! /= below;
    windowCell.push(cells.length);
  }
  const input = cells.map((cell) => lengths.inputBins[Math.floor(cell / lengths.outputBins.length)]!);
  const output = cells.map((cell) => lengths.outputBins[cell % lengths.outputBins.length]!);
  return {
    windowS: lengths.windowS,
    windowCell: Uint32Array.from(windowCell),
    cumulative: Float64Array.from(cumulative),
    inputLow: Uint32Array.from(input, ([low]) => low),
    inputHigh: Uint32Array.from(input, ([, high]) => high),
    outputLow: Uint32Array.from(output, ([low]) => low),
    outputHigh: Uint32Array.from(output, ([, high]) => high),
  };
}

function decodeCounts(window: string, cellCount: number): Float64Array {
  const counts = new Float64Array(cellCount);
  let cell = 0;
  for (const entry of decodeDigits(window, ENTRY_DIGITS)) {
    cell += Math.floor(entry / 36);
    counts[cell]! += entry % 36;
  }
  return counts;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/**
 * Workloads given as a distribution of total tokens: CDF files of `vllm-sr-sim`, checked, and turned into a model to draw from.
 *
 * A file is a bare array of `[tokens, fraction]` points or an object that holds that array under `cdf` (its other keys are
 * ignored). A point says that this fraction of the requests has at most so many tokens, input and output together.
 */
import { shown } from "../specs/check.js";
import { InputError } from "../specs/input-error.js";
import { readTextFile } from "../specs/read-text-file.js";
import type { LengthModel, WorkloadModel } from "./models.js";

/** Share of requests with at most `tokens` tokens (input + output). */
export type CdfPoint = readonly [tokens: number, fraction: number];

/** Points in ascending order of tokens, fractions never decreasing, the last one 1. */
export type Cdf = readonly CdfPoint[];

/** Most tokens an edge may have: the core draws lengths up to here. */
const MAX_TOKENS = 2 ** 30;

/** Most points of a CDF. */
export const MAX_CDF_POINTS = 100_000;

/** Longest CDF file, characters: room for {@link MAX_CDF_POINTS} points at full precision, one number a line. */
export const MAX_CDF_CHARACTERS = 8 * 1024 * 1024;

/** How far above 1 a fraction, and how far from 1 the last one, may be. */
const FRACTION_TOLERANCE = 1e-9;

/** Share of a request's tokens that is its input, where only totals are known (as vllm-sr-sim has it). */
export const DEFAULT_INPUT_SHARE = 0.8;

/** The mix of categories of a workload that does not know its own (as vllm-sr-sim has it). */
export const DEFAULT_CATEGORIES = [
  { name: "prose", probability: 0.6 },
  { name: "code", probability: 0.25 },
  { name: "rag", probability: 0.15 },
] as const satisfies WorkloadModel["categories"];

/**
 * Read a CDF from the text of a file.
 *
 * @param text - JSON, at most {@link MAX_CDF_CHARACTERS} characters
 * @param file - name of the file, for messages
 * @throws {@link InputError} naming the file, the point, its value and what is allowed
 */
export function parseCdf(text: string, file: string): Cdf {
  if (text.length > MAX_CDF_CHARACTERS) {
    throw new InputError(`${file}: ${text.length} characters; a CDF file has at most ${MAX_CDF_CHARACTERS}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = (error as Error).message.replace(/\s+/g, " ");
    throw new InputError(`${file}: not JSON (${reason}); a CDF is [[tokens, fraction], ...].`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return checkCdf(value, `${file}: point`);
  if (!("cdf" in value)) {
    throw new InputError(`${file}: an object without "cdf"; a CDF is [[tokens, fraction], ...] or {"cdf": [...]}.`);
  }
  return checkCdf(value.cdf, `${file}: cdf`);
}

/**
 * Read a CDF file from disk (Node only); no more of it than {@link MAX_CDF_CHARACTERS}.
 *
 * @throws {@link InputError} if it cannot be read or is larger, or as {@link parseCdf}
 */
export async function readCdfFile(path: string): Promise<Cdf> {
  return parseCdf(await readTextFile(path, MAX_CDF_CHARACTERS), path);
}

/**
 * Check the points of a CDF.
 *
 * @param value - what should be an array of `[tokens, fraction]`
 * @param where - start of a message; the index of the point in brackets follows
 * @returns the points, fractions that exceed 1 by rounding brought back to 1, and the last one exactly 1
 * @throws {@link InputError} at the first point that is not allowed
 */
export function checkCdf(value: unknown, where: string): Cdf {
  if (!Array.isArray(value)) throw new InputError(`${where}: ${shown(value)} is not an array of [tokens, fraction].`);
  if (value.length === 0) throw new InputError(`${where}: no points; at least one [tokens, fraction] is needed.`);
  if (value.length > MAX_CDF_POINTS) {
    throw new InputError(`${where}: ${value.length} points; at most ${MAX_CDF_POINTS} are allowed.`);
  }
  const points: CdfPoint[] = [];
  for (const [index, entry] of (value as unknown[]).entries()) {
    points.push(checkPoint(entry, points.at(-1) ?? [0, 0], `${where}[${index}]`));
  }
  const last = points.at(-1)!;
  if (last[1] < 1 - FRACTION_TOLERANCE) {
    throw new InputError(`${where}[${points.length - 1}]: the last fraction is ${last[1]}; it must be 1.`);
  }
  points[points.length - 1] = [last[0], 1];
  return points;
}

function checkPoint(entry: unknown, previous: CdfPoint, where: string): CdfPoint {
  if (!Array.isArray(entry) || entry.length !== 2)
    throw new InputError(`${where}: ${shown(entry)} is not [tokens, fraction].`);
  const [tokens, fraction] = entry as unknown[];
  if (!Number.isInteger(tokens) || (tokens as number) < 1 || (tokens as number) > MAX_TOKENS) {
    throw new InputError(`${where}: tokens is ${shown(tokens)}; a whole number from 1 to ${MAX_TOKENS} is allowed.`);
  }
  if ((tokens as number) <= previous[0]) {
    throw new InputError(
      `${where}: tokens is ${shown(tokens)}; more than ${previous[0]}, the point before, is allowed.`,
    );
  }
  if (typeof fraction !== "number" || !(fraction >= 0 && fraction <= 1 + FRACTION_TOLERANCE)) {
    throw new InputError(`${where}: fraction is ${shown(fraction)}; a number from 0 to 1 is allowed.`);
  }
  const atMostOne = Math.min(fraction, 1);
  if (atMostOne < previous[1]) {
    throw new InputError(`${where}: fraction is ${fraction}; at least ${previous[1]}, the point before, is allowed.`);
  }
  return [tokens as number, atMostOne];
}

/**
 * A model to draw from: one length window whose bins are the intervals between the points. Bin `i` holds every total from one
 * above the edge before it to its own edge with equal probability; bins without mass are left out.
 *
 * The input is a fixed share of the total because the file knows no better. That overstates outputs where inputs dominate: on
 * the Azure 2023 traces by 1.6 times the mean service time (conversation) and 15 times (code).
 *
 * @param options.inputShare - share of the tokens that is the input, above 0 and at most 1; default {@link DEFAULT_INPUT_SHARE}
 * @throws {@link InputError} if the points or the share are not allowed
 */
export function cdfToModel(points: Cdf, name: string, options: { inputShare?: number } = {}): WorkloadModel {
  const { inputShare = DEFAULT_INPUT_SHARE } = options;
  if (!(inputShare > 0 && inputShare <= 1)) {
    throw new InputError(`workload ${name}: input share is ${inputShare}; a number above 0 and at most 1 is allowed.`);
  }
  return { name, lengths: binLengths(checkCdf(points, name), inputShare), categories: DEFAULT_CATEGORIES };
}

function binLengths(points: Cdf, inputShare: number): LengthModel {
  const bins: { low: number; high: number; cumulative: number }[] = [];
  let [edge, below] = [0, 0];
  for (const [tokens, fraction] of points) {
    if (fraction > below) bins.push({ low: edge + 1, high: tokens, cumulative: fraction });
    [edge, below] = [tokens, fraction];
  }
  return {
    windowS: Infinity,
    windowCell: Uint32Array.of(0, bins.length),
    cumulative: Float64Array.from(bins, (bin) => bin.cumulative),
    inputLow: Uint32Array.from(bins, (bin) => bin.low),
    inputHigh: Uint32Array.from(bins, (bin) => bin.high),
    outputLow: new Uint32Array(bins.length).fill(1),
    outputHigh: new Uint32Array(bins.length).fill(1),
    inputShare,
  };
}

/**
 * Share of requests with at most `t` tokens: linear between the points, from (0, 0), and 1 beyond the last
 * (as vllm-sr-sim has it).
 */
export function cdfEval(points: Cdf, t: number): number {
  if (t <= 0) return 0;
  let [edge, below] = [0, 0];
  for (const [tokens, fraction] of points) {
    if (t <= tokens) return below + ((fraction - below) * (t - edge)) / (tokens - edge);
    [edge, below] = [tokens, fraction];
  }
  return 1;
}

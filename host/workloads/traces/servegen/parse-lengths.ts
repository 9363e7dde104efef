/**
 * Reads `chunk-N-dataset.json` of a ServeGen folder: start of a window -> field -> a string that holds a Python dict literal,
 * value -> probability.
 */
import type { Attachment, NumberDistribution, ServeGenLengths } from "./client.js";
import { isObject } from "../jsonl/jsonl-scanner.js";
import { quoted } from "../rows/unusable-rows.js";
import { InputError } from "../../../specs/input-error.js";

const MOST_TOKENS = 2 ** 31 - 1;
const MOST_ATTACHMENTS = 10_000;
/** How far the sum of the probabilities may be from 1. */
const SUM_TOLERANCE = 1e-6;
const ATTACHMENTS = ["image", "audio", "video"];

/** Field -> distribution, `undefined` for an empty dict. */
type Fields = Map<string, NumberDistribution | undefined>;

/**
 * The lengths in a text, by time. An empty dict takes the latest earlier one of its field that is not empty, or else the
 * earliest later one; if all are empty there are no lengths.
 *
 * @param name - The file, for messages.
 * @throws InputError at the first thing that is not as it must be.
 */
export function parseLengths(text: string, name: string): ServeGenLengths[] {
  const windows = parseWindows(text, name);
  for (const fields of [windows, windows.toReversed()]) fillGaps(fields);
  const isEmpty = windows.some(({ fields }) => [...fields.values()].includes(undefined));
  return isEmpty ? [] : windows.map(({ startS, fields }) => lengthsOf(startS, fields, name));
}

interface Window {
  startS: number;
  fields: Fields;
}

function parseWindows(text: string, name: string): Window[] {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${name}: is not JSON (${error instanceof Error ? error.message : String(error)}).`);
  }
  if (!isObject(root)) throw new InputError(`${name}: must be an object of windows by their start in seconds.`);
  const windows = Object.entries(root).map(([start, value]): Window => {
    if (!/^\d{1,9}$/.test(start)) throw new InputError(`${name}: window ${quoted(start)} is no start in seconds.`);
    if (!isObject(value)) throw new InputError(`${name}: window ${start} must be an object of distributions.`);
    return { startS: Number(start), fields: parseFields(value, `${name}: window ${start}`) };
  });
  return windows.sort((a, b) => a.startS - b.startS);
}

function parseFields(window: Record<string, unknown>, where: string): Fields {
  const fields: Fields = new Map();
  for (const [field, most] of wantedFields(window, where)) {
    const literal = window[field];
    if (typeof literal !== "string") {
      throw new InputError(`${where}: ${field} must be a string with a Python dict, such as "{17: 0.25, 20: 0.75}".`);
    }
    fields.set(field, parseDict(literal, most, `${where}: ${field}`));
  }
  return fields;
}

/** The fields that are read, and the most that their values may be. Others (`reason_ratio`) say nothing about lengths. */
function wantedFields(window: Record<string, unknown>, where: string): [string, number][] {
  const input = "text_tokens" in window ? "text_tokens" : "input_tokens";
  const wanted: [string, number][] = [
    [input, MOST_TOKENS],
    ["output_tokens", MOST_TOKENS],
  ];
  for (const kind of ATTACHMENTS) {
    if (!(`${kind}_tokens` in window) && !(`${kind}_count` in window)) continue;
    wanted.push([`${kind}_count`, MOST_ATTACHMENTS], [`${kind}_tokens`, MOST_TOKENS]);
  }
  for (const [field] of wanted) if (!(field in window)) throw new InputError(`${where}: ${field} is missing.`);
  return wanted;
}

/** Gives each empty field that of the window before it. */
function fillGaps(windows: readonly Window[]): void {
  const last = new Map<string, NumberDistribution>();
  for (const { fields } of windows) {
    for (const [field, distribution] of fields) {
      if (distribution) last.set(field, distribution);
      else fields.set(field, last.get(field));
    }
  }
}

function lengthsOf(startS: number, fields: Fields, name: string): ServeGenLengths {
  const get = (field: string): NumberDistribution => {
    const distribution = fields.get(field);
    if (!distribution) throw new InputError(`${name}: window ${startS} lacks ${field}, which other windows have.`);
    return distribution;
  };
  const attachments: Attachment[] = [];
  for (const kind of ATTACHMENTS) {
    if (!fields.has(`${kind}_count`)) continue;
    const attachment = { count: get(`${kind}_count`), tokens: get(`${kind}_tokens`) };
    if (largest(attachment.count) > 0 && largest(attachment.tokens) > 0) attachments.push(attachment);
  }
  const input = get(fields.has("text_tokens") ? "text_tokens" : "input_tokens");
  return { startS, input, output: get("output_tokens"), attachments };
}

function largest({ values }: NumberDistribution): number {
  return values[values.length - 1]!;
}

/** The distribution in a Python dict literal of whole numbers to probabilities; `undefined` if it is empty. */
function parseDict(literal: string, most: number, where: string): NumberDistribution | undefined {
  if (/^\s*\{\s*\}\s*$/.test(literal)) return undefined;
  const open = /^\s*\{/.exec(literal);
  if (!open) throw new InputError(`${where}: must begin with {, but begins with ${quoted(literal.slice(0, 20))}.`);
  const pair = /\s*(\d{1,10})\s*:\s*(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*([,}])/y;
  pair.lastIndex = open[0].length;
  const pairs: [number, number][] = [];
  for (let end = ","; end === ",";) {
    const at = pair.lastIndex;
    const match = pair.exec(literal);
    if (!match) {
      const rest = literal.slice(at, at + 40);
      throw new InputError(`${where}: must be a Python dict of whole numbers to probabilities; found ${quoted(rest)}.`);
    }
    pairs.push([Number(match[1]), Number(match[2])]);
    end = match[3]!;
  }
  if (literal.slice(pair.lastIndex).trim() !== "") throw new InputError(`${where}: goes on behind the closing brace.`);
  return distributionOf(pairs, most, where);
}

function distributionOf(pairs: [number, number][], most: number, where: string): NumberDistribution {
  pairs.sort(([a], [b]) => a - b);
  const values = new Uint32Array(pairs.length);
  const cumulative = new Float64Array(pairs.length);
  let sum = 0;
  for (const [i, [value, probability]] of pairs.entries()) {
    if (value > most) throw new InputError(`${where}: value ${value} is above ${most}.`);
    if (i > 0 && value === values[i - 1]) throw new InputError(`${where}: value ${value} is there twice.`);
    sum += probability;
    values[i] = value;
    cumulative[i] = sum;
  }
  if (!(Math.abs(sum - 1) <= SUM_TOLERANCE))
    throw new InputError(`${where}: the probabilities sum to ${sum}, not to 1.`);
  for (let i = 0; i < cumulative.length; i++) cumulative[i] = cumulative[i]! / sum;
  return { values, cumulative };
}

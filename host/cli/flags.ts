/** Values of flags: strictly parsed, each refused with what is allowed. Commander adds which flag it was and what was given. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { MAX_INT32 } from "../specs/fields.js";
import { nearestName } from "../specs/nearest-name.js";

/** Turns what was typed into a value; throws commander's InvalidArgumentError. */
export type FlagParser<Value> = (text: string) => Value;

/** Bounds of a number; an absent one is no bound. */
export interface NumberBounds {
  above?: number;
  atLeast?: number;
  below?: number;
  atMost?: number;
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** A finite decimal number within bounds. */
export function number(bounds: NumberBounds = {}): FlagParser<number> {
  const { above = -Infinity, atLeast = -Infinity, below = Infinity, atMost = Infinity } = bounds;
  return (text) => {
    const value = DECIMAL.test(text) ? Number(text) : NaN;
    const fits = Number.isFinite(value) && value > above && value >= atLeast && value < below && value <= atMost;
    if (!fits) throw new InvalidArgumentError(`Allowed is ${describe(bounds)}.`);
    return value;
  };
}

/** A whole number from `low` to `high`, both included; `1e6` is one too. */
export function wholeNumber(low: number, high: number = Number.MAX_SAFE_INTEGER): FlagParser<number> {
  return (text) => {
    const value = DECIMAL.test(text) ? Number(text) : NaN;
    if (!(Number.isSafeInteger(value) && value >= low && value <= high)) {
      const upTo = high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${high}`;
      throw new InvalidArgumentError(`Allowed is a whole number ${upTo}.`);
    }
    return value;
  };
}

/** Tokens of a request, or of a window: a whole number up to the largest that a pool may have. */
export function tokenCount(low = 1): FlagParser<number> {
  return wholeNumber(low, MAX_INT32);
}

/** A share, 0 to 1, both included. */
export function share(): FlagParser<number> {
  return number({ atLeast: 0, atMost: 1 });
}

/** One of a list of names. */
export function oneOf<const Name extends string>(names: readonly Name[]): FlagParser<Name> {
  return (text) => {
    const name = names.find((candidate) => candidate === text);
    if (name !== undefined) return name;
    const nearest = nearestName(text, names);
    const hint = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
    throw new InvalidArgumentError(`Allowed is one of ${names.join(", ")}.${hint}`);
  };
}

/** Several values between commas, at least one, each read by `parse`. */
export function listOf<Value>(parse: FlagParser<Value>): FlagParser<Value[]> {
  return (text) => text.split(",").map((item) => parse(item.trim()));
}

/** As {@link listOf}, for a flag that takes several arguments: values between blanks or commas. Its default is not commander's, which would be the beginning of the list. */
export function severalOf<Value>(parse: FlagParser<Value>): (text: string, before: Value[] | undefined) => Value[] {
  const list = listOf(parse);
  return (text, before = []) => [...before, ...list(text)];
}

/**
 * Pairs `key=value` between commas. Every key at most once; values are not empty.
 *
 * @param required Keys that must be there.
 */
export function pairs<const Key extends string>(
  keys: readonly Key[],
  required: readonly Key[] = [],
): FlagParser<Partial<Record<Key, string>>> {
  const form = `Allowed is ${keys.map((key) => `${key}=NAME`).join(",")}`;
  return (text) => {
    const found: Partial<Record<Key, string>> = {};
    for (const pair of text.split(",")) {
      const cut = pair.indexOf("=");
      const key = keys.find((candidate) => candidate === pair.slice(0, cut).trim());
      const value = pair.slice(cut + 1).trim();
      if (cut < 1 || key === undefined) throw new InvalidArgumentError(`${form}; "${pair}" is none of these.`);
      if (value === "") throw new InvalidArgumentError(`${form}; ${key} has no name.`);
      if (found[key] !== undefined) throw new InvalidArgumentError(`${form}; ${key} is given twice.`);
      found[key] = value;
    }
    const missing = required.find((key) => found[key] === undefined);
    if (missing !== undefined) throw new InvalidArgumentError(`${form}; ${missing} is missing.`);
    return found;
  };
}

/** `--seed N` with the default that all commands share. */
export function seedFlag(): Option {
  return new Option("--seed <n>", "seed of every random draw; the same seed gives the same result to the last bit")
    .argParser(wholeNumber(0))
    .default(42);
}

/** Adds `--json` and `--out`, which every command has. */
export function addOutputFlags(command: Command): Command {
  return command
    .option("--json", "print the result as JSON")
    .option("--out <file>", "also write the result as JSON to this file");
}

function describe({ above, atLeast, below, atMost }: NumberBounds): string {
  const parts: string[] = [];
  if (above !== undefined) parts.push(`above ${above}`);
  if (atLeast !== undefined) parts.push(`at least ${atLeast}`);
  if (below !== undefined) parts.push(`below ${below}`);
  if (atMost !== undefined) parts.push(`at most ${atMost}`);
  return parts.length === 0 ? "a finite number" : `a finite number ${parts.join(" and ")}`;
}

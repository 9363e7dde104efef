import * as z from "zod";
import { nearestName } from "./nearest-name.js";

/**
 * The kinds of field that spec files are made of. The message of each is a clause that follows the field and the value found:
 * "... is -3, but must be a whole number from 1 to 1024". Every check aborts: what joins several fields, or converts them, then sees only
 * values that are right in themselves.
 */

/** Largest count of tokens, blocks or requests in a spec: what fits a signed 32-bit integer. */
export const MAX_INT32 = 2 ** 31 - 1;

/** A whole number from `low` to `high`, both included. */
export function wholeNumber(low: number, high: number): z.ZodInt {
  const error = `must be a whole number from ${low} to ${high}`;
  return z.int({ error }).min(low, { error, abort: true }).max(high, { error, abort: true });
}

/** A number of `low` or more; `high` included if given. Not NaN and not infinite. */
export function numberFrom(low: number, high?: number): z.ZodNumber {
  const error =
    high === undefined ? `must be a finite number of at least ${low}` : `must be a number from ${low} to ${high}`;
  const schema = z.number({ error }).min(low, { error, abort: true });
  return high === undefined ? schema : schema.max(high, { error, abort: true });
}

/** A number above 0. Not NaN and not infinite. */
export function positiveNumber(): z.ZodNumber {
  const error = "must be a finite number above 0";
  return z.number({ error }).positive({ error, abort: true });
}

/** Text of 1 to `longest` characters. */
export function text(longest: number): z.ZodString {
  const error = `must be text of 1 to ${longest} characters`;
  return z.string({ error }).min(1, { error, abort: true }).max(longest, { error, abort: true });
}

/** One of a list of names; the message lists them and names the nearest. */
export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: (issue) => mustBeOneOf(issue.input, names) });
}

/** The clause for a value that is none of `names`. */
export function mustBeOneOf(found: unknown, names: readonly string[]): string {
  const nearest = typeof found === "string" ? nearestName(found, names) : undefined;
  const list = names.length === 1 ? `must be ${names[0]!}` : `must be one of ${names.join(", ")}`;
  return nearest === undefined ? list : `${list} (did you mean ${nearest}?)`;
}

/** An object with exactly these keys, those that are optional aside; an unknown key is an error that lists the known ones. */
export function objectWith<Shape extends z.ZodRawShape>(
  what: string,
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? unknownKey(issue.keys[0] ?? "", Object.keys(shape)) : `must be ${what}`,
  });
}

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  const hint = nearest === undefined ? "" : ` (did you mean ${nearest}?)`;
  return `is not a known key${hint}; known here: ${known.join(", ")}`;
}

/**
 * Reports a mistake that a schema's type alone does not show, and aborts.
 */
export function mistake(context: z.RefinementCtx, path: PropertyKey[], message: string): void {
  context.addIssue({ code: "custom", path, message, continue: false });
}

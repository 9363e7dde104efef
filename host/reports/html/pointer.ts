import type { Pointer, Value, Values } from "./page-spec.js";

/**
 * The pointer to what stands at these keys, whatever characters they hold (RFC 6901, section 3). `"*"` stands for every element of an
 * array, and for itself in an object.
 */
export function pointer(...keys: readonly (string | number)[]): Pointer {
  return keys.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/**
 * The numbers that {@link Values} stand for.
 *
 * @throws RangeError if there are no numbers at that place of the result: the page was put together wrongly.
 */
export function numbersOf(result: unknown, values: Values): (number | null)[] {
  if (typeof values !== "string") return [...values];
  const found = find(result, keysOf(values));
  if (!Array.isArray(found)) throw new RangeError(`${values}: no list of numbers`);
  return found.map((value) => checked(value, values));
}

/**
 * The number that a {@link Value} stands for.
 *
 * @throws RangeError if there is none at that place of the result.
 */
export function numberOf(result: unknown, value: Value): number | null {
  return typeof value === "string" ? checked(find(result, keysOf(value)), value) : value;
}

function keysOf(path: Pointer): string[] {
  return path
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function find(from: unknown, keys: readonly string[]): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return from;
  if (key === "*" && Array.isArray(from)) return from.map((element) => find(element, rest));
  if (typeof from !== "object" || from === null || !Object.hasOwn(from, key)) return undefined;
  return find((from as Record<string, unknown>)[key], rest);
}

function checked(value: unknown, path: Pointer): number | null {
  if (value === null || typeof value === "number") return value;
  throw new RangeError(`${path}: no number`);
}

import { readFileSync } from "node:fs";

/** What `test/planners/python/transcribed_formulas.py` wrote beside the tests of a room; `"Infinity"` stands for what JSON cannot hold. */
export function readFixture<T>(room: "profiles" | "queueing" | "planners"): T {
  const file = new URL(`../../${room}/python/${room}.json`, import.meta.url);
  const revive = (_: string, value: unknown) => (value === "Infinity" ? Infinity : value);
  return JSON.parse(readFileSync(file, "utf8"), revive) as T;
}

/**
 * What differs between two values: the path of each number that is more than a part in 1e9 off, and of anything else that is not the same. Nothing where they agree.
 */
export function differences(found: unknown, expected: unknown, path = ""): string[] {
  if (typeof found === "number" && typeof expected === "number") {
    const near = found === expected || Math.abs(found - expected) <= 1e-9 * Math.max(1e-300, Math.abs(expected));
    return near ? [] : [`${path}: ${found}, not ${expected}`];
  }
  if (typeof found !== "object" || typeof expected !== "object" || !found || !expected) {
    return Object.is(found, expected) ? [] : [`${path}: ${String(found)}, not ${String(expected)}`];
  }
  const [a, b] = [found as Record<string, unknown>, expected as Record<string, unknown>];
  return [...new Set([...Object.keys(b), ...Object.keys(a)])].flatMap((key) =>
    differences(a[key], b[key], `${path}/${key}`),
  );
}

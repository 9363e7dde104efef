import type { SizingOptions } from "./open-problem.js";

const KEYS = [
  "sloMs",
  "sloTpotMs",
  "engine",
  "sizeBy",
  "requests",
  "seed",
  "core",
  "onRun",
] as const satisfies readonly (keyof SizingOptions)[];

/** What of a planner's options says how pools are sized, for a question that it opens with requests of its own. */
export function sizingOptionsOf(options: SizingOptions): SizingOptions {
  return Object.fromEntries(KEYS.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])));
}

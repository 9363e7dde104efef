import colours from "picocolors";
import type { Stability } from "../core/stability.js";
import { milliseconds, NONE } from "./quantities.js";

/** A confidence interval given in ms: `498 to 511`. */
export function interval(ends: readonly [number, number] | null): string {
  return ends === null ? NONE : `${milliseconds(ends[0])} to ${milliseconds(ends[1])}`;
}

/** A verdict, coloured. */
export function verdict(name: Stability["verdict"]): string {
  return name === "overloaded" ? colours.red(name) : colours.green(name);
}

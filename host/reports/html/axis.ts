import type { Axis } from "./page-spec.js";

/** `Cost, k$ a year`. */
export function axisTitle({ label, unit }: Axis): string {
  return unit === undefined ? label : `${label}, ${unit}`;
}

/** Whether a value has a place on an axis. */
export function canStand(value: number | null, { scale }: Axis): value is number {
  return value !== null && (scale !== "log" || value > 0);
}

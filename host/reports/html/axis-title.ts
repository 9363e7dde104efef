import type { Axis } from "./page-spec.js";

/** `Cost, k$ a year`. */
export function axisTitle({ label, unit }: Axis): string {
  return unit === undefined ? label : `${label}, ${unit}`;
}

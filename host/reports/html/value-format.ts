import { count, dollars, duration, given, millisecondsWithUnit, NONE, percent, significant } from "../quantities.js";

/** How values are written: `seconds` as spans of time, `percent` from shares. */
export type ValueFormat = "number" | "count" | "percent" | "milliseconds" | "seconds" | "dollars";

const FULL: Record<ValueFormat, (value: number) => string> = {
  number: significant,
  count,
  percent,
  milliseconds: millisecondsWithUnit,
  seconds: duration,
  dollars,
};

/** A value with the digits that count. */
export function formatValue(value: number | null | undefined, format: ValueFormat = "number"): string {
  return value === null || value === undefined || !Number.isFinite(value) ? NONE : FULL[format](value);
}

/** A mark of an axis: as short as it can be. */
export function formatTick(value: number, format: ValueFormat = "number"): string {
  const rounded = Number(value.toPrecision(10));
  switch (format) {
    case "percent":
      return `${given(Number((100 * rounded).toPrecision(8)))} %`;
    case "milliseconds":
      return rounded >= 1000 ? `${given(rounded / 1000)} s` : `${given(rounded)} ms`;
    case "seconds":
      return rounded === 0
        ? "0"
        : Number.isInteger(rounded) && rounded >= 60
          ? duration(rounded)
          : `${given(rounded)} s`;
    case "dollars":
      return `$${given(rounded)}`;
    default:
      return given(rounded);
  }
}

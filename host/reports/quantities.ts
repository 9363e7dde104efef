/** Quantities as text for reading: digits that count, thousands set apart, `–` for what is not there. */

/** What stands for a figure that there is not. */
export const NONE = "–";

/** A whole number: `100,000`. */
export function count(value: number): string {
  return grouped(value.toFixed(0));
}

/** So many of something: `1 request`, `2,000 requests`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** A number with three significant digits, or all digits before the point if there are more: `20.3`, `4,007`, `0.0052`. */
export function significant(value: number): string {
  if (value === 0) return "0";
  return grouped(value.toFixed(Math.min(decimalsFor(Math.abs(value), 3), 12)));
}

/** A number as its user gave it, all digits: `20`, `1.5`, `100,000`. */
export function given(value: number): string {
  return grouped(String(value));
}

/** A time given in ms, as it stands in a column of ms: `0.520`, `23.2`, `7,406`; from 10 s on `13.1 s`, `2,345 s`. */
export function milliseconds(ms: number | null): string {
  if (ms === null) return NONE;
  return ms >= 10_000 ? `${significant(ms / 1000)} s` : significant(ms);
}

/** As {@link milliseconds}, with the unit: `425 ms`, `13.1 s`. */
export function millisecondsWithUnit(ms: number | null): string {
  return ms === null || ms >= 10_000 ? milliseconds(ms) : `${significant(ms)} ms`;
}

/** A share in per cent that reads 0 or 100 only where it is exactly that: `71.3 %`, `99.22 %`, `99.9960 %`, `0.00120 %`. */
export function percent(share: number | null): string {
  if (share === null) return NONE;
  if (share === 0 || share === 1) return `${100 * share} %`;
  const value = 100 * share;
  // Near the top it is the distance to 100 that counts.
  const decimals = value > 99 ? decimalsFor(100 - value, 2) : decimalsFor(value, 3);
  return `${value.toFixed(Math.min(decimals, 6))} %`;
}

/** US dollars: `$6.63`, `$58,079`. */
export function dollars(value: number): string {
  return `$${grouped(value.toFixed(value >= 1000 ? 0 : 2))}`;
}

const UNITS = [
  { seconds: 86_400, name: "d" },
  { seconds: 3600, name: "h" },
  { seconds: 60, name: "min" },
  { seconds: 1, name: "s" },
] as const;

/** A span of seconds in its two largest units: `950 ms`, `12.3 s`, `5 min 20 s`, `1 h 14 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${significant(1000 * seconds)} ms`;
  for (let i = 0; seconds >= 59.95 && i < UNITS.length - 1; i++) {
    const [unit, part] = [UNITS[i]!, UNITS[i + 1]!];
    const parts = Math.round(seconds / part.seconds);
    const perUnit = unit.seconds / part.seconds;
    if (parts < perUnit) continue;
    const rest = parts % perUnit;
    return `${count((parts - rest) / perUnit)} ${unit.name}${rest === 0 ? "" : ` ${rest} ${part.name}`}`;
  }
  return `${significant(seconds)} s`;
}

/** Decimals that show `digits` significant digits of a positive value. */
function decimalsFor(value: number, digits: number): number {
  // Rounding first: 9.999 has three digits as 10.0.
  const magnitude = Math.floor(Math.log10(Number(value.toPrecision(digits))));
  return Math.max(0, digits - 1 - magnitude);
}

function grouped(digits: string): string {
  return digits.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
}

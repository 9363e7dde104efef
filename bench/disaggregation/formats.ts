/** How the page writes figures; `-` where there is none. */
export const NONE = "-";

type Figure = number | null | undefined;

function shown(figure: Figure, write: (value: number) => string): string {
  return figure === null || figure === undefined ? NONE : write(figure);
}

/** ms as seconds. */
export function seconds(ms: Figure): string {
  return shown(ms, (value) => (value / 1000).toFixed(2));
}

/** ms, three digits at least. */
export function millis(ms: Figure): string {
  return shown(ms, (value) => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : grouped(value)));
}

export function dollars(usd: Figure): string {
  return shown(usd, (value) => `$${value.toFixed(2)}`);
}

export function kilowatts(watts: Figure): string {
  return shown(watts, (value) => (value / 1000).toFixed(1));
}

export function times(ratio: Figure): string {
  return shown(ratio, (value) => value.toFixed(2));
}

/** Requests a second, or whatever is counted in tenths. */
export function tenths(value: Figure): string {
  return shown(value, (figure) => figure.toFixed(1));
}

export function shares(share: Figure): string {
  return shown(share, (value) => `${(100 * value).toFixed(1)} %`);
}

/** A whole number, thousands apart. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)!}`;
}

/** What a ratio of costs comes to, in words that follow `costs`. */
export function compared(ratio: number): string {
  const percent = Math.round(100 * Math.abs(1 - ratio));
  if (percent === 0) return "as much";
  return `${percent} % ${ratio < 1 ? "less" : "more"}`;
}

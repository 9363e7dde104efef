/** A table in Markdown: the first column to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** A share as a signed per cent: `+3.2 %`. */
export function signedPercent(share: number): string {
  const text = (100 * share).toFixed(1);
  return `${share >= 0 ? "+" : ""}${text === "-0.0" ? "0.0" : text} %`;
}

/** A share as a per cent: `3.2 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Seconds as ms with so many digits. */
export function ms(seconds: number, digits = 1): string {
  return (seconds * 1000).toFixed(digits);
}

/** Seconds as us. */
export function us(seconds: number, digits = 1): string {
  return (seconds * 1e6).toFixed(digits);
}

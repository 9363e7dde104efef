import { axisTitle } from "./axis.js";
import { html, type Markup } from "./markup.js";
import type { BarsChart } from "./page-spec.js";
import { numberOf } from "./pointer.js";
import { tableAlternative } from "./table-markup.js";
import { formatValue } from "./value-format.js";

/** Bars that need no script: each with its value written beside it. */
export function barsMarkup({ title, note, axis, bars, limit }: BarsChart, result: unknown): Markup {
  const values = bars.map(({ value }) => numberOf(result, value));
  const limitValue = limit === undefined ? null : numberOf(result, limit.value);
  const largest = Math.max(0, limitValue ?? 0, ...values.map((value) => value ?? 0));
  const width = (value: number | null) =>
    `${largest > 0 ? Math.max(0, (100 * (value ?? 0)) / largest).toFixed(2) : 0}%`;
  const mark =
    limitValue !== null &&
    html`<line class="limit" x1="${width(limitValue)}" x2="${width(limitValue)}" y1="0" y2="14" />`;
  const rows = bars.map(({ label, tone, isChosen }, i) => {
    const value = values[i]!;
    return html`<div class="bar ${tone ?? ""} ${isChosen ? "chosen" : ""}">
      <span>${isChosen && "◆ "}${label}</span
      ><svg height="14" aria-hidden="true">
        <rect width="${width(value)}" height="14" rx="2" />
        ${mark}</svg
      ><span>${formatValue(value, axis.format)}</span>
    </div>`;
  });
  const table = {
    caption: title,
    columns: ["", axisTitle(axis)],
    rows: bars.map(({ label }, i) => ({ cells: [label, formatValue(values[i], axis.format)] })),
  };
  return html`<figure>
    <figcaption>
      <h3>${title}</h3>
      ${note !== undefined && html`<p class="note">${note}</p>`}
    </figcaption>
    <p class="axis-title">${axisTitle(axis)}${limit !== undefined && `; the line is ${limit.label}`}</p>
    <div class="bars">${rows}</div>
    ${tableAlternative(table)}
  </figure>`;
}

import { axisTitle } from "./axis.js";
import { html, type Markup } from "./markup.js";
import type { IntervalsChart } from "./page-spec.js";
import { tableAlternative } from "./table-markup.js";
import { formatTick, formatValue } from "./value-format.js";

type Item = IntervalsChart["items"][number];

/** Share of the axis that is left free at both ends. */
const MARGIN = 0.04;

/** Figures with intervals, which need no script: each with its value written beside it. */
export function intervalsMarkup({ title, note, axis, items, limit, text }: IntervalsChart): Markup {
  const isLog = axis.scale === "log";
  const place = (value: number) => (isLog ? Math.log(value) : value);
  const [low, high] = rangeOf(items, limit?.value, isLog);
  const at = (value: number) => `${(100 * ((place(value) - place(low)) / (place(high) - place(low)))).toFixed(2)}%`;
  const written = (value: number | null) => formatValue(value, axis.format);
  const mark =
    limit &&
    html`<line class="limit" x1="${at(limit.value)}" x2="${at(limit.value)}" y1="0" y2="16" stroke-width="1.5" />`;
  const rows = items.map((item, i) => {
    const { label, value, tone, isChosen } = item;
    return html`<div class="bar ${tone ?? ""} ${isChosen ? "chosen" : ""}">
      <span>${isChosen && "◆ "}${label}</span
      ><svg height="16" aria-hidden="true">${mark} ${(!isLog || (value ?? 0) > 0) && itemMark(item, at)}</svg
      ><span>${text?.[i] ?? written(value)}</span>
    </div>`;
  });
  const table = {
    caption: title,
    columns: ["", axisTitle(axis), "95 % interval"],
    rows: items.map(({ label, value, interval }) => ({
      cells: [label, written(value), interval ? interval.map(written).join(" to ") : written(null)],
    })),
  };
  return html`<figure>
    <figcaption>
      <h3>${title}</h3>
      ${note !== undefined && html`<p class="note">${note}</p>`}
    </figcaption>
    <p class="axis-title">
      ${axisTitle(axis)}, from ${formatTick(round(low), axis.format)} to
      ${formatTick(round(high), axis.format)}${isLog && ", logarithmic"}${limit && `; the line is ${limit.label}`}
    </p>
    <div class="bars intervals">${rows}</div>
    ${tableAlternative(table)}
  </figure>`;
}

function itemMark({ value, interval }: Item, at: (value: number) => string): Markup | undefined {
  if (value === null) return undefined;
  const [from, to] = interval ?? [value, value];
  return html`<line class="interval" x1="${at(from)}" x2="${at(to)}" y1="8" y2="8" /><circle
      cx="${at(value)}"
      cy="8"
      r="4"
    />`;
}

/** All figures, their intervals and the limit, with some room. */
function rangeOf(items: readonly Item[], limit: number | undefined, isLog: boolean): [number, number] {
  const values = items.flatMap(({ value, interval }) => (value === null ? [] : [value, ...(interval ?? [])]));
  const all = (limit === undefined ? values : [...values, limit]).filter((value) => !isLog || value > 0);
  if (all.length === 0) return isLog ? [1, 10] : [0, 1];
  const low = Math.min(...all);
  const high = Math.max(...all);
  if (isLog) return low < high ? [low * (low / high) ** MARGIN, high * (high / low) ** MARGIN] : [low / 2, high * 2];
  const room = MARGIN * (high - low) || Math.abs(high) || 1;
  return [low - room, high + room];
}

/** Three digits: an end of an axis is no result. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}

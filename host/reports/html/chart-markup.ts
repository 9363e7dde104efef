import { axisTitle, canStand } from "./axis.js";
import { legend } from "./legend.js";
import { html, type Markup } from "./markup.js";
import { formatShare } from "./nines.js";
import type { FrontierChart, FrontierPoint, PlottedChart, TableBlock } from "./page-spec.js";
import { numberOf, numbersOf } from "./pointer.js";
import { tableAlternative } from "./table-markup.js";
import { counted } from "../quantities.js";
import { formatValue } from "./value-format.js";

/** The figure of a chart: its place, which the script fills, its legend, and the same as a table. */
export function plottedMarkup(chart: PlottedChart, index: number, result: unknown): Markup {
  const { title } = chart;
  return html`<figure data-chart="${index}">
    <figcaption>
      <h3>${title}</h3>
      ${notesOf(chart, result).map((note) => html`<p class="note">${note}</p>`)}
    </figcaption>
    <p class="axis-title">${axisTitle(chart.y)}</p>
    <div
      class="plot"
      tabindex="0"
      role="group"
      aria-label="${`Chart: ${title}. Arrow keys read it value by value; the table below holds the same.`}"
    ></div>
    <p class="axis-title x">${chart.kind === "distribution" ? "Share of requests" : axisTitle(chart.x)}</p>
    ${legend(chart)}
    <p class="spoken" aria-live="polite"></p>
    ${tableAlternative(chartTable(chart, result))}
  </figure>`;
}

function notesOf(chart: PlottedChart, result: unknown): string[] {
  const own = chart.note === undefined ? [] : [chart.note];
  if (chart.kind !== "frontier") return own;
  const { points, x, y } = chart;
  const isDrawn = ({ x: atX, y: atY }: FrontierPoint) =>
    canStand(numberOf(result, atX), x) && canStand(numberOf(result, atY), y);
  const others = points.filter((point) => !isDrawn(point)).length;
  return others === 0
    ? own
    : [...own, `${counted(others, "candidate")} without a place on these axes: in the table alone.`];
}

function chartTable(chart: PlottedChart, result: unknown): Omit<TableBlock, "kind"> {
  if (chart.kind === "frontier") return frontierTable(chart, result);
  const isDistribution = chart.kind === "distribution";
  const columns = chart.series.map(({ x, y, factor = 1 }) => {
    const values = numbersOf(result, y);
    return new Map(numbersOf(result, x).map((at, i) => [at, values[i] == null ? null : values[i] * factor]));
  });
  const places = [...new Set(columns.flatMap((column) => [...column.keys()]))].filter((at) => at !== null);
  places.sort((a, b) => a - b);
  return {
    caption: chart.title,
    columns: [isDistribution ? "share" : axisTitle(chart.x), ...chart.series.map(({ label }) => label)],
    rows: places.map((at) => ({
      cells: [
        isDistribution ? formatShare(at) : formatValue(at, chart.x.format),
        ...columns.map((column) => formatValue(column.get(at), chart.y.format)),
      ],
    })),
  };
}

function frontierTable({ title, x, y, points }: FrontierChart, result: unknown): Omit<TableBlock, "kind"> {
  const extras = [...new Set(points.flatMap(({ details = [] }) => details.map(({ label }) => label)))];
  const extra = ({ details = [] }: FrontierPoint, name: string) =>
    details.find(({ label }) => label === name)?.text ?? "";
  return {
    caption: title,
    columns: ["candidate", axisTitle(x), axisTitle(y), "meets", ...extras],
    rows: points.map((point) => ({
      cells: [
        point.label,
        formatValue(numberOf(result, point.x), x.format),
        formatValue(numberOf(result, point.y), y.format),
        point.isEstimate ? (point.isFeasible ? "expected to" : "not expected to") : point.isFeasible ? "yes" : "no",
        ...extras.map((name) => extra(point, name)),
      ],
      ...(point.isChosen ? { isChosen: true } : {}),
    })),
  };
}

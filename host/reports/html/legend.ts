import { html, Markup } from "./markup.js";
import type { FrontierPoint, PlottedChart, Series } from "./page-spec.js";
import { seriesStyles } from "./series-style.js";

/** What the marks of a chart stand for. Series can be switched off and on. */
export function legend(chart: PlottedChart): Markup {
  const marks = chart.kind === "frontier" ? pointEntries(chart.points) : seriesEntries(chart.series);
  const limit = chart.limit ? [entry(line("limit", 1.5, "3 3"), chart.limit.label)] : [];
  return html`<ul class="legend">
    ${[...marks, ...limit]}
  </ul>`;
}

function seriesEntries(series: readonly Series[]): Markup[] {
  const styles = seriesStyles(series);
  return series.map(({ label }, i) => {
    const { colour, width, dash } = styles[i]!;
    const sample = line(colour.slice("--".length), width, dash.join(" "));
    return html`<li><button type="button" aria-pressed="true" data-series="${i}">${sample}${label}</button></li>`;
  });
}

const CHOSEN = new Markup(
  `<svg width="16" height="16" aria-hidden="true"><path class="chosen" d="M8 1 15 8 8 15 1 8Z"/></svg>`,
);
const FEASIBLE = new Markup(
  `<svg width="14" height="14" aria-hidden="true"><circle class="feasible" cx="7" cy="7" r="5"/></svg>`,
);
const ESTIMATE = new Markup(
  `<svg width="14" height="14" aria-hidden="true"><circle class="estimate" cx="7" cy="7" r="4"/></svg>`,
);
const INFEASIBLE = new Markup(
  `<svg width="14" height="14" aria-hidden="true"><path class="infeasible" d="M3 3 11 11M11 3 3 11"/></svg>`,
);

function pointEntries(points: readonly FrontierPoint[]): Markup[] {
  const others = points.filter(({ isChosen }) => !isChosen);
  const measured = others.filter(({ isEstimate }) => !isEstimate);
  return [
    ...(others.length < points.length ? [entry(CHOSEN, "chosen")] : []),
    ...(measured.some(({ isFeasible }) => isFeasible) ? [entry(FEASIBLE, "meets the objective")] : []),
    ...(measured.some(({ isFeasible }) => !isFeasible) ? [entry(INFEASIBLE, "does not")] : []),
    ...(measured.length < others.length ? [entry(ESTIMATE, "expected by analysis")] : []),
    ...(points.filter(({ isEfficient }) => isEfficient).length > 1
      ? [entry(line("efficient", 1.5, ""), "none is better in both")]
      : []),
  ];
}

function entry(sample: Markup, label: string): Markup {
  return html`<li>${sample}${label}</li>`;
}

function line(name: string, width: number, dash: string): Markup {
  const stroke = html`class="${name}" stroke-width="${width}" stroke-dasharray="${dash}"`;
  return html`<svg width="28" height="10" aria-hidden="true"><line x1="1" x2="27" y1="5" y2="5" ${stroke} /></svg>`;
}

import { barsMarkup } from "./bars-markup.js";
import { plottedMarkup } from "./chart-markup.js";
import { html, type Markup } from "./markup.js";
import type { Block, FactsBlock, FiguresBlock, ListBlock, PlottedChart } from "./page-spec.js";
import { intervalsMarkup } from "./intervals-markup.js";
import { tableMarkup } from "./table-markup.js";

/** What the blocks of a page share while they are written: the result, and the charts that the script is to draw. */
export interface PageContext {
  result: unknown;
  charts: PlottedChart[];
}

/** The markup of a block. */
export function blockMarkup(block: Block, context: PageContext): Markup {
  switch (block.kind) {
    case "text":
      return html`<p>${block.text}</p>`;
    case "list":
      return listMarkup(block);
    case "facts":
      return factsMarkup(block);
    case "figures":
      return figuresMarkup(block);
    case "table":
      return tableMarkup(block);
    case "bars":
      return barsMarkup(block, context.result);
    case "intervals":
      return intervalsMarkup(block);
    default:
      return plottedMarkup(block, context.charts.push(block) - 1, context.result);
  }
}

function listMarkup({ items, tone }: ListBlock): Markup {
  return html`<ul class="notes ${tone ?? ""}">
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;
}

function factsMarkup({ facts }: FactsBlock): Markup {
  const rows = facts.map(
    ({ label, text }) =>
      html`<div>
        <dt>${label}</dt>
        <dd>${text}</dd>
      </div>`,
  );
  return html`<dl class="facts">${rows}</dl>`;
}

function figuresMarkup({ figures }: FiguresBlock): Markup {
  const cards = figures.map(
    ({ label, value, note, tone }) =>
      html`<div>
        <dt>${label}</dt>
        <dd class="${tone ?? ""}">${value}</dd>
        ${note !== undefined && html`<dd class="note">${note}</dd>`}
      </div>`,
  );
  return html`<dl class="figures">${cards}</dl>`;
}

import { html, type Markup } from "./markup.js";
import type { TableBlock, TableRow } from "./page-spec.js";

/** A table that is shown when it is asked for. */
export function tableAlternative(table: Omit<TableBlock, "kind">): Markup {
  return html`<details>
    <summary>As a table</summary>
    ${tableMarkup(table)}
  </details>`;
}

/** The markup of a table, which scrolls in itself where the page is too narrow for it. */
export function tableMarkup({ caption, columns, rows }: Omit<TableBlock, "kind">): Markup {
  const head = columns.map((title) => html`<th scope="col">${title}</th>`);
  return html`<div class="table" tabindex="0" role="region" aria-label="${caption ?? columns[0] ?? "table"}">
    <table>
      ${
        caption !== undefined &&
        html`<caption>
          ${caption}
        </caption>`
      }
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows.map(rowMarkup)}
      </tbody>
    </table>
  </div>`;
}

function rowMarkup({ cells, isChosen, tone }: TableRow): Markup {
  const [name, ...others] = cells;
  const mark = isChosen && html`<span class="mark" title="chosen">◆</span> `;
  return html`<tr class="${[isChosen && "chosen", tone].filter(Boolean).join(" ")}">
    <th scope="row">${mark}${name ?? ""}</th>
    ${others.map((cell) => html`<td>${cell}</td>`)}
  </tr>`;
}

import { blockMarkup, type PageContext } from "./block-markup.js";
import { embeddedJson, html, Markup } from "./markup.js";
import { pageScript, pageScriptHash, pageStyle, pageStyleHash } from "./page-assets.js";
import type { Page, Section, Tone, Verdict } from "./page-spec.js";

/** What a page may do: run its one script and use its one style sheet, told by their hashes. It asks the network for nothing. */
const POLICY =
  `default-src 'none'; script-src '${pageScriptHash}'; style-src '${pageStyleHash}'; ` +
  "img-src data:; base-uri 'none'; form-action 'none'";

/** The signs of verdicts, for those who see no colours. */
const SIGNS: Record<Tone, string> = { good: "✓", bad: "✕", unsure: "?" };

/**
 * One self-contained HTML page: opens without a network, carries the JSON result that it was made from, and draws from it.
 *
 * @returns the same text for the same page.
 * @throws RangeError if a pointer of the page leads to no number of its result.
 */
export function htmlPage(page: Page): string {
  const { title, sections, result } = page;
  const context: PageContext = { result, charts: [] };
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${new Markup(`<style>${pageStyle}</style>`)}
      </head>
      <body>
        ${headerMarkup(page)}
        <main>${sections.map((section) => sectionMarkup(section, context))}</main>
        <footer>
          <p>Made by vllm-sr-sim. The page holds the whole result as JSON, and asks the network for nothing.</p>
        </footer>
        ${embeddedJson("result", result)} ${embeddedJson("charts", context.charts)}
        ${new Markup(`<script>${pageScript}</script>`)}
      </body>
    </html> `.text;
}

function headerMarkup({ title, subtitle, verdict, fileName = "result.json" }: Page): Markup {
  return html`<header>
    <div class="actions">
      <button type="button" id="theme" hidden></button>
      <button type="button" id="save" hidden data-file="${fileName}">Save JSON</button>
    </div>
    <h1>${title}</h1>
    ${subtitle !== undefined && html`<p class="subtitle">${subtitle}</p>`} ${verdict && verdictMarkup(verdict)}
    <noscript><p class="note">Charts are drawn by script, which is off here; the tables hold the same.</p></noscript>
  </header>`;
}

function verdictMarkup({ tone, text }: Verdict): Markup {
  return html`<p class="verdict ${tone}"><span aria-hidden="true">${SIGNS[tone]}</span> ${text}</p>`;
}

function sectionMarkup({ title, blocks }: Section, context: PageContext): Markup {
  const heading = title !== undefined && html`<h2>${title}</h2>`;
  return html`<section>${heading}${blocks.map((block) => blockMarkup(block, context))}</section> `;
}

/** HTML as text that is known to be safe: made by {@link html} alone, so that nothing gets into a page unescaped. */
export class Markup {
  constructor(readonly text: string) {}
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A text as it must stand between tags, or in an attribute between quotes. */
function escapeText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

type Part = string | number | Markup | readonly Markup[] | undefined | false;

/** Markup as it is written, without its indentation, and with every text that is put in escaped. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const pieces = strings.map((piece) => piece.replaceAll(/\n\s*/g, "\n"));
  return new Markup(pieces.reduce((text, piece, i) => text + textOf(parts[i - 1]) + piece));
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return escapeText(String(part));
}

/** JSON in an element of its own, which nothing in it can end. */
export function embeddedJson(id: string, value: unknown): Markup {
  const json = JSON.stringify(value).replaceAll("<", "\\u003c");
  return new Markup(`<script type="application/json" id="${escapeText(id)}">${json}</script>`);
}

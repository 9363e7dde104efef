import type { LinesChart, Page, Section } from "../../../host/reports/html/page-spec.js";

/** A page of little, with what a test adds. */
export function smallPage(more: Partial<Page> = {}): Page {
  return { title: "t", result: { a: [1, 2], b: [3, null] }, sections: [], ...more };
}

/** A section of these blocks alone. */
export function section(...blocks: Section["blocks"]): Section {
  return { blocks };
}

/** A chart of twice b over a. */
export const LINES: LinesChart = {
  kind: "lines",
  title: "b over a",
  x: { label: "a" },
  y: { label: "b", unit: "kW" },
  series: [{ label: "one", x: "/a", y: "/b", factor: 2 }],
};

/** What a page carries in the script element of this id. */
export function carried(page: string, id: string): unknown {
  const [, json] = new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`, "s").exec(page)!;
  return JSON.parse(json!);
}

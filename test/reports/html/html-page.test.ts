import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { htmlPage } from "../../../host/reports/html/html-page.js";
import type { Block } from "../../../host/reports/html/page-spec.js";
import { carried, LINES, section, smallPage } from "./small-page.js";

const HOSTILE = `</script><script>alert(1)</script><img src=x onerror=alert(1)>"'&<!--`;

/** The body of a page without its script, and without blanks between its elements. */
function bodyOf(page: string): string {
  return page.slice(page.indexOf("<body>"), page.lastIndexOf("<script>")).replaceAll(/>\s+</g, "><");
}

const blocksOf = (text: string): Block[] => [
  { kind: "text", text },
  { kind: "list", items: [text] },
  { kind: "facts", facts: [{ label: text, text }] },
  { kind: "figures", figures: [{ label: text, value: text, note: text }] },
  { kind: "table", caption: text, columns: [text, text], rows: [{ cells: [text, text], isChosen: true }] },
  { ...LINES, title: text, note: text, x: { label: text, unit: text }, limit: { label: text, value: 1 } },
  { kind: "bars", title: text, note: text, axis: { label: text }, bars: [{ label: text, value: 1 }] },
  {
    kind: "frontier",
    title: text,
    x: { label: text },
    y: { label: text },
    points: [{ label: text, x: 1, y: 1, isFeasible: true, details: [{ label: text, text }] }],
  },
];

describe("htmlPage", () => {
  test("carries the result as it is", () => {
    const result = { text: HOSTILE, numbers: [0.1, null, 1e300], "</script>": { "": [] } };
    expect(carried(htmlPage(smallPage({ result })), "result")).toEqual(result);
  });

  test("escapes every text, wherever it stands", () => {
    const page = smallPage({
      title: HOSTILE,
      subtitle: HOSTILE,
      fileName: HOSTILE,
      verdict: { tone: "bad", text: HOSTILE },
    });
    const body = bodyOf(htmlPage({ ...page, sections: [{ title: HOSTILE, blocks: blocksOf(HOSTILE) }] }));
    expect(body).not.toMatch(/<img|<!--|<script>/);
    expect(body.match(/<script/g)).toHaveLength(2);
    expect(body).toContain("&lt;/script&gt;&lt;script&gt;alert(1)");
  });

  test("names no address, and loads nothing", () => {
    const page = htmlPage(smallPage({ sections: [section(...blocksOf("x"))] }));
    expect(page).not.toMatch(/\bhttps?:\/\//);
    expect(page).not.toMatch(/\bsrc=|@import|url\(|\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon/);
  });

  test("has a policy that lets its own script and style run, and nothing else", () => {
    const page = htmlPage(smallPage());
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
    const hashOf = (tag: string) => {
      const [, text] = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(page)!;
      return `'sha256-${createHash("sha256").update(text!).digest("base64")}'`;
    };
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `script-src ${hashOf("script")}`,
      `style-src ${hashOf("style")}`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test("keeps the licence of uPlot", () => {
    expect(htmlPage(smallPage())).toMatch(/\/\*! uPlot\nThe MIT License \(MIT\)\n\nCopyright/);
  });

  test("is the same for the same page", () => {
    const page = smallPage({ sections: [section(...blocksOf("x"))] });
    expect(htmlPage(page)).toBe(htmlPage(structuredClone(page)));
  });

  test("draws a chart from the result, and tells it as a table", () => {
    const page = htmlPage(smallPage({ sections: [section(LINES)] }));
    expect(carried(page, "charts")).toMatchObject([{ series: [{ x: "/a", y: "/b", factor: 2 }] }]);
    expect(bodyOf(page)).toContain('<figure data-chart="0">');
    expect(bodyOf(page)).toContain('<th scope="row">1.00</th><td>6.00</td>');
    expect(bodyOf(page)).toContain('<th scope="row">2.00</th><td>–</td>');
    expect(bodyOf(page)).toContain("b, kW");
  });

  test("tells which candidate was chosen, and counts those without a place", () => {
    const points = [
      { label: "one", x: 1, y: 10, isFeasible: true, isChosen: true },
      { label: "two", x: 2, y: null, isFeasible: false },
      { label: "three", x: 3, y: 0, isFeasible: false },
    ];
    const y = { label: "y", scale: "log" } as const;
    const page = htmlPage(
      smallPage({ sections: [section({ kind: "frontier", title: "f", x: { label: "x" }, y, points })] }),
    );
    expect(bodyOf(page)).toMatch(
      /<tr class="chosen"><th scope="row"><span class="mark" title="chosen">◆<\/span> one<\/th>/,
    );
    expect(bodyOf(page)).toContain("2 candidates without a place on these axes: in the table alone.");
  });

  test("gives bars their lengths", () => {
    const bars = [
      { label: "a", value: 2 },
      { label: "b", value: 1 },
      { label: "c", value: null },
    ];
    const page = htmlPage(smallPage({ sections: [section({ kind: "bars", title: "t", axis: { label: "x" }, bars })] }));
    expect(bodyOf(page).match(/rect width="[^"]*"/g)).toEqual(
      ["100.00%", "50.00%", "0.00%"].map((w) => `rect width="${w}"`),
    );
  });

  test.each([
    ["no such key", "/c"],
    ["no list", "/a/0"],
    ["no numbers", "/texts"],
  ])("refuses a pointer to %s", (_, x) => {
    const page = smallPage({
      result: { a: [1], texts: ["x"] },
      sections: [section({ ...LINES, series: [{ label: "s", x, y: "/a" }] })],
    });
    expect(() => htmlPage(page)).toThrow(RangeError);
  });
});

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const page = await readFile(new URL("../../docs/faults.md", import.meta.url), "utf8");

/** Tests that the page cites: a file, and titles in it. */
const cited = [...page.matchAll(/`([\w/.-]+\.test\.ts)`((?:,? "[^"]+")*)/g)].map(([, file, titles]) => ({
  file: file!,
  titles: [...titles!.matchAll(/"([^"]+)"/g)].map(([, title]) => title!),
}));

test("the page cites tests", () => {
  expect(cited.length).toBeGreaterThan(60);
});

test.each(cited)("the page cites what $file has: $titles", async ({ file, titles }) => {
  const source = await readFile(new URL(`../${file}`, import.meta.url), "utf8");
  for (const title of titles) expect(source).toContain(`"${title}"`);
});

test.each("A1 A2 A3 A4 A5 A6 A7 A8 A9 B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 B11 E1 E2 E3 E4 E5 E6 E7".split(" "))(
  "the page has %s",
  (fault) => {
    expect(page).toContain(`| ${fault} |`);
  },
);

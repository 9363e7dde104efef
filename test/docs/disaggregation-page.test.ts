import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { askCell } from "../../bench/disaggregation/cell.js";
import { gridRow } from "../../bench/disaggregation/load-section.js";
import { askHere } from "../../bench/disaggregation/questions.js";
import { HARDWARE, LINKS, LOADS, SEED } from "../../bench/disaggregation/setting.js";
import { loadCore } from "../../host/core/load.js";

const root = new URL("../../", import.meta.url);
const page = await readFile(new URL("docs/disaggregation.md", root), "utf8");
const { version } = JSON.parse(await readFile(new URL("package.json", root), "utf8")) as { version: string };

const SECTIONS = [
  "## In short",
  "## What is asked",
  ...LOADS.map(({ title }) => `## ${title}`),
  "## How tight TPOT is",
  "## What it is held against",
  "## Where links fill",
  "### Who gets the next prompt",
  "## The constant 1.80",
  "## How keys and values cross",
  "## When memory is asked for",
  "## How long a run must be",
  "## Published facts",
  "### DistServe: what its links carry",
  "### Splitwise: designs at equal budgets",
  "## What is not in it",
];

/** Lines of a section. */
function linesOf(title: string): string[] {
  const lines = page.split("\n");
  const begin = lines.indexOf(title);
  const end = lines.findIndex((line, index) => index > begin && line.startsWith("##"));
  return lines.slice(begin + 1, end < 0 ? undefined : end);
}

function cellsOf(line: string): string[] {
  return line.slice(2, -2).split(" | ");
}

describe("docs/disaggregation.md", () => {
  it("names its command, the version and the seed", () => {
    expect(page).toContain("`npm run disaggregation`");
    expect(page).toContain(`vllm-sr-sim ${version}, seed ${SEED}`);
  });

  it("has its sections in order", () => {
    expect(page.match(/^##.*$/gm)).toEqual(SECTIONS);
  });

  it.each(LOADS.map(({ title }) => title))("has every GPU and link for %s", (title) => {
    const rows = linesOf(`## ${title}`).filter((line) => line.startsWith("| "));
    const names = rows.map((line) => cellsOf(line).slice(0, 2).join(", "));
    const wanted = HARDWARE.flatMap(({ name }) => LINKS.map((link) => `${name}, ${link.name}`));
    expect(names.filter((name) => wanted.includes(name))).toEqual(wanted);
  });

  it("has no figure that is none", () => {
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it("has tables whose rows are as long as their heads", () => {
    let columns = 0;
    for (const line of page.split("\n")) {
      if (!line.startsWith("| ")) columns = 0;
      else columns ||= cellsOf(line).length;
      if (columns > 0) expect(cellsOf(line), line).toHaveLength(columns);
    }
  });

  describe("a cell of it", () => {
    let row: string[];
    const [load, hardware, link] = [LOADS[0]!, HARDWARE[0]!, LINKS[1]!];

    beforeAll(async () => {
      const cell = await askCell(askHere(await loadCore()), load, hardware, link);
      row = gridRow({ load, cells: [cell], together: new Map() }, cell);
    }, 60_000);

    it("is what the planner answers now", () => {
      const written = linesOf(`## ${load.title}`)
        .filter((line) => line.startsWith(`| ${hardware.name} | ${link.name} |`))
        .map(cellsOf);
      const withoutRatio = (cells: readonly string[]) => cells.toSpliced(4, 1);
      expect(written.map(withoutRatio)).toEqual([withoutRatio(row)]);
    });
  });
});

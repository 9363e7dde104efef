import { describe, expect, test } from "vitest";
import { factsBlock, latencyFrontier, listBlock, verdict } from "../../../host/reports/html/blocks.js";
import { tableOf } from "../../../host/reports/html/tables.js";

const RED = "\u001b[31mlate\u001b[39m";

describe("latencyFrontier", () => {
  const efficient = (points: [x: number | null, y: number | null, isFeasible?: boolean][]) =>
    latencyFrontier({
      cost: { label: "GPUs" },
      points: points.map(([x, y, isFeasible = true], i) => ({ label: `${i}`, x, y, isFeasible })),
    }).points.flatMap(({ label, isEfficient }) => (isEfficient ? [label] : []));

  test("marks feasible candidates that none beats", () => {
    expect(
      efficient([
        [1, 9],
        [2, 5],
        [3, 6],
        [4, 1],
        [0, 0, false],
        [0, null],
      ]),
    ).toEqual(["0", "1", "3"]);
  });

  test("marks the first of equals", () => {
    expect(
      efficient([
        [1, 1],
        [1, 1],
        [1, 2],
        [2, 1],
      ]),
    ).toEqual(["0"]);
  });

  test("has the objective as a line on a logarithmic axis of ms", () => {
    const chart = latencyFrontier({ cost: { label: "Cost", unit: "k$" }, points: [], objectiveMs: 500 });
    expect(chart).toMatchObject({
      title: "Cost and P99 TTFT",
      y: { format: "milliseconds", scale: "log" },
      limit: { value: 500 },
    });
  });
});

describe("blocks", () => {
  test("have none of the terminal's colours", () => {
    const said = [
      verdict("bad", RED),
      listBlock([RED]),
      factsBlock({ a: RED }),
      tableOf([{ title: "c", cell: () => RED, rank: 1 }], [0]),
    ];
    for (const block of said) expect(JSON.stringify(block)).not.toContain("\\u001b");
  });

  test("keep every column of a report, and mark rows", () => {
    const columns = [
      { title: "n", cell: String, rank: 1 },
      { title: "twice", cell: (n: number) => String(2 * n) },
    ];
    const table = tableOf(columns, [1, 2], { isChosen: (n) => n === 2, tone: (n) => (n === 1 ? "bad" : undefined) });
    expect(table).toEqual({
      kind: "table",
      columns: ["n", "twice"],
      rows: [
        { cells: ["1", "2"], tone: "bad" },
        { cells: ["2", "4"], isChosen: true },
      ],
    });
  });
});

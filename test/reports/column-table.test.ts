import { expect, test } from "vitest";
import { columnTable } from "../../host/reports/column-table.js";

const rows = [
  { id: "short", wait: "1.2", first: "20" },
  { id: "long", wait: "1,100", first: "85" },
];
const columns = [
  { title: "pool", cell: ({ id }: (typeof rows)[0]) => id },
  { title: "wait", cell: ({ wait }: (typeof rows)[0]) => wait, rank: 2 },
  { title: "TTFT", cell: ({ first }: (typeof rows)[0]) => first, rank: 1 },
];

test("sets numbers to the right", () =>
  expect(columnTable(columns, rows, 80)).toEqual(["pool    wait  TTFT", "short    1.2    20", "long   1,100    85"]));

test("leaves out the column of the lowest rank first, and no more than it must", () => {
  expect(columnTable(columns, rows, 17)).toEqual(["pool    wait", "short    1.2", "long   1,100"]);
  expect(columnTable(columns, rows, 8)).toEqual(["pool", "short", "long"]);
});

test("keeps columns without a rank, however narrow the page", () =>
  expect(columnTable(columns, rows, 1)).toEqual(["pool", "short", "long"]));

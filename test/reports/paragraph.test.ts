import { expect, test } from "vitest";
import { paragraph } from "../../host/reports/paragraph.js";

test("goes on under its first word", () =>
  expect(paragraph("note", "one two three four", 6, 14)).toEqual(["note  one two", "      three", "      four"]));

test("keeps numbers with their units", () =>
  expect(paragraph("", "takes 425 ms or 3 %", 2, 11)).toEqual(["  takes", "  425 ms or", "  3 %"]));

test("does not count colours, and lets a long word stand out", () =>
  expect(paragraph("\u001b[2mab\u001b[22m", "\u001b[31mcd\u001b[39m efghijklmnop", 4, 8)).toEqual([
    "\u001b[2mab\u001b[22m  \u001b[31mcd\u001b[39m",
    "    efghijklmnop",
  ]));

import { visibleLength } from "./visible-length.js";

/** A blank between a number and its unit, at which no line is broken; shown as a plain one. */
const NARROW = "\u00a0";
const BEFORE_UNIT = /(?<=\d) (?=(ms|s|min|h|d|%|requests|x)\b|%)/g;

/** Words of a report, and the label before them. */
export type LabelledWords = readonly [label: string, words: string];

/** Words set in lines of at most `width` characters, the first after a label, the others under it; numbers keep their units. */
export function paragraph(label: string, words: string, indent: number, width: number): string[] {
  const lines: string[] = [];
  let line = label + " ".repeat(Math.max(1, indent - visibleLength(label)));
  let isEmpty = true;
  for (const word of words.replace(BEFORE_UNIT, NARROW).split(" ")) {
    if (!isEmpty && visibleLength(line) + 1 + visibleLength(word) > width) {
      lines.push(line);
      line = " ".repeat(indent);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].map((text) => text.replaceAll(NARROW, " ").trimEnd());
}

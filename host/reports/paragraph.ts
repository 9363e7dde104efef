import { visibleLength } from "./visible-length.js";

/** Words set in lines of at most `width` characters, the first after a label, the others under it. */
export function paragraph(label: string, words: string, indent: number, width: number): string[] {
  const lines: string[] = [];
  let line = label + " ".repeat(Math.max(1, indent - visibleLength(label)));
  let isEmpty = true;
  for (const word of words.split(" ")) {
    if (!isEmpty && visibleLength(line) + 1 + visibleLength(word) > width) {
      lines.push(line);
      line = " ".repeat(indent);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

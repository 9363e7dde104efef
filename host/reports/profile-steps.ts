import colours from "picocolors";
import type { ExplainedInput, ExplainedStep } from "../profiles/explain.js";
import { paragraph } from "./paragraph.js";
import { visibleLength } from "./visible-length.js";

/** Blanks before formula and inputs. */
const INDENT = 4;

/** The steps of a derivation: figure, formula, and every input with its source, in lines of at most `width` characters. */
export function stepLines(steps: readonly ExplainedStep[], width: number): string[] {
  const told = new Set<string>();
  return steps.flatMap((one) => [
    heading(one, width),
    ...formulaLines(one, width),
    ...inputLines(one, { width, told }),
    "",
  ]);
}

function heading({ key, title, value, unit }: ExplainedStep, width: number): string {
  const figure = `${colours.bold(key)} = ${exact(value)}${unit === "" ? "" : ` ${unit}`}`;
  const blanks = width - visibleLength(figure) - title.length;
  return blanks < 2
    ? `${figure}\n${" ".repeat(INDENT)}${colours.dim(title)}`
    : figure + " ".repeat(blanks) + colours.dim(title);
}

function formulaLines({ formula }: ExplainedStep, width: number): string[] {
  return paragraph(`${" ".repeat(INDENT)}=`, formula, INDENT + 2, width);
}

/** Inputs under each other, their values and sources in columns. */
function inputLines({ inputs }: ExplainedStep, { width, told }: { width: number; told: Set<string> }): string[] {
  const names = Math.max(0, ...inputs.map(({ name }) => name.length));
  const values = Math.max(0, ...inputs.map(({ value }) => exact(value).length));
  return inputs.flatMap((input) => {
    const label = `${" ".repeat(INDENT)}${input.name.padEnd(names)}  ${exact(input.value).padStart(values)}`;
    return paragraph(label, sourceWords(input, told), label.length + 2, width);
  });
}

/** A source is told whole the first time, and then by its first words. */
function sourceWords({ kind, source }: ExplainedInput, told: Set<string>): string {
  if (kind === "step") return `above: ${source}`;
  const words = source.toLowerCase().startsWith(kind) ? source : `${kind}: ${source}`;
  if (!told.has(source)) {
    told.add(source);
    return words;
  }
  const [first, second] = words.split(": ");
  return second === undefined ? words : `${first}: ${second}`;
}

/** A figure: whole numbers and large ones whole, others with six significant digits. */
function exact(value: number): string {
  const size = Math.abs(value);
  if (size < 1e15 && (Number.isInteger(value) || size >= 1e6)) return Math.round(value).toLocaleString("en-US");
  const text = value.toPrecision(6);
  return text.includes("e") ? Number(text).toExponential() : String(Number(text));
}

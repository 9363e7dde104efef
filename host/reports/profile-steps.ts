import colours from "picocolors";
import type { ExplainedInput, ExplainedStep } from "../profiles/explain.js";
import { paragraph } from "./paragraph.js";
import { visibleLength } from "./visible-length.js";

/** Blanks before formula and inputs. */
const INDENT = 4;

/** The steps of a derivation: figure, formula, and every input with its source, in lines of at most `width` characters. */
export function stepLines(steps: readonly ExplainedStep[], width: number): string[] {
  return steps.flatMap((one) => [heading(one, width), ...formulaLines(one, width), ...inputLines(one, width), ""]);
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
function inputLines({ inputs }: ExplainedStep, width: number): string[] {
  const names = Math.max(0, ...inputs.map(({ name }) => name.length));
  const values = Math.max(0, ...inputs.map(({ value }) => exact(value).length));
  return inputs.flatMap((input) => {
    const label = `${" ".repeat(INDENT)}${input.name.padEnd(names)}  ${exact(input.value).padStart(values)}`;
    return paragraph(label, sourceWords(input), label.length + 2, width);
  });
}

function sourceWords({ kind, source }: ExplainedInput): string {
  if (kind === "step") return `above: ${source}`;
  return source.toLowerCase().startsWith(kind) ? source : `${kind}: ${source}`;
}

/** A figure with six significant digits, whole numbers whole. */
function exact(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString("en-US");
  const text = value.toPrecision(6);
  return text.includes("e") ? Number(text).toExponential() : String(Number(text));
}

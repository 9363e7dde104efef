/** How a figure is known that goes into a formula. */
export type InputKind =
  /** Published: data sheets, configurations of models. */
  | "cited"
  /** Fitted to measurements of this hardware. */
  | "measured"
  /** Taken from other hardware. */
  | "borrowed"
  /** Nobody measured it. */
  | "assumed"
  /** The user said so. */
  | "given"
  /** The value of another step. */
  | "step";

/** A figure that goes into a formula. */
export interface ExplainedInput {
  name: string;
  value: number;
  kind: InputKind;
  /** Where it comes from; for a step its key. */
  source: string;
}

/**
 * One step of a derivation: `value` is what `formula` makes of `inputs`. Formulas have `+ - * / **`, parentheses, `min`, `max`, `floor`, `ceil`, `sqrt`, `exp` and `log2`, and can so be computed again.
 */
export interface ExplainedStep {
  /** Name of the figure; unique. */
  key: string;
  /** What it is, in words. */
  title: string;
  formula: string;
  inputs: ExplainedInput[];
  value: number;
  unit: string;
}

/** Makes a step. */
export function step(
  figure: { key: string; title: string; unit: string; value: number },
  formula: string,
  inputs: ExplainedInput[],
): ExplainedStep {
  const { key, title, unit, value } = figure;
  return { key, title, formula, inputs, value, unit };
}

/** The value of another step as an input, under its own name or another. */
export function fromStep({ key, value }: ExplainedStep, name = key): ExplainedInput {
  return { name, value, kind: "step", source: key };
}

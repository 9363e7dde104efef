import type { ExplainedStep } from "../../host/profiles/explain.js";

const FUNCTIONS = {
  min: Math.min,
  max: Math.max,
  floor: Math.floor,
  ceil: Math.ceil,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log2: Math.log2,
};

/** What a formula makes of the inputs of its step. */
export function recompute({ formula, inputs }: ExplainedStep): number {
  if (!/^[\w\s.,()+*/-]+$/.test(formula)) throw new Error(`not a formula: ${formula}`);
  const names = [...Object.keys(FUNCTIONS), ...inputs.map(({ name }) => name)];
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- arithmetic of this project, checked above
  const compute = new Function(...names, `"use strict"; return ${formula};`) as (...values: unknown[]) => number;
  return compute(...Object.values(FUNCTIONS), ...inputs.map(({ value }) => value));
}

import type { ComputedProfile } from "./computed-profile.js";
import { explainLine } from "./explain-line.js";
import { explainMemory } from "./explain-memory.js";
import { explainCostAndPower } from "./explain-power.js";
import type { ExplainedStep, InputKind } from "./explain-step.js";

export type { ExplainedInput, ExplainedStep, InputKind } from "./explain-step.js";

/**
 * The derivation of every figure of a profile, in an order in which each step needs none after it.
 *
 * @param contexts longest requests, tokens, whose slots are derived.
 */
export function explainProfile(profile: ComputedProfile, contexts: readonly number[]): ExplainedStep[] {
  return [...explainMemory(profile, contexts), ...explainLine(profile), ...explainCostAndPower(profile)];
}

/** What the figures of a profile rest on: names of inputs, each with its source, once. */
export type Provenance = Record<Exclude<InputKind, "step" | "given">, string[]>;

/** Sorts the inputs of all steps by how they are known. */
export function provenanceOf(steps: readonly ExplainedStep[]): Provenance {
  const found: Provenance = { cited: [], measured: [], borrowed: [], assumed: [] };
  for (const { inputs } of steps) {
    for (const { name, kind, source } of inputs) {
      if (kind === "step" || kind === "given") continue;
      const words = kind === "assumed" ? `${name} (${source.replace(/^assumption: /, "")})` : source;
      if (!found[kind].includes(words)) found[kind].push(words);
    }
  }
  return found;
}

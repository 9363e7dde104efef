import type { FieldPath } from "../../specs/check.js";
import type { HandoverChoice } from "./pair-fleet.js";

/** Options of a hand-over, by the keys of a prefill pool that they set. */
const OPTIONS = {
  first_token: "firstToken",
  spill_prompt_tokens: "spillPromptTokens",
  keep_decodes: "keepDecodes",
} as const satisfies Record<string, keyof HandoverChoice>;

/** The option that has set a key of a pair of pools, as messages call it: `handover.link.type`; `undefined`: a kind of replica, or nobody. */
export function handoverOption(handover: HandoverChoice, path: FieldPath): string | undefined {
  const [, , key, linkKey] = path;
  if (key === "link" && linkKey !== undefined) {
    const isGiven = Object.entries(handover.link ?? {}).some(
      ([name, value]) => name === linkKey && value !== undefined,
    );
    return isGiven ? `handover.link.${String(linkKey)}` : undefined;
  }
  const option = Object.entries(OPTIONS).find(([name]) => name === key)?.[1];
  return option !== undefined && handover[option] !== undefined ? `handover.${option}` : undefined;
}

import type { HardwareFacts } from "./hardware-facts.js";
import { HARDWARE_KEYS } from "./hardware-fields.js";

/** Facts of a GPU in the keys of a fleet file, as `iteration_model.hardware` takes them written out. */
export function hardwareKeys(facts: HardwareFacts): Record<string, unknown> {
  const keys: Record<string, unknown> = { name: facts.name };
  for (const [figure, key] of Object.entries(HARDWARE_KEYS) as [keyof typeof HARDWARE_KEYS, string][]) {
    if (facts[figure] !== undefined) keys[key] = facts[figure];
  }
  return keys;
}

import { parseFleet } from "../../host/specs/fleet-spec.js";
import { InputError } from "../../host/specs/input-error.js";

/** The text of a fleet of two pools, "a" and "b": the first with fields changed (undefined takes one away), the fleet with fields added. */
export function fleetText(pool: Record<string, unknown> = {}, fleet: Record<string, unknown> = {}): string {
  const pools = [
    { id: "a", gpu: "a100", n_gpus: 2, max_ctx: 4096, ...pool },
    { id: "b", gpu: "h100", n_gpus: 1, max_ctx: 65536 },
  ];
  return JSON.stringify({ pools, ...fleet }, null, 1);
}

/** An inline profile that is right. */
export const profile = { W: 0.01, H: 0.0001, total_kv_blks: 4096, max_slots: 64, cost_per_hr: 1 };

/** The message with which a file is refused; fails if it is accepted or if what is thrown is not an InputError. */
export function refusal(text: string, fileName = "fleet.json"): string {
  try {
    parseFleet(text, fileName);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

/** A request between the pool that computes its prompt and the pool that decodes it. */
import type { Lane } from "../lane.js";
import type { Holder } from "../memory.js";

/**
 * Where a request stands at the decode side.
 *
 * `none`: nothing is asked. `outbox`: it is to ask when its turn comes. `intake`: it asks. `granted`: blocks are taken. `landed`: its keys and values are
 * there. `seated`: it has had a seat.
 */
export type Place = "none" | "outbox" | "intake" | "granted" | "landed" | "seated";

export interface Crossing {
  place: Place;
  /** Index of the pool that decodes it, once it is handed over or spilled; -1 before, or never. */
  decodePool: number;
  /** The lane that it asks, that has granted it blocks, or that decodes it; `null`: none. */
  decodeLane: Lane | null;
  /** Blocks granted and not yet landed in. */
  granted: Holder | null;
  /** `G`; of the latest grant. */
  grantTick: bigint | null;
  /** Whether it left the prefill pool with its prompt. */
  handedOver: boolean;
  /** Whether it left the prefill pool before its prompt. */
  spilled: boolean;
  /** The lane whose blocks it holds until it lands. */
  heldIn: Lane | null;
  /** `E`: its first prompt was computed, in a prefill pool. */
  promptTick: bigint | null;
  landTick: bigint | null;
  /** The decode lane emitted its first token for it. */
  decodeTokenTick: bigint | null;
}

export function noCrossing(): Crossing {
  return {
    place: "none",
    decodePool: -1,
    decodeLane: null,
    granted: null,
    grantTick: null,
    handedOver: false,
    spilled: false,
    heldIn: null,
    promptTick: null,
    landTick: null,
    decodeTokenTick: null,
  };
}

/** Sections "Transfer": links of replicas, and how long keys and values take over them. */
import type { CorePrefillStage } from "../../../host/core/run-spec.js";
import { tickAt } from "../clock.js";
import type { Transfer } from "./transfer.js";

/** The link of one replica of a prefill or decode pool. */
export interface Link {
  /** Bytes/s; `Infinity`: no limit. */
  bandwidth: number;
  /** `fifo`: tick from which it is free. */
  freeTick: bigint;
  /** `shared`: transfers under way. */
  underWay: Transfer[];
}

export function idleLink(bandwidth: number): Link {
  return { bandwidth, freeTick: 0n, underWay: [] };
}

/** Bytes of the keys and values of so many tokens. */
export function bytesOf({ kv }: CorePrefillStage, tokens: number): number {
  return kv.tokenBytes * tokens + kv.windowBytes * Math.min(tokens, kv.window);
}

/** `S_i`: ticks that a whole transfer takes of a link. */
export function ticksOn(bytes: number, bandwidth: number): bigint {
  return tickAt(bytes / bandwidth);
}

export interface Milestones {
  /** `A`: latest admission before the prompt was computed. */
  admissionTick: bigint;
  /** `E`. */
  promptTick: bigint;
  /** `G`. */
  grantTick: bigint;
}

/** `alone`: when a transfer would be done if it met no other. */
export function aloneTick({ mode, layers }: CorePrefillStage, milestones: Milestones, S: bigint): bigint {
  const { admissionTick: A, promptTick: E, grantTick: G } = milestones;
  if (mode === "serial") return later(E, G) + S;
  const L = BigInt(layers);
  const s = atLeastOne(S / L);
  const p = (E - A) / L;
  return later(E + s, later(A + p, G) + S);
}

/** `r` and the two `e_i`: from when on the links can be taken, and until when at least. */
export function layersOf({ mode, layers }: CorePrefillStage, milestones: Milestones, each: readonly bigint[]) {
  const { admissionTick: A, promptTick: E, grantTick: G } = milestones;
  if (mode === "serial") return { readyTick: later(E, G), lastLayerTicks: each.map(() => 0n) };
  const L = BigInt(layers);
  return { readyTick: later(A + (E - A) / L, G), lastLayerTicks: each.map((ticks) => E + ticks / L) };
}

export function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function atLeastOne(ticks: bigint): bigint {
  return later(ticks, 1n);
}

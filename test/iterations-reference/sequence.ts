/** A request on its way through the fleet. */
import type { IterationsRequest } from "./case.js";
import type { Lane } from "./lane.js";
import type { Holder } from "./memory.js";
import type { Crossing } from "./stages/crossing.js";

export type RejectReason = "too_long_for_pool" | "too_long_for_every_pool" | "queue_full";

export interface Sequence extends Holder {
  ordinal: number;
  request: IterationsRequest;
  /** Prompt tokens after any compression. */
  input: number;
  output: number;
  arrivalTick: bigint;
  /** Index in the fleet; -1: no pool took it. */
  pool: number;
  /** Index in its pool; -1: none chosen yet, or none ever. */
  replica: number;
  /** Where it is queued or runs, or did last. */
  lane: Lane | null;
  rejected: RejectReason | null;
  /** `null` before. */
  reachTick: bigint | null;
  startTick: bigint | null;
  firstTokenTick: bigint | null;
  /** Of the last token so far. */
  lastTokenTick: bigint | null;
  endTick: bigint | null;
  preemptions: number;

  /** Output tokens emitted. */
  generated: number;
  /** Tokens to compute before the next one is emitted: `input + generated` when it was last queued. */
  prompt: number;
  /** Tokens whose keys and values are in memory. */
  computed: number;
  /** Tick of its latest admission. */
  admissionTick: bigint | null;
  /** What becomes of it where prefill and decode are apart. */
  crossing: Crossing;
}

export function decodes(sequence: Sequence): boolean {
  return sequence.computed >= sequence.prompt;
}

/** It joins a queue: all is to be computed before the next token. */
export function queueUp(sequence: Sequence): void {
  sequence.prompt = sequence.input + sequence.generated;
  sequence.computed = 0;
}

/** Whether `a` goes before `b` by (priority, ordinal). */
export function goesBefore(a: Sequence, b: Sequence): boolean {
  if (a.request.priority !== b.request.priority) return a.request.priority < b.request.priority;
  return a.ordinal < b.ordinal;
}

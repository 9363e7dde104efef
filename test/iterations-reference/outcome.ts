/** Section "What is measured": figures of a request. */
import type { RejectReason, Sequence } from "./sequence.js";

/** Ticks; `Infinity` where not reached. */
export interface RequestOutcome {
  arrivalTick: number;
  status: "completed" | "unfinished" | RejectReason;
  /** Index in the fleet; -1: no pool took it. */
  pool: number;
  /** Index in its pool: the one that has it, or that rejected it for a full queue; -1: none. */
  replica: number;
  /** First start. */
  startTick: number;
  firstTokenTick: number;
  endTick: number;
  /** First start - reaching the pool. */
  waitTick: number;
  ttft: number;
  /** `null` for a request of one output token, whatever became of it. */
  tpot: number | null;
  e2e: number;
  preemptions: number;
  /** Prompt tokens after any compression. */
  input: number;
  /** Where it is or was decoded, if that is not its pool: index in the fleet; -1: there. */
  decodePool: number;
  /** Index in that pool; -1: none. */
  decodeReplica: number;
  /** From the end of its prompt to landing; `null`: a completed request that was not handed over. */
  transfer: number | null;
  /** From the end of its prompt to the first token that the decode lane emits; `null` likewise. */
  handover: number | null;
}

export function outcomeOf(sequence: Sequence): RequestOutcome {
  const { arrivalTick, reachTick, startTick, firstTokenTick, endTick, output, crossing } = sequence;
  const { decodePool, decodeLane, handedOver, promptTick, landTick, decodeTokenTick } = crossing;
  const crosses = handedOver || endTick === null;
  const crossed = (tick: bigint | null) => (crosses ? between(handedOver ? promptTick : null, tick) : null);
  return {
    arrivalTick: Number(arrivalTick),
    status: sequence.rejected ?? (endTick === null ? "unfinished" : "completed"),
    pool: sequence.pool,
    replica: sequence.replica,
    startTick: reached(startTick),
    firstTokenTick: reached(firstTokenTick),
    endTick: reached(endTick),
    waitTick: between(reachTick, startTick),
    ttft: between(arrivalTick, firstTokenTick),
    tpot: output === 1 ? null : tpotOf(firstTokenTick, endTick, output),
    e2e: between(arrivalTick, endTick),
    preemptions: sequence.preemptions,
    input: sequence.input,
    decodePool,
    decodeReplica: decodePool < 0 ? -1 : (decodeLane?.replica ?? -1),
    transfer: crossed(landTick),
    handover: crossed(decodeTokenTick),
  };
}

function reached(tick: bigint | null): number {
  return tick === null ? Infinity : Number(tick);
}

function between(from: bigint | null, to: bigint | null): number {
  return from === null || to === null ? Infinity : Number(to - from);
}

/** To the nearest tick, halves to even. */
function tpotOf(first: bigint | null, last: bigint | null, output: number): number {
  if (first === null || last === null) return Infinity;
  const gaps = BigInt(output - 1);
  const below = (last - first) / gaps;
  const doubledRest = 2n * ((last - first) % gaps);
  const up = doubledRest > gaps || (doubledRest === gaps && below % 2n === 1n);
  return Number(up ? below + 1n : below);
}

import type { Rows } from "../statistics-source.js";

/** Time of an iteration of the made-up replica, seconds, and prompt tokens that one takes. */
const ITERATION_S = 0.02;
const CHUNK = 512;

function serviceS(rows: Rows, i: number): number {
  return (Math.ceil(rows.input[i]! / CHUNK) + rows.output[i]!) * ITERATION_S;
}

/** Slots that these requests keep busy on average. */
export function busySlots(rows: Rows, periodS: number): number {
  return rows.arrivalS.reduce((sum, _, i) => sum + serviceS(rows, i), 0) / periodS;
}

/** P99 of the waits in one FIFO queue before so many slots, seconds. */
export function p99WaitS(rows: Rows, slots: number): number {
  const freeS = new Float64Array(slots);
  const waits = Float64Array.from(rows.arrivalS, (arrivalS, i) => {
    let slot = 0;
    for (let other = 1; other < slots; other++) if (freeS[other]! < freeS[slot]!) slot = other;
    const startS = Math.max(arrivalS, freeS[slot]!);
    freeS[slot] = startS + serviceS(rows, i);
    return startS - arrivalS;
  }).sort();
  return waits[Math.ceil(0.99 * waits.length) - 1]!;
}

/** The same arrivals and the same lengths, but who has which length left to chance. */
export function shuffled(rows: Rows, uniform: () => number): Rows {
  const order = rows.input.map((_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return {
    arrivalS: rows.arrivalS,
    input: order.map((i) => rows.input[i]!),
    output: order.map((i) => rows.output[i]!),
  };
}

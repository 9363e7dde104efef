/** An iteration of a lane from start to end. */
import { clockAt, holdClock, holdTick, ticksOf } from "./clock.js";
import { type BatchLoad, doubledWork, durationOf, prefillTokens } from "./duration.js";
import { type Iteration, type Lane, outstandingIn } from "./lane.js";
import type { Stages } from "./pool-state.js";
import { plan } from "./schedule.js";
import { decodes, type Sequence } from "./sequence.js";
import { countGap } from "./totals.js";

/** Starts the iteration of a lane in state `starting`. */
export function startIteration(lane: Lane, stages: Stages): void {
  const startTick = ticksOf(lane.clock);
  const tokens = plan(lane, startTick);
  const load = loadOf(tokens);
  const duration = durationOf(lane.pool.serving.model, load);
  if (lane.pool.serving.pp === 1) {
    lane.clock = holdClock(lane.clock + duration);
    lane.iteration = { tokens, load, startTick, durationTicks: ticksOf(duration) };
  } else {
    const endTick = passStages(stages, startTick, duration);
    lane.clock = clockAt(endTick);
    lane.iteration = { tokens, load, startTick, durationTicks: endTick - startTick };
  }
  lane.state = "computing";
}

function loadOf(tokens: ReadonlyMap<Sequence, number>): BatchLoad {
  const batch = [...tokens];
  const decoding = batch.filter(([sequence]) => decodes(sequence));
  const prefilling = batch.filter(([sequence]) => !decodes(sequence));
  return {
    decodes: decoding.length,
    context: decoding.reduce((sum, [sequence]) => sum + sequence.computed, 0),
    chunks: prefilling.map(([sequence, chunk]) => ({ tokens: chunk, processed: sequence.computed })),
  };
}

/** Section "Pipeline stages": the tick at which the iteration leaves the last stage. */
function passStages(stages: Stages, startTick: bigint, duration: bigint): bigint {
  const even = ticksOf(duration / BigInt(stages.length));
  const stageTicks = even > 1n ? even : 1n;
  let left = startTick;
  for (let s = 0; s < stages.length; s++) {
    const enters = left > stages[s]! ? left : stages[s]!;
    left = holdTick(enters + stageTicks);
    stages[s] = left;
  }
  return left;
}

/** Ends the iteration of a lane in state `computing`; answers the requests that are complete, in the order of admission. */
export function endIteration(lane: Lane): Sequence[] {
  const { tokens } = lane.iteration!;
  const now = ticksOf(lane.clock);
  const emitted = lane.running.filter((sequence) => compute(lane, sequence, tokens.get(sequence) ?? 0, now));
  const complete = emitted.filter((sequence) => sequence.generated === sequence.output);
  for (const sequence of complete) {
    sequence.endTick = now;
    lane.running.splice(lane.running.indexOf(sequence), 1);
    lane.memory.release(sequence);
  }

  countIteration(lane, lane.iteration!, now);
  lane.lastEmitted = new Set(emitted);
  lane.iteration = null;
  lane.state = outstandingIn(lane) === 0 ? "idle" : "starting";
  return complete;
}

function countIteration({ totals }: Lane, { tokens, load, startTick }: Iteration, now: bigint): void {
  totals.iterations += 1;
  totals.prefillTokens += prefillTokens(load);
  totals.decodeTokens += load.decodes;
  totals.contextTokens += load.context;
  totals.prefillWork += doubledWork(load) / 2;
  totals.largestBatch = Math.max(totals.largestBatch, tokens.size);
  totals.busyTicks += Number(now - startTick);
  totals.shortestTicks = Math.min(totals.shortestTicks, Number(now - startTick));
}

/** Computes a request's tokens; answers whether it emitted one. */
function compute(lane: Lane, sequence: Sequence, tokens: number, now: bigint): boolean {
  if (tokens === 0) return false;
  const decoded = decodes(sequence);
  sequence.computed += tokens;
  if (sequence.computed < sequence.prompt) return false;

  sequence.generated += 1;
  if (sequence.generated > 1) {
    const steady = decoded && lane.lastEmitted.has(sequence);
    countGap(lane.totals, steady ? lane.iteration!.durationTicks : now - sequence.lastTokenTick!);
  }
  sequence.firstTokenTick ??= now;
  sequence.lastTokenTick = now;
  return true;
}

/** An iteration of a lane from start to end. */
import { clockAt, holdClock, holdTick, ticksOf } from "./clock.js";
import { type BatchLoad, doubledWork, durationOf, prefillTokens } from "./duration.js";
import { hasWork, type Iteration, type Lane } from "./lane.js";
import { refill, type Stages } from "./pool-state.js";
import { plan } from "./schedule.js";
import { decodes, type Sequence } from "./sequence.js";
import { giveUp, grantInTurn, iterationStarted } from "./stages/asking.js";
import { prefillStageOf, replicaOf, type StagedFleet } from "./stages/fleet.js";
import { handOver } from "./stages/handover.js";
import { countGap } from "./totals.js";

/** Starts the iteration of a lane in state `starting`; if there is nobody to run, it starts anew for those who run still, or landed and have no seat yet, or is idle. */
export function startIteration(fleet: StagedFleet, lane: Lane): void {
  const planned = plan(fleet, lane);
  if (planned.tokens.size === 0) lane.state = lane.running.length + lane.landed.length > 0 ? "starting" : "idle";
  else computeIteration(lane, planned.tokens, replicaOf(fleet, lane).stages);
  iterationStarted(fleet, lane, planned);
}

function computeIteration(lane: Lane, tokens: ReadonlyMap<Sequence, number>, stages: Stages): void {
  const startTick = ticksOf(lane.clock);
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

/** Ends the iteration of a lane in state `computing`; answers how many requests are complete. */
export function endIteration(fleet: StagedFleet, lane: Lane): number {
  const iteration = lane.iteration!;
  lane.state = "ending";
  const computed = lane.running.filter((sequence) => iteration.tokens.has(sequence));
  const inFirstPrompt = computed.filter(({ crossing }) => crossing.promptTick === null);
  const emitted = computed.filter((sequence) => compute(lane, sequence, iteration.tokens.get(sequence)!, fleet.now));
  const lastEmitted = new Set(emitted);

  const complete = emitted.filter((sequence) => sequence.generated === sequence.output);
  for (const sequence of complete) finish(fleet, lane, sequence);
  if (prefillStageOf(lane.pool) !== null) complete.forEach((sequence) => giveUp(fleet, sequence));
  for (const sequence of inFirstPrompt) {
    if (sequence.crossing.promptTick === null || sequence.endTick !== null) continue;
    handOver(fleet, lane, sequence, () => {
      if (sequence.generated === 0) emit(lane, sequence, false, fleet.now);
      lastEmitted.add(sequence);
      if (sequence.generated < sequence.output) return;
      complete.push(sequence);
      finish(fleet, lane, sequence);
    });
  }
  if (lane.pool.stage?.role === "decode") grantInTurn(fleet, lane);

  countIteration(lane, iteration, fleet.now);
  lane.lastEmitted = lastEmitted;
  lane.iteration = null;
  lane.state = hasWork(lane) ? "starting" : "idle";
  refill(fleet.pools[lane.poolIndex]!, lane.replica, fleet.now);
  return complete.length;
}

/** A request is complete and leaves. */
function finish(fleet: StagedFleet, lane: Lane, sequence: Sequence): void {
  sequence.endTick = fleet.now;
  lane.totals.completed += 1;
  lane.running.splice(lane.running.indexOf(sequence), 1);
  lane.memory.release(sequence);
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

  const stage = prefillStageOf(lane.pool);
  if (stage !== null && sequence.crossing.promptTick === null) {
    sequence.crossing.promptTick = now;
    if (stage.firstToken === "decode") return false;
  }
  emit(lane, sequence, decoded, now);
  return true;
}

function emit(lane: Lane, sequence: Sequence, decoded: boolean, now: bigint): void {
  sequence.generated += 1;
  if (sequence.generated > 1) {
    const steady = decoded && lane.lastEmitted.has(sequence);
    countGap(lane.totals, steady ? lane.iteration!.durationTicks : now - sequence.lastTokenTick!);
  }
  sequence.firstTokenTick ??= now;
  sequence.lastTokenTick = now;
  if (sequence.crossing.handedOver) sequence.crossing.decodeTokenTick ??= now;
}

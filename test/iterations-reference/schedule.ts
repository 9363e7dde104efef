/** Section "One iteration": which requests get how many tokens. */
import type { CoreServing } from "../../host/core/run-spec.js";
import { type Lane, preempt, victimOf } from "./lane.js";
import { decodes, type Sequence } from "./sequence.js";
import type { StagedFleet } from "./stages/fleet.js";
import { seatLanded } from "./stages/landing.js";

interface SchedulerRules {
  /** Whether an iteration has a budget of tokens. */
  hasBudget: boolean;
  longPrompts: "cut" | "cut or whole, as asked" | "whole";
  /** Whether there is a limit to the prompt tokens of one request in one iteration. */
  capsChunks: boolean;
  /** What blocks are allocated for: tokens computed so far, the whole prompt at admission, the longest request at admission. */
  allocation: "computed" | "prompt" | "longest";
  order: "running then waiting" | "waiting else running" | "waiting when nothing runs, else running";
}

const RULES: Record<CoreServing["scheduler"], SchedulerRules> = {
  vllm: {
    hasBudget: true,
    longPrompts: "cut or whole, as asked",
    capsChunks: true,
    allocation: "computed",
    order: "running then waiting",
  },
  sarathi: {
    hasBudget: true,
    longPrompts: "cut",
    capsChunks: false,
    allocation: "prompt",
    order: "running then waiting",
  },
  orca: {
    hasBudget: false,
    longPrompts: "whole",
    capsChunks: false,
    allocation: "longest",
    order: "running then waiting",
  },
  "vllm-v0": {
    hasBudget: true,
    longPrompts: "whole",
    capsChunks: false,
    allocation: "prompt",
    order: "waiting else running",
  },
  static: {
    hasBudget: false,
    longPrompts: "whole",
    capsChunks: false,
    allocation: "longest",
    order: "waiting when nothing runs, else running",
  },
};

/** What an iteration begins with. */
export interface Plan {
  /** Empty: nobody can run. */
  tokens: ReadonlyMap<Sequence, number>;
  /** In this order. */
  preempted: readonly Sequence[];
  admitted: readonly Sequence[];
}

interface Batch {
  left: number;
  tokens: Map<Sequence, number>;
  preempted: Sequence[];
  admitted: Sequence[];
}

function rulesOf(lane: Lane): SchedulerRules {
  return RULES[lane.pool.serving.scheduler];
}

function inChunks(lane: Lane): boolean {
  const { longPrompts } = rulesOf(lane);
  return longPrompts === "cut" || (longPrompts === "cut or whole, as asked" && lane.pool.serving.chunked);
}

function budgetOf(lane: Lane): number {
  return (rulesOf(lane).hasBudget ? lane.pool.serving.maxNumBatchedTokens : null) ?? Infinity;
}

function mostInChunk(lane: Lane): number {
  return (rulesOf(lane).capsChunks ? lane.pool.serving.chunk : null) ?? Infinity;
}

/** Plans the iteration that starts now: seats, admits, preempts, takes blocks, and answers each request's tokens. */
export function plan(fleet: StagedFleet, lane: Lane): Plan {
  const { now } = fleet;
  const batch: Batch = { left: budgetOf(lane), tokens: new Map(), preempted: [], admitted: [] };
  seatLanded(fleet, lane);
  switch (rulesOf(lane).order) {
    case "running then waiting": {
      runningPhase(lane, batch);
      if (batch.preempted.length === 0) waitingPhase(lane, batch, now);
      break;
    }
    case "waiting else running":
      waitingPhase(lane, batch, now);
      if (batch.tokens.size === 0) runningPhase(lane, batch);
      break;
    case "waiting when nothing runs, else running":
      if (lane.running.length === 0) waitingPhase(lane, batch, now);
      if (batch.tokens.size === 0) runningPhase(lane, batch);
      break;
  }
  if (batch.tokens.size === 0 && lane.pool.stage === undefined) throw new Error("an iteration without tokens");
  return batch;
}

function runningPhase(lane: Lane, batch: Batch): void {
  if (setsDecodesAside(lane)) batch.left -= lane.running.filter(decodes).length;
  for (const sequence of [...lane.running]) {
    if (!lane.running.includes(sequence)) continue;
    const tokens = decodes(sequence) ? 1 : nextChunk(lane, batch, sequence.prompt - sequence.computed);
    if (tokens <= 0) continue;
    const need = blocksToGoOn(lane, sequence, tokens);
    while (need > lane.memory.free && lane.running.includes(sequence)) {
      const victim = victimOf(lane);
      batch.left += setsDecodesAside(lane) && decodes(victim) ? 1 : (batch.tokens.get(victim) ?? 0);
      batch.tokens.delete(victim);
      preempt(lane, victim);
      batch.preempted.push(victim);
    }
    if (!lane.running.includes(sequence)) continue;
    lane.memory.take(sequence, need);
    give(batch, sequence, tokens, setsDecodesAside(lane) && decodes(sequence) ? 0 : tokens);
  }
  for (const [sequence, tokens] of batch.tokens) lane.memory.insert(sequence, tokens);
}

/** Whether the tokens of those who decode are taken from the budget before any turn. */
function setsDecodesAside({ pool }: Lane): boolean {
  return pool.stage?.role === "decode";
}

function nextChunk(lane: Lane, batch: Batch, rest: number): number {
  return Math.min(rest, mostInChunk(lane), batch.left);
}

function blocksToGoOn(lane: Lane, sequence: Sequence, tokens: number): number {
  const { allocation } = rulesOf(lane);
  const { memory } = lane;
  if (decodes(sequence)) return allocation !== "longest" && sequence.computed % memory.blockSize === 0 ? 1 : 0;
  if (allocation !== "computed") return 0;
  return Math.ceil((sequence.computed + tokens) / memory.blockSize) - memory.ownedBy(sequence);
}

function give(batch: Batch, sequence: Sequence, tokens: number, fromLeft = tokens): void {
  batch.tokens.set(sequence, tokens);
  batch.left -= fromLeft;
}

/** Admits from the head of the queue; the head is never overtaken. */
function waitingPhase(lane: Lane, batch: Batch, now: bigint): void {
  while (lane.running.length < lane.seats && lane.queue.length > 0) {
    if (inChunks(lane) && batch.left <= 0) return;
    if (!admitHead(lane, batch, now)) return;
  }
}

function admitHead(lane: Lane, batch: Batch, now: bigint): boolean {
  const { memory, totals } = lane;
  const head = lane.queue[0]!;
  const units = memory.lookup(head, head.prompt);
  const cached = memory.tokensIn(units);
  const rest = head.prompt - cached;

  const tokens = inChunks(lane) ? nextChunk(lane, batch, rest) : rest;
  const anotherPrefills = [...batch.tokens.keys()].some((sequence) => !decodes(sequence));
  if (!inChunks(lane) && anotherPrefills && rest > batch.left) return false;

  const fresh = Math.ceil(tokensToAllocate(lane, head, cached + tokens) / memory.blockSize) - cached / memory.blockSize;
  const reserve = lane.running.length === 0 ? 0 : Math.floor(lane.pool.serving.watermark * memory.blocks);
  if (fresh + memory.blocksUnusedAmong(units) + reserve > memory.free) return false;

  lane.queue.shift();
  lane.running.push(head);
  memory.use(head, units);
  memory.take(head, fresh);
  head.computed = cached;
  head.startTick ??= now;
  head.admissionTick = now;
  batch.admitted.push(head);
  give(batch, head, tokens);
  memory.insert(head, tokens);
  totals.cachedTokens += cached;
  totals.promptTokens += head.prompt;
  return true;
}

function tokensToAllocate(lane: Lane, head: Sequence, afterwards: number): number {
  switch (rulesOf(lane).allocation) {
    case "computed":
      return afterwards;
    case "prompt":
      return head.prompt;
    case "longest":
      return lane.pool.maxCtx;
  }
}

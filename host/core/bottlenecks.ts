import * as C from "../../assembly/contract.js";
import type { Pool } from "../specs/fleet.js";
import type { Moment } from "./course.js";
import type { Reading } from "./reading.js";
import { judgeDecoding, judgeStability, type Stability, STRETCHES } from "./stability.js";

/** What cannot keep up in an overloaded staged fleet. */
export interface Bottleneck {
  /** Id of the pool that it belongs to. */
  pool: string;
  /**
   * `prompts`: the pool computes them as fast as it can. `link`: transfers from the pool wait for links. `decoding`: the pool has no room for what comes. `serving`: a pool that does both.
   */
  what: "prompts" | "link" | "decoding" | "serving";
  /** Ids of pools whose backlog grows for want of it, and not by themselves. */
  holds_up: string[];
}

/** Whether each pool keeps up, and what does not; `bottlenecks` of staged fleets alone. */
export interface PoolVerdicts {
  stabilities: Stability[];
  bottlenecks?: Bottleneck[];
}

/** Share of the time with an iteration running from which on a pool with a growing backlog is taken to work as fast as it can. */
const WORKING = 0.95;

/**
 * Judges every pool of a fleet. In a staged one a decode pool that takes in no more than it can serve shows no backlog of its own: requests wait in front of the prefill pool, whose memory
 * is held by finished prompts. So a prefill pool whose backlog grows while it stands idle is held up: by the link, if transfers wait for that most, or if it is they that fill the memory
 * of the decode pool; else by the decode pool, which is overloaded then as well.
 */
export function judgePools(reading: Reading, pools: readonly Pool[]): PoolVerdicts {
  const { course, stages } = reading;
  const moments = pools.map((_, index) => course.stretches(index, STRETCHES));
  if (stages === undefined) return { stabilities: moments.map(judgeStability) };
  const stabilities = moments.map((of, index) =>
    stages[index]?.role === "decode" ? judgeDecoding(of) : judgeStability(of),
  );
  const bottlenecks = new Bottlenecks(pools);
  stabilities.forEach(({ verdict }, index) => {
    if (verdict === "stable") return;
    const stage = stages[index];
    if (stage?.role !== "prefill") bottlenecks.add(index, stage ? "decoding" : "serving");
    else if (runningShare(moments[index]!, pools[index]!) >= WORKING) bottlenecks.add(index, "prompts");
    else if (waitsForLinks(reading.simulation.figures(index)) || isFullOfTransfers(moments[stage.decodePool]!))
      bottlenecks.add(index, "link");
    else bottlenecks.add(stage.decodePool, "decoding", index);
  });
  const heldUp = new Set(bottlenecks.found.filter(({ what }) => what === "decoding").map(({ pool }) => pool));
  return {
    stabilities: stabilities.map((own, index) =>
      heldUp.has(pools[index]!.id) ? { ...own, verdict: "overloaded" } : own,
    ),
    bottlenecks: bottlenecks.found,
  };
}

/** Share of the second half of the window that the lanes of a pool ran. */
function runningShare(moments: readonly Moment[], { replicas, serving }: Pool): number {
  const from = moments[STRETCHES / 2]!;
  const to = moments[STRETCHES]!;
  const ticks = to.tick - from.tick;
  return ticks > 0 ? (to.lanesBusyArea - from.lanesBusyArea) / (replicas * serving.pp * ticks) : 1;
}

/** Whether transfers wait for links longer than for memory, and longer than they take. */
function waitsForLinks(row: Float64Array): boolean {
  const memory = row[C.FIGURE_GRANT_SUM]!;
  const link = row[C.FIGURE_LINK_WAIT_SUM]!;
  return link > memory && link > row[C.FIGURE_TRANSFER_SUM]! - memory - link;
}

/** Whether in the second half of the window most of the memory that a decode pool used belonged to nobody who ran. */
function isFullOfTransfers(moments: readonly Moment[]): boolean {
  const from = moments[STRETCHES / 2]!;
  const to = moments[STRETCHES]!;
  return 2 * (to.outsideArea - from.outsideArea) > to.kvArea - from.kvArea;
}

/** What was found, each pool and matter once, in the order of finding. */
class Bottlenecks {
  readonly found: Bottleneck[] = [];

  constructor(private readonly pools: readonly Pool[]) {}

  add(index: number, what: Bottleneck["what"], heldUp?: number): void {
    const pool = this.pools[index]!.id;
    let bottleneck = this.found.find((one) => one.pool === pool && one.what === what);
    if (bottleneck === undefined) {
      bottleneck = { pool, what, holds_up: [] };
      this.found.push(bottleneck);
    }
    if (heldUp !== undefined) bottleneck.holds_up.push(this.pools[heldUp]!.id);
  }
}

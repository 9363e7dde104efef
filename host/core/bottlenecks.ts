import { TICKS_PER_SECOND } from "../../assembly/contract.js";
import type { Pool } from "../specs/fleet.js";
import type { PoolStage } from "../specs/pool-stage.js";
import type { Moment } from "./course.js";
import type { Reading } from "./reading.js";
import { decodeLoad, isTooMuch } from "./decode-load.js";
import { judgeStability, type Stability, STRETCHES } from "./stability.js";

/** What cannot keep up in an overloaded staged fleet. */
export interface Bottleneck {
  /** Id of the pool that it belongs to. */
  pool: string;
  /** `prompts`: the pool computes them as fast as it can. `link`: its links carry too little. `decoding`: it has no room for what comes. `serving`: a pool that does both cannot keep up. */
  what: "prompts" | "link" | "decoding" | "serving";
  /** Ids of prefill pools whose backlog grows for want of it, and not by themselves. */
  holds_up: string[];
}

/** Whether each pool keeps up, and what does not; `bottlenecks` of staged fleets alone. */
export interface PoolVerdicts {
  stabilities: Stability[];
  bottlenecks?: Bottleneck[];
}

/** Share of the time with an iteration running, or of the seats taken, from which on a pool with a growing backlog is taken to do what it can. */
const FULL = 0.95;

/**
 * Judges every pool of a fleet. In a staged one a decode pool may be overloaded without a backlog of its own. In a short run its batches still grow: then {@link decodeLoad} tells. Or it takes in
 * no more than it can serve, and requests wait in front of the prefill pool, whose memory is held by finished prompts. So a prefill pool whose backlog grows while it stands idle is held up by what comes after it: by the links, if what fills the decode pool is not who runs
 * there; else by the decode pool, which is overloaded then as well.
 */
export function judgePools(reading: Reading, pools: readonly Pool[]): PoolVerdicts {
  const { course, stages } = reading;
  const moments = pools.map((_, index) => course.stretches(index, STRETCHES));
  if (stages === undefined) return { stabilities: moments.map(judgeStability) };
  const stabilities = moments.map((of, index) =>
    stages[index]?.role === "decode" ? judgeDecoding(reading, pools[index]!, index) : judgeStability(of),
  );
  const bottlenecks = new Bottlenecks(pools, stages, moments);
  stabilities.forEach(({ verdict }, index) => {
    if (verdict === "overloaded") bottlenecks.find(index);
  });
  const full = new Set(bottlenecks.found.filter(({ what }) => what === "decoding").map(({ pool }) => pool));
  return {
    stabilities: stabilities.map((own, index) =>
      full.has(pools[index]!.id) ? { ...own, verdict: "overloaded" } : own,
    ),
    bottlenecks: bottlenecks.found,
  };
}

function judgeDecoding({ simulation, course }: Reading, pool: Pool, index: number): Stability {
  const own = judgeStability(course.stretches(index, STRETCHES));
  const window = course.window(index);
  const load = decodeLoad(pool, simulation.figures(index), window);
  const isOverloaded = isTooMuch(load, window.end.takenOver - window.begin.takenOver);
  return { ...own, ...(isOverloaded ? { verdict: "overloaded" } : {}), load };
}

/** What stands in the way of pools with a growing backlog, each pool and matter once, in the order of finding. All shares are over the second half of the window. */
class Bottlenecks {
  readonly found: Bottleneck[] = [];

  constructor(
    private readonly pools: readonly Pool[],
    private readonly stages: readonly (PoolStage | undefined)[],
    private readonly moments: readonly (readonly Moment[])[],
  ) {}

  /** Finds what stands in the way of a pool. */
  find(index: number): void {
    const stage = this.stages[index];
    if (stage === undefined) this.add(index, "serving");
    else if (stage.role === "decode") this.addBehind(index);
    else if (this.runningShare(index) >= FULL) this.add(index, "prompts");
    else this.addBehind(stage.decodePool, index);
  }

  /** The decode pool or the links before it. Links that carry all they can fill no seats, but leave a decode pool with hardly anything besides those who run. */
  private addBehind(decode: number, heldUp?: number): void {
    const links = this.busiestLinks(decode);
    const isLink = this.seatShare(decode) < FULL && (this.linkShare(links) >= FULL || !this.isFullOfRunning(decode));
    if (isLink) this.add(links, "link", heldUp);
    else this.add(decode, "decoding", heldUp);
  }

  private runningShare(index: number): number {
    const { replicas, serving } = this.pools[index]!;
    const ticks = this.grown(index, "tick");
    return ticks > 0 ? this.grown(index, "lanesBusyArea") / (replicas * serving.pp * ticks) : 1;
  }

  private seatShare(index: number): number {
    const { replicas, serving } = this.pools[index]!;
    const seats = replicas * serving.maxNumSeqs * this.grown(index, "tick");
    return seats > 0 ? this.grown(index, "busyArea") / seats : 1;
  }

  /** Whether running requests take most of the memory in use in a decode pool. */
  private isFullOfRunning(index: number): boolean {
    return 2 * this.grown(index, "outsideArea") <= this.grown(index, "kvArea");
  }

  /** What the links of a pool carried, of what they could. */
  private linkShare(index: number): number {
    const seconds = this.grown(index, "tick") / TICKS_PER_SECOND;
    return (
      this.grown(index, "linkBytes") / (this.pools[index]!.replicas * this.stages[index]!.link.bytesPerS * seconds)
    );
  }

  /** Of a decode pool and those that hand over to it, the one whose links carried most of what they could. */
  private busiestLinks(decode: number): number {
    const sides = this.stages.flatMap((stage, index) =>
      stage?.role === "prefill" && stage.decodePool === decode ? [index] : [],
    );
    return [...sides, decode].reduce((best, index) => (this.linkShare(index) > this.linkShare(best) ? index : best));
  }

  private grown(index: number, field: keyof Moment): number {
    const moments = this.moments[index]!;
    return moments[STRETCHES]![field] - moments[STRETCHES / 2]![field];
  }

  private add(index: number, what: Bottleneck["what"], heldUp?: number): void {
    const pool = this.pools[index]!.id;
    let bottleneck = this.found.find((one) => one.pool === pool && one.what === what);
    if (bottleneck === undefined) {
      bottleneck = { pool, what, holds_up: [] };
      this.found.push(bottleneck);
    }
    if (heldUp !== undefined) bottleneck.holds_up.push(this.pools[heldUp]!.id);
  }
}

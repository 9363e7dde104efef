import {
  RUN_CONCURRENCY,
  RUN_RAMP,
  RUN_REPLICATION,
  RUN_SEED,
  RUN_THINK,
  RUN_THINK_EXPONENTIAL,
  STREAM_THINK,
} from "./contract";
import { NEVER_TICK, Tick, tickOf } from "./clock";
import { streamKey, uniform } from "./random";
import { SlotHeaps } from "./slot-heaps";

/** The users of a closed loop: each waits for the answer to its request, thinks, and sends the next. Only those who are about to send are kept, in a heap. */
export class Users {
  private readonly ready: SlotHeaps;
  private count: i32 = 0;
  private settled: u64 = 0;
  private readonly think: f64;
  private readonly exponential: bool;
  private readonly key: u64;

  constructor(run: StaticArray<f64>) {
    const users = <i32>run[RUN_CONCURRENCY];
    this.ready = new SlotHeaps(users);
    this.think = run[RUN_THINK];
    this.exponential = run[RUN_THINK_EXPONENTIAL] != 0;
    this.key = streamKey(<u64>run[RUN_SEED], <u64>run[RUN_REPLICATION], STREAM_THINK);
    for (let user = 0; user < users; user++) this.add(tickOf((<f64>user * run[RUN_RAMP]) / <f64>users));
  }

  /** When the next request is sent, NEVER_TICK if all users wait for an answer. */
  get firstTick(): Tick {
    return this.count == 0 ? NEVER_TICK : this.ready.firstTick(0);
  }

  /** The first user sends. */
  send(): void {
    this.ready.removeFirst(0, this.count--);
  }

  /** A request was settled at `tick`; its user thinks. */
  release(tick: Tick): void {
    let think = this.think;
    if (this.exponential) think *= -Math.log(1 - uniform(this.key, this.settled));
    this.settled++;
    this.add(tick + tickOf(think));
  }

  private add(tick: Tick): void {
    this.ready.push(0, this.count++, tick, 0);
  }
}

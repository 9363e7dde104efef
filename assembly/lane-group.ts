import { Tick } from "./clock";
import { Pool } from "./fleet";
import { Request } from "./ledger";
import { HandoverQueue } from "./handover-queue";
import { Lane } from "./lane";
import { Link } from "./link";
import { Serving } from "./serving";
import { Users } from "./users";

/** A replica: lanes that share the stages of a pipeline and nothing else. Keeps the counts of its pool, and tells the balancer. */
export class LaneGroup {
  /** Requests in its lanes, waiting and running. */
  outstanding: i32 = 0;
  /** Requests that were handed over and have not landed. */
  private held: i32 = 0;
  private waiting: i32 = 0;
  /** When each stage is free. */
  private readonly stageFree: StaticArray<Tick>;
  /** Its link, if its pool hands over or takes over. */
  readonly link: Link | null;
  /** Who is to ask a decode lane for memory, in order; and whether somebody does. */
  readonly outbox: HandoverQueue | null;
  asks: bool = false;
  /** Inputs of its requests whose first prompt is not computed, where requests are spilled. */
  pendingTokens: f64 = 0;
  readonly lanes: StaticArray<Lane>;

  constructor(
    readonly pool: Pool,
    readonly serving: Serving,
    /** Number in its pool. */
    readonly index: i32,
    private readonly compressLatency: Tick,
    private readonly users: Users | null,
  ) {
    this.stageFree = new StaticArray<Tick>(serving.pp);
    this.lanes = new StaticArray<Lane>(serving.pp);
    this.link = serving.prefills || serving.decodes ? new Link(serving.stage!.bandwidth) : null;
    this.outbox = serving.prefills && serving.stage!.pushes ? new HandoverQueue() : null;
  }

  /** The lane with the fewest requests; ties: the lowest. */
  get leastLane(): Lane {
    let least = this.lanes[0];
    for (let i = 1; i < this.lanes.length; i++) {
      if (this.lanes[i].outstanding < least.outstanding) least = this.lanes[i];
    }
    return least;
  }

  /** Seats of all lanes. */
  get seats(): i32 {
    return this.serving.seats * this.serving.pp;
  }

  /** A request joined the queue of a lane. */
  @inline
  enter(request: Request): void {
    request.replica = this.index;
    this.outstanding++;
    this.waiting++;
    this.pool.waiting++;
    this.tell();
  }

  /** A request was taken from a queue into a running list at `tick`. */
  @inline
  admit(request: Request, tick: Tick): void {
    request.start = min(request.start, tick);
    this.waiting--;
    this.pool.waiting--;
    this.pool.busy++;
    this.tell();
  }

  /** A running request went back to its queue. */
  preempt(request: Request): void {
    if (request.preemptions < u16.MAX_VALUE) request.preemptions++;
    this.waiting++;
    this.pool.waiting++;
    this.pool.busy--;
    this.tell();
  }

  /** A running request is complete. */
  @inline
  complete(request: Request, tick: Tick): void {
    const pool = this.pool;
    this.outstanding--;
    pool.busy--;
    pool.completed++;
    pool.outputTokens += <f64>request.output;
    pool.e2eSum += <f64>(tick - (this.serving.decodes ? request.reached : request.entry(this.compressLatency)));
    this.tell();
    const users = this.users;
    if (users != null) users.release(tick);
  }

  /** A request is to come from another pool. */
  expect(): void {
    this.outstanding++;
    this.waiting++;
    this.tell();
  }

  /** It will not come. */
  expectNoMore(): void {
    this.outstanding--;
    this.waiting--;
    this.tell();
  }

  /** It came, and has a seat. */
  @inline
  seat(): void {
    this.waiting--;
    this.pool.waiting--;
    this.pool.busy++;
    this.tell();
  }

  /** A running request leaves to another pool at `tick`. */
  @inline
  handOver(request: Request, tick: Tick): void {
    const pool = this.pool;
    this.outstanding--;
    this.held++;
    pool.busy--;
    pool.stage!.handedOver++;
    pool.e2eSum += <f64>(tick - request.entry(this.compressLatency));
    this.tell();
  }

  /** One that was handed over has landed. */
  letGo(): void {
    this.held--;
    this.tell();
  }

  /** Sends an iteration that starts at `tick` through the pipeline, `stage` ticks a stage; answers when it leaves the last one. */
  pipe(tick: Tick, stage: Tick): Tick {
    const free = this.stageFree;
    for (let i = 0; i < free.length; i++) {
      tick = max(tick, free[i]) + stage;
      free[i] = tick;
    }
    return tick;
  }

  @inline
  private tell(): void {
    const balancer = this.pool.balancer!;
    // One queue sends to whoever has a seat.
    const held = this.pool.sharedQueue == null ? this.held : 0;
    balancer.setOutstanding(this.index, this.outstanding + held);
    balancer.setWaiting(this.index, this.waiting);
  }
}

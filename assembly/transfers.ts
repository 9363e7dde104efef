import { LATEST_TICK, nearestTick, Tick } from "./clock";
import { TICKS_PER_SECOND } from "./contract";
import { LaneGroup } from "./lane-group";
import { LandingQueue } from "./landing-queue";
import { Link } from "./link";
import { Request } from "./ledger";
import { SharedLinks } from "./shared-links";
import { Stage } from "./stage";

/** No request lands. */
export const NOBODY: i64 = -1;

/** Payload of a landing in the queue; others are one more than the number of a transfer that ends. */
const LANDING: u32 = 0;

/** Entries of the queue that may be out of date before they are cleared away. */
const SPARE: i32 = 1024;

/** Keys and values on their way: when they land. */
export class Transfers {
  private readonly queue: LandingQueue;
  private readonly links: SharedLinks;
  /** Entries of the queue that are landings. */
  private landings: i32 = 0;

  constructor() {
    const queue = new LandingQueue();
    this.queue = queue;
    this.links = new SharedLinks(queue);
  }

  /** Tick of the next event, NEVER_TICK if there is none. */
  @inline
  get firstTick(): Tick {
    return this.queue.firstTick;
  }

  /** A request sets out at `tick`: its prompt of `input` tokens is computed and memory granted. */
  begin(
    ordinal: u32,
    request: Request,
    input: u32,
    stage: Stage,
    source: LaneGroup,
    target: LaneGroup,
    tick: Tick,
  ): void {
    const from = source.link!;
    const to = target.link!;
    const bytes = stage.bytesOf(stage.tokensOver(input));
    const first = ticksOn(from, bytes);
    const second = ticksOn(to, bytes);
    const serial = max(1, max(first, second));
    const alone = endAlone(request, stage, serial);
    if (stage.shared) {
      this.links.begin(ordinal, from, to, bytes, stage.latency, tick);
      this.clear();
      return;
    }
    const ready = stage.layerwise ? max(firstLayer(request, stage), request.granted) : tick;
    const begun = max(ready, from.free);
    const sent = take(from, begun, first, lastLayer(request, stage, first));
    const done = take(to, max(begun, to.free), second, max(sent, lastLayer(request, stage, second)));
    this.land(ordinal, max(alone, done) + stage.latency);
  }

  /** Lets the next event happen; answers the request that lands by it, or NOBODY. */
  happen(): i64 {
    const queue = this.queue;
    const tick = queue.firstTick;
    const ordinal = queue.firstOrdinal;
    const payload = queue.firstPayload;
    queue.pop();
    if (payload == LANDING) {
      this.landings--;
      this.surface();
      return <i64>ordinal;
    }
    const landing = this.links.end(<i32>payload - 1, tick);
    if (landing > tick) this.land(ordinal, landing);
    this.clear();
    return landing > tick ? NOBODY : <i64>ordinal;
  }

  /** Ticks by which other transfers delayed that of a request that landed. */
  delay(request: Request, input: u32, stage: Stage, source: LaneGroup, target: LaneGroup): Tick {
    const bytes = stage.bytesOf(stage.tokensOver(input));
    const serial = max(1, max(ticksOn(source.link!, bytes), ticksOn(target.link!, bytes)));
    return request.landed - stage.latency - endAlone(request, stage, serial);
  }

  private land(ordinal: u32, tick: Tick): void {
    this.queue.push(tick, ordinal, LANDING);
    this.landings++;
  }

  /** Lets no entry that is out of date be the first. */
  private surface(): void {
    while (this.queue.length > 0 && !this.holds(0)) this.queue.pop();
  }

  @inline
  private holds(i: i32): bool {
    const payload = this.queue.payloadAt(i);
    if (payload == LANDING) return true;
    return this.links.holds(<i32>payload - 1, this.queue.ordinalAt(i), this.queue.tickAt(i));
  }

  /** Drops entries that are out of date: those at the head, or all where there are many. */
  private clear(): void {
    this.surface();
    const queue = this.queue;
    const length = queue.length;
    if (length <= this.landings + 4 * this.links.count + SPARE) return;
    // In place: an entry is read before the heap in front of it has grown that far.
    queue.length = 0;
    for (let i = 0; i < length; i++) {
      if (this.holds(i)) queue.push(queue.tickAt(i), queue.ordinalAt(i), queue.payloadAt(i));
    }
  }
}

/** How long a link is taken by `bytes`. */
function ticksOn(link: Link, bytes: f64): Tick {
  if (link.bandwidth == Infinity) return 0;
  return nearestTick(Math.min((bytes / link.bandwidth) * <f64>TICKS_PER_SECOND, <f64>(LATEST_TICK >> 2)));
}

/** Takes a link from `begin` on for `ticks`, at least until `end`; answers when it is free again. One without limit is always free. */
function take(link: Link, begin: Tick, ticks: Tick, end: Tick): Tick {
  const done = min(max(begin + ticks, end), LATEST_TICK >> 1);
  if (link.bandwidth != Infinity) link.free = done;
  return done;
}

/** When the first layer of a prompt was computed, which took all layers alike. */
function firstLayer(request: Request, stage: Stage): Tick {
  return request.admitted + (request.prompted - request.admitted) / stage.layers;
}

/** When the last layer has crossed a link that all layers take for `ticks`, if it crosses as soon as it is computed; 0 where layers do not go by themselves. */
function lastLayer(request: Request, stage: Stage, ticks: Tick): Tick {
  return stage.layerwise ? request.prompted + ticks / stage.layers : 0;
}

/** When a request whose prompt is computed and whose memory is granted would have crossed if nobody else did, latency apart. */
function endAlone(request: Request, stage: Stage, serial: Tick): Tick {
  const prompted = request.prompted;
  if (!stage.layerwise) return max(prompted, request.granted) + serial;
  const layer = max<Tick>(1, serial / stage.layers);
  return max(prompted + layer, max(firstLayer(request, stage), request.granted) + serial);
}

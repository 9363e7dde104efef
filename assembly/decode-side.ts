import { Tick } from "./clock";
import { DecodeSet } from "./decode-set";
import { HandoverQueue } from "./handover-queue";
import { LaneGroup } from "./lane-group";
import { LaneMemory } from "./lane-memory";
import { Ledger, Request } from "./ledger";
import { SeatList, Seats } from "./seats";
import { Serving } from "./serving";
import { STAGE_SEATED } from "./stage";

/** What a lane of a decode pool does beside other lanes: requests ask it for memory, land in it, and take seats to decode. */
export class DecodeSide {
  /** Who asks for memory, in order. */
  readonly intake: HandoverQueue = new HandoverQueue();
  /** Who has landed and has no seat, in order. */
  readonly landed: HandoverQueue = new HandoverQueue();
  /** How many are granted and have no seat. */
  promised: i32 = 0;
  /** Who took a seat at the start of the iteration under way. */
  private readonly seated: SeatList = new SeatList();

  constructor(
    private readonly ledger: Ledger,
    private readonly group: LaneGroup,
    private readonly serving: Serving,
    private readonly seats: Seats,
    private readonly memory: LaneMemory,
    private readonly decodes: DecodeSet,
  ) {}

  /** Landed requests take free seats, in order, and decode from `tick` on. */
  seatLanded(tick: Tick): void {
    const landed = this.landed;
    this.seated.length = 0;
    while (landed.length > 0 && this.seats.count < this.serving.seats) {
      const ordinal = landed.pop(this.ledger);
      const request = this.ledger.at(ordinal);
      this.promised--;
      this.memory.outside -= request.taken;
      this.serving.stage!.shift(-request.taken, tick);
      request.stage = STAGE_SEATED;
      this.seat(ordinal, request);
      this.group.seat();
    }
  }

  /** Whether the iteration under way is the first for somebody. */
  @inline
  get emitsFirst(): bool {
    return this.seated.length > 0;
  }

  private seat(ordinal: u32, request: Request): void {
    const seat = this.seats.take();
    const record = this.seats.at(seat);
    record.ordinal = ordinal;
    record.input = this.serving.inputOf(request);
    record.output = request.output;
    record.generated = request.generated;
    record.computed = record.input + request.generated - 1;
    record.prompt = record.computed;
    record.tokens = 0;
    record.served = false;
    record.emitted = request.prompted;
    record.emittedIn = -1;
    this.decodes.join(seat, <i64>(record.output - record.generated));
    this.seated.push(seat);
  }

  /**
   * The iteration that ends at `tick` emits the first tokens of those who took a seat for it: the gap before them reaches back to the end of the prompt. Answers how
   * many these are.
   */
  emitFirst(tick: Tick): i32 {
    const seated = this.seated;
    let count = 0;
    for (let i = 0; i < seated.length; i++) {
      const record = this.seats.at(seated.at(i));
      if (!record.taken || !record.decodes) continue;
      const request = this.ledger.at(record.ordinal);
      request.emitted = tick;
      if (record.generated == 0) request.prefill = tick - request.start;
      else this.serving.gaps.add(tick - request.prompted, 1);
      count++;
    }
    seated.length = 0;
    return count;
  }
}

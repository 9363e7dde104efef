import { Tick } from "./clock";
import { Batch } from "./batch";
import { LaneGroup } from "./lane-group";
import { LaneMemory } from "./lane-memory";
import { Request } from "./ledger";
import { OrdinalList } from "./ordinal-list";
import { Seat, SeatList, Seats } from "./seats";
import { Stage } from "./stage";

/** What a lane of a prefill pool does beside other lanes: its requests leave when their prompts are computed, and their blocks stay until they have landed. */
export class PrefillSide {
  /** Seats whose prompts the present end computed and who are to be handed over, in the order of admission. */
  readonly prompted: SeatList = new SeatList();
  /** Requests that the present end completed, of those who may have asked for memory already. */
  readonly over: OrdinalList = new OrdinalList();
  /** Requests handed over from here that have not landed. */
  held: i32 = 0;

  constructor(
    private readonly stage: Stage,
    private readonly group: LaneGroup,
    private readonly seats: Seats,
    private readonly memory: LaneMemory,
    private readonly batch: Batch,
  ) {}

  /** The prompt of a request is computed at `tick`. Answers whether that completes it. */
  endPrompt(seat: i32, record: Seat, request: Request, tick: Tick): bool {
    const stage = this.stage;
    if (stage.spill != Infinity) this.group.pendingTokens -= <f64>record.input;
    request.prompted = tick;
    if (!stage.firstTokenAtDecode) {
      request.prefill = tick - request.start;
      record.generated = 1;
      if (record.output == 1) {
        if (!stage.pulls) this.over.push(record.ordinal);
        return true;
      }
    }
    this.prompted.push(seat);
    return false;
  }

  /** The request in `seat` leaves to another pool. Its blocks stay taken: answers how many. */
  handOver(seat: i32): i32 {
    const record = this.seats.at(seat);
    const blocks = this.batch.blocksOwned(record, record.computed);
    this.memory.outside += blocks;
    this.seats.leave(seat);
    this.held++;
    return blocks;
  }
}

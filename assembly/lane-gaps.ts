import { Tick } from "./clock";
import { DecodeSide } from "./decode-side";
import { GRAIN_BITS } from "./grains";
import { Jump } from "./jump";
import { SeatList, Seats } from "./seats";
import { Serving } from "./serving";

/** Counts the gaps before the tokens that the decodes of a lane emit: in a row of iterations mostly all alike, but for those who emit for the first time. */
export class LaneGaps {
  /** Requests that began to decode after the latest decode iteration, where prefills do not share iterations with decodes. */
  readonly joined: SeatList = new SeatList();

  constructor(
    private readonly serving: Serving,
    private readonly seats: Seats,
    private readonly jump: Jump,
    private readonly decodeSide: DecodeSide | null,
  ) {}

  /**
   * Of the next `iterations` of the jump, in each of which `n` requests emit: the first of them lasts from `begin` to `firstEnd`, and `ended` iterations of the lane
   * were before it, the latest with decodes being number `lastDecodeIn`, which ended at `lastDecode`.
   */
  @inline
  count(iterations: i64, n: i32, begin: Tick, firstEnd: Tick, ended: i64, lastDecodeIn: i64, lastDecode: Tick): void {
    const gaps = this.serving.gaps;
    const jump = this.jump;
    const even = this.serving.pp > 1 ? firstEnd - begin : jump.first >> GRAIN_BITS;
    let recent: i32;
    const decodeSide = this.decodeSide;
    if (decodeSide != null && decodeSide.emitsFirst) {
      recent = decodeSide.emitFirst(firstEnd);
      if (n > recent) gaps.add(even, n - recent);
    } else if (this.serving.mixes) {
      if (this.serving.pp > 1) gaps.add(even, n);
      else gaps.addSeries(jump.first, jump.rise, iterations, n);
      return;
    } else {
      // The first iteration after prefills of their own: the gap reaches back over those.
      recent = this.countJoined(firstEnd, even, ended);
      if (n > recent) gaps.add(lastDecodeIn == ended ? even : firstEnd - lastDecode, n - recent);
    }
    if (iterations > 1) gaps.addSeries(jump.first + jump.rise, jump.rise, iterations - 1, n);
  }

  /** Adds the gaps of those who emit their first token as decodes; answers how many these are. */
  private countJoined(end: Tick, even: Tick, ended: i64): i32 {
    const joined = this.joined;
    let recent = 0;
    for (let i = 0; i < joined.length; i++) {
      const record = this.seats.at(joined.at(i));
      if (!record.taken || !record.decodes) continue;
      this.serving.gaps.add(record.emittedIn == ended ? even : end - record.emitted, 1);
      recent++;
    }
    joined.length = 0;
    return recent;
  }
}

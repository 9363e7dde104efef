import * as C from "../../assembly/contract.js";
import type { ResultRows, StagedRows } from "../core/simulation.js";

/** The columns, in order. */
export const PER_REQUEST_COLUMNS = [
  "arrival_s",
  "input_tokens",
  "output_tokens",
  "pool",
  "replica",
  "status",
  "queue_wait_s",
  "ttft_s",
  "tpot_s",
  "e2e_s",
  "preemptions",
] as const;

/** Columns behind them where prefill and decode are apart, of requests that another pool decoded; empty for all others. */
export const STAGED_COLUMNS = ["decode_pool", "decode_replica", "transfer_s", "handover_s"] as const;

const STATUS_NAMES: Record<number, string> = {
  [C.STATUS_COMPLETED]: "completed",
  [C.STATUS_UNFINISHED]: "unfinished",
  [C.STATUS_TOO_LONG_FOR_POOL]: "too_long_for_pool",
  [C.STATUS_TOO_LONG_FOR_EVERY_POOL]: "too_long_for_every_pool",
  [C.STATUS_QUEUE_FULL]: "queue_full",
};

/** Longest row without the ids of pools: thirteen numbers, a status, commas. */
const LONGEST_ROW = 256;
const COMMA = 44;
const NEWLINE = 10;
const ZERO = 48;
const POINT = 46;
const TICKS_PER_SECOND = 1e9;
const DECIMALS = 9;

/**
 * Writes settled requests as CSV, one row a request, seconds with as many of nine decimals as they need, a figure that was not
 * reached, or that the request cannot have, as an empty field. Digits go straight into bytes: a million rows make some 70 MB, and a string for every field would cost more than the run.
 */
export class PerRequestCsv {
  private bytes = new Uint8Array(1 << 20);
  private length = 0;
  private readonly pools: readonly Uint8Array[];
  private readonly statuses: Record<number, Uint8Array>;

  /** @param poolIds Ids of the pools, in the order of the fleet; they need no quotes. */
  constructor(poolIds: readonly string[]) {
    const encoder = new TextEncoder();
    this.pools = poolIds.map((id) => encoder.encode(id));
    this.statuses = Object.fromEntries(
      Object.entries(STATUS_NAMES).map(([code, name]) => [code, encoder.encode(name)]),
    );
  }

  /**
   * The first line.
   *
   * @param isStaged Whether rows come from a fleet in which prefill and decode are apart.
   */
  static header(isStaged = false): Uint8Array {
    const columns = isStaged ? [...PER_REQUEST_COLUMNS, ...STAGED_COLUMNS] : PER_REQUEST_COLUMNS;
    return new TextEncoder().encode(columns.join(",") + "\n");
  }

  /** The rows as bytes, good until the next call. */
  encode(rows: ResultRows): Uint8Array {
    const { staged } = rows;
    this.length = 0;
    for (let i = 0; i < rows.count; i++) {
      const pool = this.pools[rows.pool[i]!];
      this.reserve(LONGEST_ROW + (pool?.length ?? 0));
      this.seconds(rows.arrival[i]!, COMMA);
      this.whole(rows.inputTokens[i]!, COMMA);
      this.whole(rows.outputTokens[i]!, COMMA);
      this.text(pool);
      this.index(rows.replica[i]!);
      this.text(this.statuses[rows.status[i]!]);
      this.seconds(rows.queueWait[i]!, COMMA);
      this.seconds(rows.ttft[i]!, COMMA);
      this.seconds(rows.tpot[i]!, COMMA);
      this.seconds(rows.e2e[i]!, COMMA);
      this.whole(rows.preemptions[i]!, staged ? COMMA : NEWLINE);
      if (staged) this.stagedFields(staged, i);
    }
    return this.bytes.subarray(0, this.length);
  }

  private stagedFields(rows: StagedRows, i: number): void {
    const pool = this.pools[rows.decodePool[i]!];
    this.reserve(LONGEST_ROW + (pool?.length ?? 0));
    this.text(pool);
    this.index(rows.decodeReplica[i]!);
    this.seconds(rows.transfer[i]!, COMMA);
    this.seconds(rows.handover[i]!, NEWLINE);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const bytes = new Uint8Array(2 * (this.length + more));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }

  private text(text: Uint8Array | undefined): void {
    if (text) {
      this.bytes.set(text, this.length);
      this.length += text.length;
    }
    this.bytes[this.length++] = COMMA;
  }

  /** Nothing where it is negative. */
  private index(value: number): void {
    if (value >= 0) this.whole(value, COMMA);
    else this.bytes[this.length++] = COMMA;
  }

  private whole(value: number, end: number): void {
    let digits = 1;
    for (let bound = 10; value >= bound; bound *= 10) digits++;
    this.digits(value, digits);
    this.bytes[this.length++] = end;
  }

  /** Ticks as seconds; nothing where they were not reached, or cannot be. */
  private seconds(ticks: number, end: number): void {
    if (ticks !== C.NEVER && ticks >= 0) {
      const whole = Math.floor(ticks / TICKS_PER_SECOND);
      let fraction = ticks - whole * TICKS_PER_SECOND;
      this.whole(whole, POINT);
      if (fraction === 0) {
        this.length--;
      } else {
        let decimals = DECIMALS;
        while (fraction % 10 === 0) {
          fraction /= 10;
          decimals--;
        }
        this.digits(fraction, decimals);
      }
    }
    this.bytes[this.length++] = end;
  }

  private digits(value: number, digits: number): void {
    for (let place = this.length + digits - 1; place >= this.length; place--) {
      const rest = Math.floor(value / 10);
      this.bytes[place] = ZERO + (value - 10 * rest);
      value = rest;
    }
    this.length += digits;
  }
}

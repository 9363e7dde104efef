import { Tables } from "./tables";

/**
 * The block ids of the requests that the ledger holds, and which unit of a prefix cache each of them uses: two rings that are written at the head when
 * a request arrives and freed at the tail when it retires.
 *
 *     starts    | ... place of request r | place of request r + 1 | ...          ring over ordinals
 *     ids       | ... id id id           | id id ...              | head         ring over places
 *     used      | ... unit or NOT_USED, beside its id
 *
 * 8 bytes an id and 4 a request.
 */
export class PromptUnits {
  private starts: StaticArray<u32> = new StaticArray<u32>(256);
  private ids: StaticArray<u32> = new StaticArray<u32>(1024);
  private used: StaticArray<i32> = new StaticArray<i32>(1024);
  /** Place of the next id, and of the oldest one held; they wrap. */
  private head: u32 = 0;
  private tail: u32 = 0;
  /** Ordinal after the latest one kept, and the oldest one held. */
  private next: u32 = 0;
  private oldest: u32 = 0;

  /** Whether the offsets of row `i` of the window lie in order within the ids. */
  isOrderly(tables: Tables, i: i32): bool {
    const from = tables.blockOffset[i];
    const to = tables.blockOffset[i + 1];
    return from <= to && to <= <u32>tables.blockId.length;
  }

  /** Takes the ids of row `i` for request `ordinal`, which is the next one. */
  keep(tables: Tables, i: i32, ordinal: u32): void {
    const from = tables.blockOffset[i];
    const count = tables.blockOffset[i + 1] - from;
    if (ordinal + 1 - this.oldest >= <u32>this.starts.length) this.growStarts();
    while (this.head + count - this.tail > <u32>this.ids.length) this.growIds();
    this.starts[ordinal & (this.starts.length - 1)] = this.head;
    const mask = <u32>(this.ids.length - 1);
    for (let j: u32 = 0; j < count; j++) {
      this.ids[(this.head + j) & mask] = tables.blockId[from + j];
      this.used[(this.head + j) & mask] = NOT_USED;
    }
    this.head += count;
    this.next = ordinal + 1;
    this.starts[this.next & (this.starts.length - 1)] = this.head;
  }

  /** Lets go of request `ordinal`, the oldest. */
  retire(ordinal: u32): void {
    this.oldest = ordinal + 1;
    this.tail = this.starts[this.oldest & (this.starts.length - 1)];
  }

  /** Ids of a request. */
  count(ordinal: u32): i32 {
    const mask = <u32>(this.starts.length - 1);
    return <i32>(this.starts[(ordinal + 1) & mask] - this.starts[ordinal & mask]);
  }

  /** Id of unit `j` of a request. */
  @inline
  id(ordinal: u32, j: i32): u32 {
    return this.ids[this.place(ordinal, j)];
  }

  /** What the request uses for its unit `j`: a unit of the cache of its lane, or NOT_USED. */
  @inline
  use(ordinal: u32, j: i32): i32 {
    return this.used[this.place(ordinal, j)];
  }

  @inline
  setUse(ordinal: u32, j: i32, unit: i32): void {
    this.used[this.place(ordinal, j)] = unit;
  }

  @inline
  private place(ordinal: u32, j: i32): i32 {
    return <i32>((this.starts[ordinal & (this.starts.length - 1)] + <u32>j) & (this.ids.length - 1));
  }

  private growStarts(): void {
    const length = 2 * this.starts.length;
    const starts = new StaticArray<u32>(length);
    for (let i = this.oldest; i != this.next + 1; i++)
      starts[i & (length - 1)] = this.starts[i & (this.starts.length - 1)];
    this.starts = starts;
  }

  private growIds(): void {
    const before = <u32>(this.ids.length - 1);
    const length = 2 * this.ids.length;
    const ids = new StaticArray<u32>(length);
    const used = new StaticArray<i32>(length);
    for (let place = this.tail; place != this.head; place++) {
      ids[place & (length - 1)] = this.ids[place & before];
      used[place & (length - 1)] = this.used[place & before];
    }
    this.ids = ids;
    this.used = used;
  }
}

/** The request uses no unit of the cache here. */
export const NOT_USED: i32 = -1;

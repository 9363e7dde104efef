import { NOT_USED, PromptUnits } from "./prompt-units";

const NONE: i32 = -1;

/**
 * The units of prompts whose keys and values lie in the memory of a lane, by the id that names them and all before them, with the running requests that use
 * each. Those that nobody uses stay until their blocks are needed, least recently used first. Bounded by the lane's memory; laid down as it fills.
 *
 *     slots     open addressing over ids, at most half full; a slot holds a unit, or NONE
 *     units     id | users | older | newer         older and newer: list of the units that nobody uses; older also chains the free ones
 */
export class PrefixCache {
  /** Units that nobody uses. */
  unused: i32 = 0;

  private capacity: i32 = 0;
  private ids: StaticArray<u32> = new StaticArray<u32>(0);
  private users: StaticArray<i32> = new StaticArray<i32>(0);
  private older: StaticArray<i32> = new StaticArray<i32>(0);
  private newer: StaticArray<i32> = new StaticArray<i32>(0);
  private slots: StaticArray<i32> = new StaticArray<i32>(0);
  private free: i32 = NONE;
  private oldest: i32 = NONE;
  private newest: i32 = NONE;

  constructor(
    private readonly prompts: PromptUnits,
    /** Tokens in a unit. */
    readonly unitTokens: u32,
  ) {}

  /** Units from the first on that the cache holds, of a request whose first `prompt` tokens are to be computed, `input` of them given. */
  lookup(ordinal: u32, input: u32, prompt: u32): i32 {
    const most = min(this.countOf(ordinal, input), <i32>((prompt - 1) / this.unitTokens));
    let held = 0;
    while (held < most && this.find(this.prompts.id(ordinal, held)) != NONE) held++;
    return held;
  }

  /** Of the first `count` units of the request, which the cache holds, those that nobody uses. */
  unusedAmong(ordinal: u32, count: i32): i32 {
    let unused = 0;
    for (let j = 0; j < count; j++) unused += i32(this.users[this.find(this.prompts.id(ordinal, j))] == 0);
    return unused;
  }

  /** The request uses its first `count` units, which the cache holds. */
  use(ordinal: u32, count: i32): void {
    for (let j = 0; j < count; j++) {
      const unit = this.find(this.prompts.id(ordinal, j));
      if (this.users[unit]++ == 0) this.takeFromUnused(unit);
      this.prompts.setUse(ordinal, j, unit);
    }
  }

  /** The tokens from `from` to below `to` of the request are computed: units that end among them are put in, and used by it, unless their id is there. */
  insert(ordinal: u32, input: u32, from: u32, to: u32): void {
    const end = min(this.countOf(ordinal, input), <i32>(to / this.unitTokens));
    for (let j = <i32>(from / this.unitTokens); j < end; j++) {
      const id = this.prompts.id(ordinal, j);
      if (this.find(id) == NONE) this.prompts.setUse(ordinal, j, this.add(id));
    }
  }

  /** The request uses nothing any more; answers how many units it used. */
  release(ordinal: u32): i32 {
    const prompts = this.prompts;
    let released = 0;
    for (let j = prompts.count(ordinal) - 1; j >= 0; j--) {
      const unit = prompts.use(ordinal, j);
      if (unit == NOT_USED) continue;
      prompts.setUse(ordinal, j, NOT_USED);
      if (--this.users[unit] == 0) this.addToUnused(unit);
      released++;
    }
    return released;
  }

  /** Drops the unit that has not been used for longest; there must be one. */
  evict(): void {
    const unit = this.oldest;
    this.takeFromUnused(unit);
    this.removeSlot(this.slotOf(this.ids[unit]));
    this.older[unit] = this.free;
    this.free = unit;
  }

  /** Units that lie wholly in the input. */
  private countOf(ordinal: u32, input: u32): i32 {
    return min(this.prompts.count(ordinal), <i32>(input / this.unitTokens));
  }

  private add(id: u32): i32 {
    if (this.free == NONE) this.grow();
    const unit = this.free;
    this.free = this.older[unit];
    this.ids[unit] = id;
    this.users[unit] = 1;
    this.slots[this.slotOf(id)] = unit;
    return unit;
  }

  private find(id: u32): i32 {
    return this.capacity == 0 ? NONE : this.slots[this.slotOf(id)];
  }

  /** The slot of the unit `id`, or the empty one where it would be. */
  private slotOf(id: u32): i32 {
    const mask = this.slots.length - 1;
    let slot = homeOf(id) & mask;
    while (this.slots[slot] != NONE && this.ids[this.slots[slot]] != id) slot = (slot + 1) & mask;
    return slot;
  }

  /** Empties a slot and moves up those behind it that would no longer be found (Knuth, The Art of Computer Programming 3, 6.4, algorithm R). */
  private removeSlot(hole: i32): void {
    const mask = this.slots.length - 1;
    let slot = hole;
    for (;;) {
      this.slots[hole] = NONE;
      for (;;) {
        slot = (slot + 1) & mask;
        if (this.slots[slot] == NONE) return;
        const home = homeOf(this.ids[this.slots[slot]]) & mask;
        // It may move unless its home lies after the hole, on the way to where it is.
        if (((slot - home) & mask) >= ((slot - hole) & mask)) break;
      }
      this.slots[hole] = this.slots[slot];
      hole = slot;
    }
  }

  private addToUnused(unit: i32): void {
    this.older[unit] = this.newest;
    this.newer[unit] = NONE;
    if (this.newest == NONE) this.oldest = unit;
    else this.newer[this.newest] = unit;
    this.newest = unit;
    this.unused++;
  }

  private takeFromUnused(unit: i32): void {
    const older = this.older[unit];
    const newer = this.newer[unit];
    if (older == NONE) this.oldest = newer;
    else this.newer[older] = newer;
    if (newer == NONE) this.newest = older;
    else this.older[newer] = older;
    this.unused--;
  }

  private grow(): void {
    const before = this.capacity;
    const capacity = max(2 * before, 16);
    this.ids = grown<u32>(this.ids, capacity);
    this.users = grown<i32>(this.users, capacity);
    this.older = grown<i32>(this.older, capacity);
    this.newer = grown<i32>(this.newer, capacity);
    this.slots = new StaticArray<i32>(2 * capacity);
    this.slots.fill(NONE);
    for (let unit = 0; unit < before; unit++) this.slots[this.slotOf(this.ids[unit])] = unit;
    for (let unit = capacity - 1; unit >= before; unit--) {
      this.older[unit] = this.free;
      this.free = unit;
    }
    this.capacity = capacity;
  }
}

function grown<T>(values: StaticArray<T>, length: i32): StaticArray<T> {
  const larger = new StaticArray<T>(length);
  for (let i = 0; i < values.length; i++) larger[i] = values[i];
  return larger;
}

/** Spreads ids that follow each other over the table (Fibonacci hashing). */
function homeOf(id: u32): i32 {
  return <i32>((id * 2654435769) >> 8);
}

/** KV memory of a lane with its prefix cache: sections "A request in a lane" and "Prefix caching". */
import type { ServingPool } from "./case.js";
import type { Sequence } from "./sequence.js";

/** Who owns blocks of a lane: a request, or what is granted to it elsewhere. */
export interface Holder {
  /** Blocks that are no unit's. */
  ownBlocks: number;
  /** Ids of the cached units that it uses, in prompt order. */
  units: number[];
}

export class LaneMemory {
  readonly blocks: number;
  readonly blockSize: number;
  /** Tokens of a unit; `null`: no prefix cache. */
  private readonly unitTokens: number | null;
  /** Blocks that belong to requests alone. */
  private ownBlocks = 0;
  /** Running requests that use each unit in memory, by id. */
  private readonly users = new Map<number, number>();
  /** Ids of units that nobody uses, least recently used first. */
  private readonly unused: number[] = [];

  constructor({ kvBlocks, blockSize, serving }: ServingPool) {
    this.blocks = Math.floor(kvBlocks / serving.pp);
    this.blockSize = blockSize;
    this.unitTokens = serving.prefixBlock;
  }

  private get blocksOfUnit(): number {
    return this.unitTokens === null ? 0 : this.unitTokens / this.blockSize;
  }

  /** Blocks in use: those of requests, and those of units that somebody uses. */
  get inUse(): number {
    return this.ownBlocks + (this.users.size - this.unused.length) * this.blocksOfUnit;
  }

  /** Free blocks; those of unused units count. */
  get free(): number {
    return this.blocks - this.inUse;
  }

  /** Blocks of no request and no unit. */
  private get blank(): number {
    return this.blocks - this.ownBlocks - this.users.size * this.blocksOfUnit;
  }

  ownedBy(holder: Holder): number {
    return holder.ownBlocks + holder.units.length * this.blocksOfUnit;
  }

  /** Takes free blocks, and drops unused units where blank blocks do not suffice. */
  take(holder: Holder, blocks: number): void {
    while (this.blank < blocks) {
      const dropped = this.unused.shift();
      if (dropped === undefined) throw new Error("took more blocks than are free");
      this.users.delete(dropped);
    }
    this.ownBlocks += blocks;
    holder.ownBlocks += blocks;
  }

  /** Ids of the row of cached units with which a prompt of so many tokens begins; one token at least stays to be computed. */
  lookup(sequence: Sequence, prompt: number): number[] {
    if (this.unitTokens === null) return [];
    const most = Math.floor((prompt - 1) / this.unitTokens);
    const row: number[] = [];
    for (const id of this.idsOf(sequence).slice(0, most)) {
      if (!this.users.has(id)) break;
      row.push(id);
    }
    return row;
  }

  tokensIn(units: readonly number[]): number {
    return units.length * (this.unitTokens ?? 0);
  }

  blocksUnusedAmong(units: readonly number[]): number {
    return units.filter((id) => this.users.get(id) === 0).length * this.blocksOfUnit;
  }

  /** A request begins to use cached units. */
  use(sequence: Sequence, units: readonly number[]): void {
    for (const id of units) {
      const users = this.users.get(id)!;
      if (users === 0) this.unused.splice(this.unused.indexOf(id), 1);
      this.users.set(id, users + 1);
      sequence.units.push(id);
    }
  }

  /** Puts the units into the cache that the next `tokens` tokens of a request complete. */
  insert(sequence: Sequence, tokens: number): void {
    if (this.unitTokens === null) return;
    const unitTokens = this.unitTokens;
    this.idsOf(sequence).forEach((id, unit) => {
      const end = (unit + 1) * unitTokens;
      if (end <= sequence.computed || end > sequence.computed + tokens || this.users.has(id)) return;
      this.users.set(id, 1);
      sequence.units.push(id);
      sequence.ownBlocks -= this.blocksOfUnit;
      this.ownBlocks -= this.blocksOfUnit;
    });
  }

  /** A request leaves: its own blocks are free, and its units, from the last to the first, have one user fewer. */
  release(holder: Holder): void {
    for (const id of [...holder.units].reverse()) {
      const users = this.users.get(id)! - 1;
      this.users.set(id, users);
      if (users === 0) this.unused.push(id);
    }
    this.ownBlocks -= holder.ownBlocks;
    holder.units = [];
    holder.ownBlocks = 0;
  }

  /** Ids of the units that lie wholly in the input. */
  private idsOf({ request, input }: Sequence): readonly number[] {
    return request.blockIds.slice(0, Math.floor(input / this.unitTokens!));
  }
}

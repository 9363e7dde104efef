import {
  ROUTER_COMPRESS,
  ROUTER_LABEL,
  ROUTER_LEAST_LOADED,
  ROUTER_LENGTH,
  ROUTER_RANDOM,
  ROUTER_SPILLOVER,
  RUN_BY_INPUT,
  RUN_DEFAULT_POOL,
  RUN_GAMMA,
  RUN_P_COMPRESS,
  RUN_REPLICATION,
  RUN_ROUTER,
  RUN_SAFE_HIGH,
  RUN_SAFE_LOW,
  RUN_SEED,
  RUN_SPILL_THRESHOLD,
  RUN_THRESHOLD,
  STREAM_COMPRESSION,
  STREAM_ROUTING,
} from "./contract";
import { Pool } from "./fleet";
import { streamKey, uniform } from "./random";

/** No pool for this request. */
export const NO_POOL: i32 = -1;

/** Names a pool for every request. The rules are those of docs/reference/slots-engine.md, section Routers. */
export class Router {
  /** The input that the last routed request has after compression; 0 where it was not compressed. */
  compressedInput: u32 = 0;
  /** Whether the last routed request went to the default pool for want of a label that names a pool. */
  byDefault: bool = false;

  private readonly kind: i32;
  private readonly threshold: f64;
  private readonly byInput: bool;
  private readonly compressLimit: f64;
  private readonly pCompress: f64;
  private readonly safe: u64;
  private readonly spillThreshold: f64;
  private readonly defaultPool: i32;
  private readonly routingKey: u64;
  private readonly compressionKey: u64;
  /** Pools by max_ctx, smallest first, equal ones in file order. */
  private readonly bySize: StaticArray<Pool>;
  private lastTaken: i32 = -1;

  constructor(
    run: StaticArray<f64>,
    /** Those that take arrivals, in the order of the fleet. */
    private readonly pools: StaticArray<Pool>,
    private readonly labelPool: StaticArray<i32>,
  ) {
    this.kind = <i32>run[RUN_ROUTER];
    this.threshold = run[RUN_THRESHOLD];
    this.byInput = run[RUN_BY_INPUT] != 0;
    this.compressLimit = run[RUN_GAMMA] * run[RUN_THRESHOLD];
    this.pCompress = run[RUN_P_COMPRESS];
    this.safe = (<u64>run[RUN_SAFE_LOW]) | ((<u64>run[RUN_SAFE_HIGH]) << 32);
    this.spillThreshold = run[RUN_SPILL_THRESHOLD];
    this.defaultPool = <i32>run[RUN_DEFAULT_POOL];
    this.routingKey = streamKey(<u64>run[RUN_SEED], <u64>run[RUN_REPLICATION], STREAM_ROUTING);
    this.compressionKey = streamKey(<u64>run[RUN_SEED], <u64>run[RUN_REPLICATION], STREAM_COMPRESSION);
    this.bySize = sortedBySize(pools);
  }

  /** Index of the pool for request `ordinal`, or NO_POOL. */
  @inline
  route(ordinal: u32, input: u32, output: u32, label: i32, category: i32): i32 {
    this.compressedInput = 0;
    this.byDefault = false;
    const total = input + output;
    const kind = this.kind;
    if (kind == ROUTER_LENGTH) return this.byLength(this.byInput ? input : total, total);
    if (kind == ROUTER_LABEL) return this.byLabel(label);
    if (kind == ROUTER_COMPRESS) return this.compressing(ordinal, input, output, category);
    if (kind == ROUTER_SPILLOVER) return this.spilling(total);
    if (kind == ROUTER_LEAST_LOADED) return this.leastLoaded(total);
    if (kind == ROUTER_RANDOM) return this.random(ordinal, total);
    return this.roundRobin(total);
  }

  /** Whether some pool holds a request of `total` tokens. */
  holds(total: u32): bool {
    return total <= this.bySize[this.bySize.length - 1].maxCtx;
  }

  @inline
  private byLength(size: u32, total: u32): i32 {
    if (this.threshold == 0) return this.firstThatHolds(total, 0);
    return <f64>size <= this.threshold ? this.bySize[0].index : this.aboveThreshold(total);
  }

  /** First pool that holds the request among all but the smallest; the only pool where there is but one. */
  private aboveThreshold(total: u32): i32 {
    return this.bySize.length == 1 ? this.bySize[0].index : this.firstThatHolds(total, 1);
  }

  @inline
  private firstThatHolds(total: u32, from: i32): i32 {
    const bySize = this.bySize;
    for (let i = from; i < bySize.length; i++) {
      if (total <= bySize[i].maxCtx) return bySize[i].index;
    }
    return NO_POOL;
  }

  private byLabel(label: i32): i32 {
    const named = label < this.labelPool.length ? this.labelPool[label] : NO_POOL;
    if (this.takesArrivals(named)) return named;
    this.byDefault = true;
    return this.defaultPool;
  }

  private takesArrivals(index: i32): bool {
    const pools = this.pools;
    // Where all pools take arrivals, they are where their indices say.
    if (<u32>index < <u32>pools.length && pools[index].index == index) return true;
    for (let p = 0; p < pools.length; p++) if (pools[p].index == index) return true;
    return false;
  }

  private compressing(ordinal: u32, input: u32, output: u32, category: i32): i32 {
    const total = <f64>(input + output);
    if (total <= this.threshold) return this.bySize[0].index;
    if (total <= this.compressLimit && (this.safe >> (<u64>category)) & 1 && this.threshold - <f64>output >= 1) {
      if (uniform(this.compressionKey, <u64>ordinal) < this.pCompress) {
        this.compressedInput = <u32>this.threshold - output;
        return this.bySize[0].index;
      }
    }
    return this.aboveThreshold(input + output);
  }

  private spilling(total: u32): i32 {
    if (<f64>total > this.threshold) return this.aboveThreshold(total);
    const smallest = this.bySize[0];
    if (<f64>smallest.outstanding / <f64>smallest.capacity < this.spillThreshold) return smallest.index;
    return this.aboveThreshold(total);
  }

  private leastLoaded(total: u32): i32 {
    const pools = this.pools;
    let best = NO_POOL;
    for (let p = 0; p < pools.length; p++) {
      const pool = pools[p];
      if (total > pool.maxCtx) continue;
      if (best == NO_POOL) best = p;
      else {
        const least = pools[best];
        if (<i64>pool.outstanding * <i64>least.capacity < <i64>least.outstanding * <i64>pool.capacity) best = p;
      }
    }
    return best == NO_POOL ? NO_POOL : pools[best].index;
  }

  private random(ordinal: u32, total: u32): i32 {
    const pools = this.pools;
    let holding = 0;
    for (let p = 0; p < pools.length; p++) holding += i32(total <= pools[p].maxCtx);
    if (holding == 0) return NO_POOL;
    let skip = <i32>(uniform(this.routingKey, <u64>ordinal) * <f64>holding);
    let p = 0;
    while (total > pools[p].maxCtx || skip-- > 0) p++;
    return pools[p].index;
  }

  private roundRobin(total: u32): i32 {
    const pools = this.pools;
    const count = pools.length;
    for (let step = 1; step <= count; step++) {
      const p = (this.lastTaken + step) % count;
      if (total <= pools[p].maxCtx) {
        this.lastTaken = p;
        return pools[p].index;
      }
    }
    return NO_POOL;
  }
}

function sortedBySize(pools: StaticArray<Pool>): StaticArray<Pool> {
  const sorted = new StaticArray<Pool>(pools.length);
  for (let p = 0; p < pools.length; p++) {
    let place = p;
    while (place > 0 && sorted[place - 1].maxCtx > pools[p].maxCtx) {
      sorted[place] = sorted[place - 1];
      place--;
    }
    sorted[place] = pools[p];
  }
  return sorted;
}

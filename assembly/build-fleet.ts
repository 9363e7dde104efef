import * as C from "./contract";
import { Balancer } from "./balancer";
import { Fifo } from "./fifo";
import { Pool, Replica } from "./fleet";
import { streamKey } from "./random";
import { Serving } from "./serving";
import { Stage } from "./stage";
import { Tables } from "./tables";

/** The pools that the tables describe. `gaps`: where the engine `iterations` counts the gaps between tokens. */
export function buildPools(tables: Tables, gaps: StaticArray<f64>): StaticArray<Pool> {
  const count = tables.pools.length / C.POOL_FIELDS;
  const batches = tables.run[C.RUN_ENGINE] == C.ENGINE_ITERATIONS;
  const staged = batches && isStaged(tables);
  const pools = new StaticArray<Pool>(count);
  let replicas = 0;
  for (let p = 0; p < count; p++) {
    const pool = readPool(tables, p, replicas);
    if (batches) {
      if (staged) pool.stage = new Stage(tables.pools, p);
      const serving = new Serving(tables, p, gaps, tables.run[C.RUN_STEP] != 0, pool.stage);
      pool.serving = serving;
      pool.slots = serving.seats * serving.pp;
    }
    pools[p] = pool;
    replicas += pool.replicas;
  }
  return pools;
}

/** Whether prefill and decode are apart somewhere in the fleet. */
export function isStaged(tables: Tables): bool {
  for (let row = 0; row < tables.pools.length; row += C.POOL_FIELDS) {
    if (tables.pools[row + C.POOL_ROLE] != C.ROLE_MIXED) return true;
  }
  return false;
}

/** Of a staged fleet, by pool: whether the decode side emits the first token. */
export function firstTokensAtDecode(pools: StaticArray<Pool>): StaticArray<bool> {
  const atDecode = new StaticArray<bool>(pools.length);
  for (let p = 0; p < pools.length; p++) atDecode[p] = pools[p].stage!.firstTokenAtDecode;
  return atDecode;
}

/** The pools that take arrivals. */
export function entryPools(pools: StaticArray<Pool>): StaticArray<Pool> {
  let count = 0;
  for (let p = 0; p < pools.length; p++) count += i32(takesArrivals(pools[p]));
  const entries = new StaticArray<Pool>(count);
  let place = 0;
  for (let p = 0; p < pools.length; p++) {
    if (takesArrivals(pools[p])) entries[place++] = pools[p];
  }
  return entries;
}

function takesArrivals(pool: Pool): bool {
  const stage = pool.stage;
  return stage == null || !stage.decodes;
}

function readPool(tables: Tables, index: i32, firstReplica: i32): Pool {
  const row = index * C.POOL_FIELDS;
  const fields = tables.pools;
  const pool = new Pool();
  pool.index = index;
  pool.firstReplica = firstReplica;
  pool.replicas = <i32>fields[row + C.POOL_REPLICAS];
  pool.slots = <i32>fields[row + C.POOL_SLOTS];
  pool.maxCtx = <u32>fields[row + C.POOL_MAX_CTX];
  pool.kvBlocks = <i32>fields[row + C.POOL_KV_BLOCKS];
  pool.blockSize = <u32>fields[row + C.POOL_BLOCK_SIZE];
  pool.W = fields[row + C.POOL_W];
  pool.H = fields[row + C.POOL_H];
  pool.calibrationCtx = fields[row + C.POOL_CALIBRATION_CTX];
  pool.chunk = <u32>fields[row + C.POOL_CHUNK];
  pool.maxQueue = <i32>fields[row + C.POOL_MAX_QUEUE];
  const shared = fields[row + C.POOL_SHARED_QUEUE] != 0;
  if (shared) pool.sharedQueue = new Fifo();
  const run = tables.run;
  const key = streamKey(<u64>run[C.RUN_SEED], <u64>run[C.RUN_REPLICATION], C.STREAM_BALANCING);
  const asked = <i32>fields[row + C.POOL_BALANCE];
  // A shared queue has nothing to balance but which idle slot to take: the replica with the fewest requests in service. And where no request bears the
  // ids of its prefix, the one with the fewest is also the best for it.
  const kind = shared || asked == C.BALANCE_PREFIX_AFFINITY ? C.BALANCE_LEAST_OUTSTANDING : asked;
  pool.balancer = new Balancer(kind, pool.replicas, key);
  return pool;
}

/** The replicas of all pools, for the engine `slots`. */
export function buildReplicas(pools: StaticArray<Pool>): StaticArray<Replica> {
  let count = 0;
  for (let p = 0; p < pools.length; p++) count += pools[p].replicas;
  const replicas = new StaticArray<Replica>(count);
  let number = 0;
  let base = 0;
  for (let p = 0; p < pools.length; p++) {
    const pool = pools[p];
    for (let i = 0; i < pool.replicas; i++) {
      const shared = pool.sharedQueue;
      replicas[number] = new Replica(pool, number, i, base, shared == null ? new Fifo() : shared);
      number++;
      base += pool.slots;
    }
  }
  return replicas;
}

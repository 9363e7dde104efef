import {
  ERROR_NONE,
  ERROR_POOL_FIELD,
  ERROR_RUN_FIELD,
  HANDOVER_PULL,
  HANDOVER_RESERVE,
  LINK_MODE_LAYERWISE,
  LINK_MODE_SERIAL,
  MAX_SECONDS,
  POOL_DECODE_POOL,
  POOL_FIELDS,
  POOL_FIRST_TOKEN,
  POOL_HANDOVER,
  POOL_KEEP,
  POOL_KV_TOKEN_BYTES,
  POOL_KV_WINDOW,
  POOL_KV_WINDOW_BYTES,
  POOL_LAYERS,
  POOL_LINK_BANDWIDTH,
  POOL_LINK_LATENCY,
  POOL_LINK_MODE,
  POOL_LINK_SHARED,
  POOL_MAX_CTX,
  POOL_MAX_QUEUE,
  POOL_PREFIX_BLOCK,
  POOL_ROLE,
  POOL_SCHEDULER,
  POOL_SHARED_QUEUE,
  POOL_SPILL,
  ROLE_DECODE,
  ROLE_MIXED,
  ROLE_PREFILL,
  ROUTER_LABEL,
  RUN_DEFAULT_POOL,
  RUN_ROUTER,
  SCHEDULER_SARATHI,
  SCHEDULER_VLLM,
} from "./contract";
import { isCount, within } from "./bounds";
import { Fault } from "./fault";
import { Tables } from "./tables";

const MOST_BYTES_PER_TOKEN: f64 = 1e12;

/** Checks what the tables say of pools where prefill and decode are apart: docs/reference/disaggregation.md, section Pools. */
export function checkStages(tables: Tables, fault: Fault): i32 {
  const pools = tables.pools;
  let shared: f64 = -1;
  let entries = 0;
  for (let row = 0; row < pools.length; row += POOL_FIELDS) {
    const role = pools[row + POOL_ROLE];
    let wrong = -1;
    if (role == ROLE_DECODE) wrong = wrongDecodeField(pools, row);
    else if (role == ROLE_PREFILL) wrong = wrongPrefillField(pools, row);
    else if (role != ROLE_MIXED) wrong = POOL_ROLE;
    if (role == ROLE_PREFILL && wrong < 0) {
      if (shared >= 0 && pools[row + POOL_LINK_SHARED] != shared) wrong = POOL_LINK_SHARED;
      shared = pools[row + POOL_LINK_SHARED];
    }
    if (wrong >= 0) return fault.of(ERROR_POOL_FIELD, row / POOL_FIELDS, wrong);
    entries += i32(role != ROLE_DECODE);
  }
  if (pools.length > 0 && entries == 0) return fault.of(ERROR_POOL_FIELD, 0, POOL_ROLE);
  return defaultsToDecode(tables) ? fault.of(ERROR_RUN_FIELD, RUN_DEFAULT_POOL, 0) : ERROR_NONE;
}

/** Whether requests without a label would arrive at a decode pool. */
function defaultsToDecode(tables: Tables): bool {
  const run = tables.run;
  if (tables.pools.length == 0 || run[RUN_ROUTER] != ROUTER_LABEL) return false;
  return tables.pools[<i32>run[RUN_DEFAULT_POOL] * POOL_FIELDS + POOL_ROLE] == ROLE_DECODE;
}

function wrongDecodeField(pools: StaticArray<f64>, row: i32): i32 {
  const scheduler = pools[row + POOL_SCHEDULER];
  if (scheduler != SCHEDULER_VLLM && scheduler != SCHEDULER_SARATHI) return POOL_SCHEDULER;
  if (pools[row + POOL_SHARED_QUEUE] != 0) return POOL_SHARED_QUEUE;
  if (pools[row + POOL_MAX_QUEUE] >= 0) return POOL_MAX_QUEUE;
  if (pools[row + POOL_PREFIX_BLOCK] != 0) return POOL_PREFIX_BLOCK;
  return pools[row + POOL_LINK_BANDWIDTH] > 0 ? -1 : POOL_LINK_BANDWIDTH;
}

function wrongPrefillField(pools: StaticArray<f64>, row: i32): i32 {
  const decode = pools[row + POOL_DECODE_POOL];
  const handover = pools[row + POOL_HANDOVER];
  const mode = pools[row + POOL_LINK_MODE];
  const spill = pools[row + POOL_SPILL];
  const keep = pools[row + POOL_KEEP];
  const count = <f64>(pools.length / POOL_FIELDS);
  if (!isCount(decode, 0, count - 1)) return POOL_DECODE_POOL;
  const other = <i32>decode * POOL_FIELDS;
  if (pools[other + POOL_ROLE] != ROLE_DECODE) return POOL_DECODE_POOL;
  if (pools[row + POOL_MAX_CTX] > pools[other + POOL_MAX_CTX]) return POOL_MAX_CTX;
  if (!isFlag(pools[row + POOL_FIRST_TOKEN])) return POOL_FIRST_TOKEN;
  if (!isCount(handover, 0, 2)) return POOL_HANDOVER;
  if (!isFlag(mode) || (mode == LINK_MODE_LAYERWISE && handover == HANDOVER_PULL)) return POOL_LINK_MODE;
  const shared = pools[row + POOL_LINK_SHARED];
  if (!isFlag(shared) || (shared == 1 && mode == LINK_MODE_LAYERWISE)) return POOL_LINK_SHARED;
  if (!(pools[row + POOL_LINK_BANDWIDTH] > 0)) return POOL_LINK_BANDWIDTH;
  if (!within(pools[row + POOL_LINK_LATENCY], 0, MAX_SECONDS)) return POOL_LINK_LATENCY;
  if (!within(pools[row + POOL_KV_TOKEN_BYTES], 0, MOST_BYTES_PER_TOKEN)) return POOL_KV_TOKEN_BYTES;
  if (!within(pools[row + POOL_KV_WINDOW_BYTES], 0, MOST_BYTES_PER_TOKEN)) return POOL_KV_WINDOW_BYTES;
  if (!(pools[row + POOL_KV_WINDOW] >= 0)) return POOL_KV_WINDOW;
  if (!within(pools[row + POOL_LAYERS], 1, 1e6)) return POOL_LAYERS;
  const reserves = handover == HANDOVER_RESERVE;
  if (reserves && pools[row + POOL_MAX_QUEUE] >= 0) return POOL_MAX_QUEUE;
  if (!(spill > 0)) return POOL_SPILL;
  if (spill != Infinity && (reserves || pools[row + POOL_SHARED_QUEUE] != 0)) return POOL_SPILL;
  const mayKeep = handover == HANDOVER_PULL && mode == LINK_MODE_SERIAL;
  return keep == 0 || (keep == 1 && mayKeep) ? -1 : POOL_KEEP;
}

function isFlag(value: f64): bool {
  return value == 0 || value == 1;
}

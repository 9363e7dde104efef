import * as C from "../../assembly/contract.js";
import type { IterationModel } from "../profiles/iteration-model.js";
import type { ArrivalProcess, LengthModel, RateProfile } from "../workloads/models.js";

/** How a replica batches, for the engine `iterations`. Rules: docs/reference/iterations-engine.md. */
export interface CoreServing {
  scheduler: keyof typeof SCHEDULER_CODES;
  /** Order of the queue, and who is preempted. */
  policy: "fcfs" | "priority";
  /** Tokens in one iteration; `null`: no limit. */
  maxNumBatchedTokens: number | null;
  /** Most prompt tokens of one request in one iteration; `null`: no limit. */
  chunk: number | null;
  /** Whether `vllm` and `sarathi` cut long prompts; the others never do. */
  chunked: boolean;
  /** Share of the blocks that admission leaves free, 0 to below 1. */
  watermark: number;
  /** Pipeline stages. */
  pp: number;
  /** Prompt tokens that a block id stands for; `null`: no prefix caching. */
  prefixBlock: number | null;
  model: IterationModel;
}

/** A pool as the core sees it: no names, no prices. Field meanings: assembly/contract.ts, POOL_. */
export interface CorePool {
  replicas: number;
  /** Requests at once in a replica. */
  slots: number;
  /** Longest request, input + output tokens. */
  maxCtx: number;
  /** KV blocks of a replica. */
  kvBlocks: number;
  /** Tokens in a block. */
  blockSize: number;
  /** Fixed time of an iteration, s. */
  W: number;
  /** Time that one sequence of `calibrationCtx` tokens adds to an iteration, s. */
  H: number;
  calibrationCtx: number;
  /** Prompt tokens in one prefill iteration. */
  chunk: number;
  queue: "replica" | "shared";
  /** How many may wait in one queue; `null`: no limit. */
  maxQueue: number | null;
  balance: keyof typeof BALANCE_CODES;
  /** Weight of a cached prefix against load, of the balance `prefix_affinity`. Default 1. */
  prefixWeight?: number;
  /** Needed by the engine `iterations`: there `slots` is max_num_seqs. */
  serving?: CoreServing;
  /** Engine `iterations`: its place where prefill and decode are apart. Absent: it does both. Rules: docs/reference/disaggregation.md. */
  stage?: CoreStage;
}

/** What a pool does where prefill and decode are apart. */
export type CoreStage = CorePrefillStage | CoreDecodeStage;

/** A pool that computes prompts and hands requests over. */
export interface CorePrefillStage {
  role: "prefill";
  /** Index of the pool that decodes. */
  decodePool: number;
  /** Which side emits the first token. */
  firstToken: keyof typeof FIRST_TOKEN_CODES;
  /** When memory of the decode side is asked for. */
  handover: keyof typeof HANDOVER_CODES;
  mode: keyof typeof LINK_MODE_CODES;
  /** Whether transfers of a link go one after the other or share it; the same in all prefill pools. */
  sharing: "fifo" | "shared";
  /** Bytes/s that the link of a replica really carries; Infinity: no limit. */
  linkBytesPerS: number;
  linkLatencyS: number;
  /** Bytes of a token that cross the link, of layers without and with a window of `window` tokens. */
  kv: { tokenBytes: number; windowBytes: number; window: number };
  /** Layers of the model. */
  layers: number;
  /** Prompt tokens pending in a replica from which on requests go to the decode pool as they are; `null`: never. */
  spillPromptTokens: number | null;
  /** Whether a request that finds no room in the decode pool decodes where it is. */
  keepDecodes: boolean;
}

/** A pool that decodes what others hand over. */
export interface CoreDecodeStage {
  role: "decode";
  linkBytesPerS: number;
}

/** Users who each wait for their answer before they ask again. */
export interface ClosedLoop {
  /** How many. */
  concurrency: number;
  /** From an answer to the next request, s. Default 0. */
  thinkS?: number;
  /** Whether every think time is the same, or they are drawn with that mean. Default `fixed`. */
  think?: "fixed" | "exponential";
  /** The first requests are spread over this long, s. Default 0. */
  rampS?: number;
}

/** A router as the core sees it. Rules: docs/reference/slots-engine.md, Routers. Pools are indices, categories are codes 0 to 63. */
export type CoreRouter =
  | { type: "length"; threshold?: number; by?: "total" | "input" }
  | {
      type: "compress_route";
      bShort: number;
      gamma: number;
      pCompress: number;
      safeCategories: readonly number[];
      compressLatencyS: number;
    }
  | { type: "spillover"; threshold: number; spillThreshold: number }
  | { type: "least_loaded" }
  | { type: "label"; defaultPool: number }
  | { type: "random" }
  | { type: "round_robin" };

/** What the core draws requests from. */
export interface CoreDraw {
  process: ArrivalProcess;
  /** Mean rate, requests/s. */
  rateRps: number;
  /** Absent: the core draws arrivals alone, and lengths stay as the host writes them. */
  lengths?: LengthModel;
  profile?: RateProfile;
  /** Probability of each category code; absent: all requests have code 0. */
  categoryProbabilities?: readonly number[];
  /** Requests fall at random into so many groups; those of a group share a prefix of so many units. Needs `blockIds`. Absent: none shares anything. */
  prefixes?: { groups: number; units: number };
}

/** Everything a run is made of, but the requests. */
export interface RunSpec {
  /** Default `slots`. */
  engine?: "slots" | "iterations";
  /** Engine `iterations`: run one iteration at a time, request by request. The same results, more slowly. */
  step?: boolean;
  /** Absent: requests arrive when the workload says. */
  closedLoop?: ClosedLoop;
  pools: readonly CorePool[];
  router: CoreRouter;
  /** Whole number, 0 to 2^53 - 1. */
  seed: number;
  /** Number of the replication: another one has other draws. */
  replication?: number;
  /** The clock stops here, s; absent: when all is served. */
  horizonS?: number;
  /** Absent: requests come from the host alone. */
  draw?: CoreDraw;
  /** Pool that each label names, by label index; -1 = none. Absent: no labels. */
  labelPools?: readonly number[];
  /** Room for the block ids of one chunk of requests; absent: requests bear none. */
  blockIds?: number;
  /** Hand out every request's figures through {@link Simulation.results}. */
  keepsResults?: boolean;
  /** The event queue: `tree`, or its textbook twin `heap`, which gives the same results more slowly. */
  eventQueue?: "tree" | "heap";
}

export const BALANCE_CODES = {
  least_outstanding: C.BALANCE_LEAST_OUTSTANDING,
  least_queue: C.BALANCE_LEAST_QUEUE,
  round_robin: C.BALANCE_ROUND_ROBIN,
  two_choices: C.BALANCE_TWO_CHOICES,
  prefix_affinity: C.BALANCE_PREFIX_AFFINITY,
} as const;

export const SCHEDULER_CODES = {
  vllm: C.SCHEDULER_VLLM,
  "vllm-v0": C.SCHEDULER_VLLM_V0,
  sarathi: C.SCHEDULER_SARATHI,
  orca: C.SCHEDULER_ORCA,
  static: C.SCHEDULER_STATIC,
} as const;

export const FIRST_TOKEN_CODES = { prefill: C.FIRST_TOKEN_PREFILL, decode: C.FIRST_TOKEN_DECODE } as const;
export const HANDOVER_CODES = { pull: C.HANDOVER_PULL, push: C.HANDOVER_PUSH, reserve: C.HANDOVER_RESERVE } as const;
export const LINK_MODE_CODES = { serial: C.LINK_MODE_SERIAL, layerwise: C.LINK_MODE_LAYERWISE } as const;

const ARRIVALS_CODES = {
  poisson: C.ARRIVALS_POISSON,
  gamma: C.ARRIVALS_GAMMA,
  deterministic: C.ARRIVALS_DETERMINISTIC,
} as const;

/** Writes the POOLS table. */
export function writePools(table: Float64Array, pools: readonly CorePool[], modelPlaces: readonly number[]): void {
  pools.forEach((pool, index) => {
    const row = table.subarray(index * C.POOL_FIELDS);
    row[C.POOL_REPLICAS] = pool.replicas;
    row[C.POOL_SLOTS] = pool.slots;
    row[C.POOL_MAX_CTX] = pool.maxCtx;
    row[C.POOL_KV_BLOCKS] = pool.kvBlocks;
    row[C.POOL_BLOCK_SIZE] = pool.blockSize;
    row[C.POOL_W] = pool.W;
    row[C.POOL_H] = pool.H;
    row[C.POOL_CALIBRATION_CTX] = pool.calibrationCtx;
    row[C.POOL_CHUNK] = pool.chunk;
    row[C.POOL_SHARED_QUEUE] = Number(pool.queue === "shared");
    row[C.POOL_MAX_QUEUE] = pool.maxQueue ?? -1;
    row[C.POOL_BALANCE] = BALANCE_CODES[pool.balance];
    if (pool.serving) writeServing(row, pool.serving, pool.prefixWeight ?? 1, modelPlaces[index]!);
    row[C.POOL_ROLE] = C.ROLE_MIXED;
    row[C.POOL_DECODE_POOL] = -1;
    if (pool.stage) writeStage(row, pool.stage);
  });
}

function writeStage(row: Float64Array, stage: CoreStage): void {
  row[C.POOL_LINK_BANDWIDTH] = stage.linkBytesPerS;
  if (stage.role === "decode") {
    row[C.POOL_ROLE] = C.ROLE_DECODE;
    return;
  }
  row[C.POOL_ROLE] = C.ROLE_PREFILL;
  row[C.POOL_DECODE_POOL] = stage.decodePool;
  row[C.POOL_FIRST_TOKEN] = FIRST_TOKEN_CODES[stage.firstToken];
  row[C.POOL_HANDOVER] = HANDOVER_CODES[stage.handover];
  row[C.POOL_LINK_MODE] = LINK_MODE_CODES[stage.mode];
  row[C.POOL_LINK_SHARED] = Number(stage.sharing === "shared");
  row[C.POOL_LINK_LATENCY] = stage.linkLatencyS;
  row[C.POOL_KV_TOKEN_BYTES] = stage.kv.tokenBytes;
  row[C.POOL_KV_WINDOW_BYTES] = stage.kv.windowBytes;
  row[C.POOL_KV_WINDOW] = stage.kv.window;
  row[C.POOL_LAYERS] = stage.layers;
  row[C.POOL_SPILL] = stage.spillPromptTokens ?? Infinity;
  row[C.POOL_KEEP] = Number(stage.keepDecodes);
}

function writeServing(row: Float64Array, serving: CoreServing, prefixWeight: number, modelPlace: number): void {
  row[C.POOL_SCHEDULER] = SCHEDULER_CODES[serving.scheduler];
  row[C.POOL_POLICY] = serving.policy === "priority" ? C.POLICY_PRIORITY : C.POLICY_FCFS;
  row[C.POOL_BUDGET] = serving.maxNumBatchedTokens ?? Infinity;
  row[C.POOL_PREFILL_CHUNK] = serving.chunk ?? Infinity;
  row[C.POOL_CHUNKED] = Number(serving.chunked);
  row[C.POOL_WATERMARK] = serving.watermark;
  row[C.POOL_PP] = serving.pp;
  row[C.POOL_PREFIX_BLOCK] = serving.prefixBlock ?? 0;
  row[C.POOL_PREFIX_WEIGHT] = prefixWeight;
  row[C.POOL_MODEL] = modelPlace;
}

/** Writes the RUN row. */
export function writeRun(row: Float64Array, spec: RunSpec): void {
  row[C.RUN_SEED] = spec.seed;
  row[C.RUN_REPLICATION] = spec.replication ?? 0;
  row[C.RUN_HORIZON] = spec.horizonS ?? Infinity;
  row[C.RUN_RESULTS] = Number(spec.keepsResults ?? false);
  row[C.RUN_ENGINE] = spec.engine === "iterations" ? C.ENGINE_ITERATIONS : C.ENGINE_SLOTS;
  row[C.RUN_STEP] = Number(spec.step ?? false);
  if (spec.closedLoop) writeClosedLoop(row, spec.closedLoop);
  row[C.RUN_PREFIX_GROUPS] = spec.draw?.prefixes?.groups ?? 0;
  row[C.RUN_PREFIX_UNITS] = spec.draw?.prefixes?.units ?? 0;
  row[C.RUN_EVENT_QUEUE] = spec.eventQueue === "heap" ? C.EVENT_QUEUE_HEAP : C.EVENT_QUEUE_TREE;
  writeRouter(row, spec.router);
  if (spec.draw) writeDraw(row, spec.draw);
}

function writeClosedLoop(row: Float64Array, { concurrency, thinkS = 0, think, rampS = 0 }: ClosedLoop): void {
  row[C.RUN_CONCURRENCY] = concurrency;
  row[C.RUN_THINK] = thinkS;
  row[C.RUN_THINK_EXPONENTIAL] = Number(think === "exponential");
  row[C.RUN_RAMP] = rampS;
}

function writeRouter(row: Float64Array, router: CoreRouter): void {
  switch (router.type) {
    case "length":
      row[C.RUN_ROUTER] = C.ROUTER_LENGTH;
      row[C.RUN_THRESHOLD] = router.threshold ?? 0;
      row[C.RUN_BY_INPUT] = Number(router.by === "input");
      return;
    case "compress_route":
      row[C.RUN_ROUTER] = C.ROUTER_COMPRESS;
      row[C.RUN_THRESHOLD] = router.bShort;
      row[C.RUN_GAMMA] = router.gamma;
      row[C.RUN_P_COMPRESS] = router.pCompress;
      row[C.RUN_SAFE_LOW] = categoryBits(router.safeCategories, 0);
      row[C.RUN_SAFE_HIGH] = categoryBits(router.safeCategories, 32);
      row[C.RUN_COMPRESS_LATENCY] = router.compressLatencyS;
      return;
    case "spillover":
      row[C.RUN_ROUTER] = C.ROUTER_SPILLOVER;
      row[C.RUN_THRESHOLD] = router.threshold;
      row[C.RUN_SPILL_THRESHOLD] = router.spillThreshold;
      return;
    case "label":
      row[C.RUN_ROUTER] = C.ROUTER_LABEL;
      row[C.RUN_DEFAULT_POOL] = router.defaultPool;
      return;
    case "least_loaded":
      row[C.RUN_ROUTER] = C.ROUTER_LEAST_LOADED;
      return;
    case "random":
      row[C.RUN_ROUTER] = C.ROUTER_RANDOM;
      return;
    case "round_robin":
      row[C.RUN_ROUTER] = C.ROUTER_ROUND_ROBIN;
  }
}

/** Categories from `from` to `from + 31` as a number with their bits set. */
function categoryBits(categories: readonly number[], from: number): number {
  const inRange = new Set(categories.filter((category) => category >= from && category < from + 32));
  return [...inRange].reduce((bits, category) => bits + 2 ** (category - from), 0);
}

function writeDraw(row: Float64Array, draw: CoreDraw): void {
  row[C.RUN_ARRIVALS] = ARRIVALS_CODES[draw.process.type];
  row[C.RUN_CV] = draw.process.type === "gamma" ? draw.process.cv : 0;
  row[C.RUN_RATE] = draw.rateRps;
  row[C.RUN_PROFILE_STEP] = draw.profile?.stepS ?? 0;
  row[C.RUN_WINDOW_SECONDS] = draw.lengths?.windowS ?? 0;
  row[C.RUN_INPUT_SHARE] = draw.lengths?.inputShare ?? 0;
}

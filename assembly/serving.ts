import {
  ITL_BUCKETS,
  POLICY_PRIORITY,
  POOL_BLOCK_SIZE,
  POOL_BUDGET,
  POOL_CHUNKED,
  POOL_FIELDS,
  POOL_KV_BLOCKS,
  POOL_MAX_CTX,
  POOL_MODEL,
  POOL_POLICY,
  POOL_PP,
  POOL_PREFILL_CHUNK,
  POOL_PREFIX_BLOCK,
  POOL_PREFIX_WEIGHT,
  POOL_SCHEDULER,
  POOL_SLOTS,
  POOL_WATERMARK,
  RUN_THRESHOLD,
  SCHEDULER_ORCA,
  SCHEDULER_SARATHI,
  SCHEDULER_STATIC,
  SCHEDULER_VLLM,
  SCHEDULER_VLLM_V0,
} from "./contract";
import { ItlSketch } from "./itl-sketch";
import { IterationModel } from "./iteration-model";
import { Request } from "./ledger";
import { Stage } from "./stage";
import { Tables } from "./tables";

/** No limit on tokens. */
const UNLIMITED: i64 = 1 << 40;

/** Blocks are allocated for the tokens computed so far, for the whole prompt at admission, or for the longest request at admission. */
export const ALLOCATE_COMPUTED: i32 = 0;
export const ALLOCATE_PROMPT: i32 = 1;
export const ALLOCATE_LONGEST: i32 = 2;

/** How the replicas of a pool batch, and what their iterations have come to so far. The scheduler is resolved into five choices. */
export class Serving {
  readonly model: IterationModel;
  readonly gaps: ItlSketch;

  /** Of a lane. */
  readonly seats: i32;
  readonly blocks: i32;
  readonly watermark: i32;

  readonly pp: i32;
  readonly blockSize: u32;
  readonly budget: i64;
  readonly chunk: i64;
  readonly chunked: bool;
  readonly allocation: i32;
  /** Decodes and prefills share iterations. */
  readonly mixes: bool;
  /** A batch is kept until all of it is complete. */
  readonly keepsBatch: bool;
  readonly byPriority: bool;
  /** Blocks of the longest request. */
  readonly longest: i32;
  /** Prompt tokens of a unit of the prefix cache; 0: no cache. */
  readonly unitTokens: u32;
  /** Blocks of it. */
  readonly unitBlocks: i32;
  readonly prefixWeight: f64;
  /** It hands requests over after their prompts, or takes them over. */
  readonly prefills: bool;
  readonly decodes: bool;
  /** Input and output of a compressed request together: the router sees to it. */
  readonly compressedTotal: u32;

  iterations: f64 = 0;
  busy: f64 = 0;
  prefillTokens: f64 = 0;
  decodeTokens: f64 = 0;
  contextTokens: f64 = 0;
  /** Twice the pairs of prompt token and token that it attends to. */
  prefillWork: f64 = 0;
  preemptions: f64 = 0;
  recomputed: f64 = 0;
  cached: f64 = 0;
  prompts: f64 = 0;
  largestBatch: i32 = 0;

  constructor(
    tables: Tables,
    pool: i32,
    gaps: StaticArray<f64>,
    /** One iteration at a time, request by request. */
    readonly steps: bool,
    /** Where prefill and decode are apart; null in a fleet that is not staged. */
    readonly stage: Stage | null,
  ) {
    const row = pool * POOL_FIELDS;
    const fields = tables.pools;
    const scheduler = <i32>fields[row + POOL_SCHEDULER];
    const pp = <i32>fields[row + POOL_PP];
    const blockSize = <u32>fields[row + POOL_BLOCK_SIZE];
    const blocks = <i32>fields[row + POOL_KV_BLOCKS] / pp;
    const unitTokens = <u32>fields[row + POOL_PREFIX_BLOCK];
    this.prefills = stage != null && stage.prefills;
    this.decodes = stage != null && stage.decodes;
    this.model = new IterationModel(tables.model, <i32>fields[row + POOL_MODEL]);
    this.gaps = new ItlSketch(gaps, pool * ITL_BUCKETS);
    this.pp = pp;
    this.blockSize = blockSize;
    this.seats = max(1, <i32>fields[row + POOL_SLOTS] / pp);
    this.blocks = blocks;
    this.watermark = <i32>Math.floor(fields[row + POOL_WATERMARK] * <f64>blocks);
    this.budget = tokensOf(fields[row + POOL_BUDGET]);
    this.chunk = scheduler == SCHEDULER_VLLM ? tokensOf(fields[row + POOL_PREFILL_CHUNK]) : UNLIMITED;
    this.chunked = scheduler == SCHEDULER_SARATHI || (scheduler == SCHEDULER_VLLM && fields[row + POOL_CHUNKED] != 0);
    this.allocation = allocationOf(scheduler);
    this.mixes = scheduler != SCHEDULER_VLLM_V0 && scheduler != SCHEDULER_STATIC;
    this.keepsBatch = scheduler == SCHEDULER_STATIC;
    this.byPriority = fields[row + POOL_POLICY] == POLICY_PRIORITY;
    this.longest = <i32>((<u32>fields[row + POOL_MAX_CTX] + blockSize - 1) / blockSize);
    this.unitTokens = unitTokens;
    this.unitBlocks = <i32>(unitTokens / blockSize);
    this.prefixWeight = fields[row + POOL_PREFIX_WEIGHT];
    this.compressedTotal = <u32>tables.run[RUN_THRESHOLD];
    if (scheduler == SCHEDULER_ORCA || scheduler == SCHEDULER_STATIC) this.budget = UNLIMITED;
  }

  /** Tokens of the request's input as it reaches the pool. */
  @inline
  inputOf(request: Request): u32 {
    return request.compressed ? this.compressedTotal - request.output : request.input;
  }

  /** Blocks that `tokens` tokens take. */
  @inline
  blocksOf(tokens: u32): i32 {
    return <i32>((tokens + this.blockSize - 1) / this.blockSize);
  }
}

function tokensOf(limit: f64): i64 {
  return limit == Infinity ? UNLIMITED : <i64>limit;
}

function allocationOf(scheduler: i32): i32 {
  if (scheduler == SCHEDULER_VLLM) return ALLOCATE_COMPUTED;
  return scheduler == SCHEDULER_ORCA || scheduler == SCHEDULER_STATIC ? ALLOCATE_LONGEST : ALLOCATE_PROMPT;
}

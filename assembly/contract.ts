/**
 * The contract between host and core: every buffer, every field, every code.
 *
 * This file is compiled by both compilers (AssemblyScript for the core, TypeScript for the host), so it holds untyped constants
 * only. The host checks CONTRACT_VERSION against the loaded module before it does anything else.
 *
 * How a run goes:
 *
 *     open(pools, cells, windows, profileSteps, labels, modelValues, blockIds)      core lays out the tables below
 *     host writes RUN, POOLS, and if used MODEL, LABEL_POOL, PROFILE_*, CELL_*, WINDOW_*
 *     start()                                             core checks them; answers an ERROR_ code
 *     repeat:  host writes the request window (or calls generate(count)), then run(count)
 *              host reads the result window, if RUN_RESULTS is on
 *     finish()                                            core serves what is left, to the horizon
 *     host reads FIGURES, SERIES, and percentiles through gather / select / countAbove
 *
 * Buffers are found by bufferAddress(id) and bufferLength(id); a call of open, start, run or finish may grow memory and move
 * them. Times cross the boundary in seconds (f64) on the way in and in ticks (whole nanoseconds, held exactly in an f64 up to 104 days) on the way out.
 */
export const CONTRACT_VERSION = 3;

/** Ticks in a second: all times in the core are whole nanoseconds. */
export const TICKS_PER_SECOND = 1e9;

/** Most requests in one window: the host feeds at most this many in one call of run. */
export const WINDOW_CAPACITY = 65536;

// Buffers ------------------------------------------------------------------------------------------- type, length, writer
export const BUFFER_RUN = 0; //             f64[RUN_FIELDS]                                         host
export const BUFFER_POOLS = 1; //           f64[pools * POOL_FIELDS]                                host
export const BUFFER_LABEL_POOL = 2; //      i32[labels]: pool that a label names, -1 = none         host

export const BUFFER_MODEL = 3; //           f64[modelValues]: iteration models, see MODEL_          host

export const BUFFER_ARRIVAL = 10; //        f64[WINDOW_CAPACITY] s, never decreasing                host, or core by generate
export const BUFFER_INPUT = 11; //          u32[WINDOW_CAPACITY] tokens                             host, or core by generate
export const BUFFER_OUTPUT = 12; //         u32[WINDOW_CAPACITY] tokens                             host, or core by generate
export const BUFFER_LABEL = 13; //          u16[WINDOW_CAPACITY] index into LABEL_POOL              host (zero after open)
export const BUFFER_CATEGORY = 14; //       u8[WINDOW_CAPACITY] 0..63                               host, or core by generate
export const BUFFER_PRIORITY = 15; //       u8[WINDOW_CAPACITY] smaller goes first                  host (zero after open)
export const BUFFER_BLOCK_OFFSET = 16; //   u32[WINDOW_CAPACITY + 1] first BLOCK_ID of each request host, or core by generate (zero after open)
export const BUFFER_BLOCK_ID = 17; //       u32[blockIds] names of prompt units, in prompt order    host, or core by generate

export const BUFFER_PROFILE = 20; //        f64[profileSteps] rate relative to the mean rate        host
export const BUFFER_WINDOW_CELL = 21; //    u32[windows + 1] first cell of each window              host
export const BUFFER_CELL_WEIGHT = 22; //    f64[cells] cumulative within its window, last = 1       host
export const BUFFER_CELL_INPUT_LOW = 23; // u32[cells] tokens, inclusive                            host
export const BUFFER_CELL_INPUT_HIGH = 24; //                                                        host
export const BUFFER_CELL_OUTPUT_LOW = 25; //                                                        host
export const BUFFER_CELL_OUTPUT_HIGH = 26; //                                                       host
export const BUFFER_CATEGORY_WEIGHT = 27; //f64[64] cumulative; all zero: category 0                host

export const BUFFER_RESULT_ARRIVAL = 30; // f64[results] ticks                                      core
export const BUFFER_RESULT_INPUT = 31; //   u32[results] tokens, before any compression             core
export const BUFFER_RESULT_OUTPUT = 32; //  u32[results]                                            core
export const BUFFER_RESULT_POOL = 33; //    i32[results] -1 = no pool took it                       core
export const BUFFER_RESULT_REPLICA = 34; // i32[results] within its pool; -1 = none                 core
export const BUFFER_RESULT_STATUS = 35; //  u8[results] a STATUS_ code                              core
export const BUFFER_RESULT_WAIT = 36; //    f64[results] ticks; NEVER where not reached             core
export const BUFFER_RESULT_TTFT = 37; //    f64[results] ticks                                      core
export const BUFFER_RESULT_TPOT = 38; //    f64[results] ticks                                      core
export const BUFFER_RESULT_E2E = 39; //     f64[results] ticks                                      core

export const BUFFER_RESULT_PREEMPTIONS = 40; // u16[results]                                        core
export const BUFFER_RESULT_DECODE_POOL = 41; // i32[results] pool that decoded it, where that is not RESULT_POOL; else -1    core; this and the next three: staged fleets
export const BUFFER_RESULT_DECODE_REPLICA = 42; // i32[results] within that pool; -1 = none          core
export const BUFFER_RESULT_TRANSFER = 43; // f64[results] ticks from the end of the prompt to its keys and values at the decode side; NOT_APPLICABLE, NEVER    core
export const BUFFER_RESULT_HANDOVER = 44; // f64[results] ticks, see METRIC_HANDOVER                  core

export const BUFFER_FIGURES = 50; //        f64[(pools + 1) * FIGURE_FIELDS], the last row: requests that no pool took    core
export const BUFFER_SERIES = 51; //         f64[points * (pools + 1) * SERIES_FIELDS]: a row a pool, the last row as above  core
export const BUFFER_COUNTS = 52; //         f64[BATCHES] answer of countAbove                       core
export const BUFFER_ITL = 53; //            f64[pools * ITL_BUCKETS] tokens by the gap before them  core, engine iterations

// RUN: one row ------------------------------------------------------------------------------------------------------------
export const RUN_SEED = 0; //               whole number, 0 .. 2^53 - 1
export const RUN_REPLICATION = 1; //        whole number
export const RUN_ROUTER = 2; //             a ROUTER_ code
export const RUN_THRESHOLD = 3; //          tokens; length (0 = none), compress_route (b_short), spillover
export const RUN_BY_INPUT = 4; //           length: 1 = the size compared is the input alone
export const RUN_GAMMA = 5; //              compress_route
export const RUN_P_COMPRESS = 6; //         compress_route, 0..1
export const RUN_SAFE_LOW = 7; //           compress_route: bit c set = category c (0..31) is safe
export const RUN_SAFE_HIGH = 8; //          the same for categories 32..63
export const RUN_COMPRESS_LATENCY = 9; //   s
export const RUN_SPILL_THRESHOLD = 10; //   share of slots
export const RUN_DEFAULT_POOL = 11; //      pool index; model, semantic
export const RUN_HORIZON = 12; //           s; Infinity = until all is served
export const RUN_SLO_TTFT = 13; //          s; Infinity = none
export const RUN_RESULTS = 14; //           1 = fill the result window
export const RUN_EVENT_QUEUE = 15; //       an EVENT_QUEUE_ code
export const RUN_ARRIVALS = 16; //          an ARRIVALS_ code; used by generate
export const RUN_RATE = 17; //              requests/s, mean
export const RUN_CV = 18; //                coefficient of variation of gaps; gamma
export const RUN_PROFILE_STEP = 19; //      s each step of PROFILE lasts; the profile repeats
export const RUN_WINDOW_SECONDS = 20; //    s each length window lasts; they repeat
export const RUN_INPUT_SHARE = 21; //       > 0: cells hold total tokens in CELL_INPUT_*, and the input is this share of them
export const RUN_ENGINE = 22; //            an ENGINE_ code
export const RUN_STEP = 23; //              iterations: 1 = one iteration at a time
export const RUN_CONCURRENCY = 24; //       users of a closed loop; 0 = open: arrivals are those of the window
export const RUN_THINK = 25; //             s, mean
export const RUN_THINK_EXPONENTIAL = 26; // 1 = drawn, 0 = always the mean
export const RUN_RAMP = 27; //              s over which the users start
export const RUN_PREFIX_GROUPS = 28; //     generate: groups of requests that share a prefix; 0 = none
export const RUN_PREFIX_UNITS = 29; //      generate: block ids of a shared prefix
export const RUN_FIELDS = 30;

// POOLS: one row a pool ---------------------------------------------------------------------------------------------------
export const POOL_REPLICAS = 0;
export const POOL_SLOTS = 1; //             per replica
export const POOL_MAX_CTX = 2; //           tokens
export const POOL_KV_BLOCKS = 3; //         per replica
export const POOL_BLOCK_SIZE = 4; //        tokens
export const POOL_W = 5; //                 s
export const POOL_H = 6; //                 s per sequence at the calibration context
export const POOL_CALIBRATION_CTX = 7; //   tokens
export const POOL_CHUNK = 8; //             tokens
export const POOL_SHARED_QUEUE = 9; //      1 = one queue for the pool
export const POOL_MAX_QUEUE = 10; //        requests; -1 = no limit
export const POOL_BALANCE = 11; //          a BALANCE_ code
export const POOL_SCHEDULER = 12; //        a SCHEDULER_ code; this and what follows: engine iterations, where POOL_SLOTS is max_num_seqs
export const POOL_POLICY = 13; //           a POLICY_ code
export const POOL_BUDGET = 14; //           tokens in an iteration; Infinity = no limit
export const POOL_PREFILL_CHUNK = 15; //    prompt tokens of one request in an iteration; Infinity = no limit
export const POOL_CHUNKED = 16; //          1 = long prompts are cut
export const POOL_WATERMARK = 17; //        share of the blocks
export const POOL_PP = 18; //               pipeline stages
export const POOL_PREFIX_BLOCK = 19; //     prompt tokens of a block id; 0 = no prefix caching
export const POOL_PREFIX_WEIGHT = 20; //    of BALANCE_PREFIX_AFFINITY
export const POOL_MODEL = 21; //            place in MODEL where the pool's iteration model begins
export const POOL_ROLE = 22; //             a ROLE_ code; this and what follows: engine iterations
export const POOL_DECODE_POOL = 23; //      prefill: pool that decodes; else -1
export const POOL_FIRST_TOKEN = 24; //      prefill: a FIRST_TOKEN_ code
export const POOL_HANDOVER = 25; //         prefill: a HANDOVER_ code
export const POOL_LINK_MODE = 26; //        prefill: a LINK_MODE_ code
export const POOL_LINK_SHARED = 27; //      prefill: 1 = transfers share links, 0 = one after the other; the same in all prefill pools
export const POOL_LINK_BANDWIDTH = 28; //   prefill, decode: bytes/s of a replica, what it really carries; Infinity = no limit
export const POOL_LINK_LATENCY = 29; //     prefill: s
export const POOL_KV_TOKEN_BYTES = 30; //   prefill: bytes of a token that cross the link, layers without a window
export const POOL_KV_WINDOW_BYTES = 31; //  prefill: the same, layers with a window
export const POOL_KV_WINDOW = 32; //        prefill: tokens of that window
export const POOL_LAYERS = 33; //           prefill: of the model
export const POOL_SPILL = 34; //            prefill: prompt tokens pending in a replica from which on requests go to the decode pool; Infinity = never
export const POOL_KEEP = 35; //             prefill: 1 = who finds no room in the decode pool decodes where it is
export const POOL_FIELDS = 36;

// MODEL: an iteration model is a head of MODEL_ fields, then its knots. Times in s ------------------------------------------
export const MODEL_TYPE = 0; //             a MODEL_AFFINE or MODEL_TABLE code
//   affine:  then for each knot: tokens, compute, memory, other
export const MODEL_KNOTS = 1;
export const MODEL_GRANULARITY = 2; //      tokens
export const MODEL_COMPUTE_PER_CONTEXT = 3;
export const MODEL_COMPUTE_PER_WORK = 4;
export const MODEL_MEMORY_PER_CONTEXT = 5;
export const MODEL_MEMORY_PER_PROCESSED = 6;
export const MODEL_OTHER_PER_SEQUENCE = 7;
//   table:   then batches, contexts, decode times by batch then context; tokens, contexts, prefill times by tokens then context
export const MODEL_DECODE_BATCHES = 1;
export const MODEL_DECODE_CONTEXTS = 2;
export const MODEL_PREFILL_TOKENS = 3;
export const MODEL_PREFILL_CONTEXTS = 4;
export const MODEL_FIXED = 5;
export const MODEL_HEAD = 8;

/** Most knots on an axis of an iteration model. */
export const MODEL_MAX_KNOTS = 64;

// FIGURES: totals over the whole run, one row a pool ----------------------------------------------------------------------
export const FIGURE_ARRIVED = 0;
export const FIGURE_COMPLETED = 1;
export const FIGURE_REJECTED_TOO_LONG_FOR_POOL = 2;
export const FIGURE_REJECTED_TOO_LONG_FOR_EVERY_POOL = 3;
export const FIGURE_REJECTED_QUEUE_FULL = 4;
export const FIGURE_UNFINISHED = 5;
export const FIGURE_COMPRESSED = 6;
export const FIGURE_BY_DEFAULT = 7; //      routed to default_pool for want of a label that names a pool
export const FIGURE_FIRST_ARRIVAL = 8; //   tick, of the whole run, same in every row
export const FIGURE_LAST_ARRIVAL = 9; //    tick
export const FIGURE_END = 10; //            tick of the last event, or the horizon
export const FIGURE_SYSTEM_AREA = 11; //    integral of requests in the pool over the whole run, ticks
export const FIGURE_E2E_SUM = 12; //        sum over completed of (end - reaching the pool), ticks: equals SYSTEM_AREA when all is served
export const FIGURE_PREEMPTIONS = 13; //    this and what follows: engine iterations
export const FIGURE_RECOMPUTED = 14; //     tokens computed again after a preemption
export const FIGURE_CACHED = 15; //         prompt tokens found in the prefix cache, over all admissions
export const FIGURE_PROMPT = 16; //         prompt tokens looked for, over all admissions
export const FIGURE_ITL_TOKENS = 17; //     output tokens but the first of each request
export const FIGURE_ITL_SUM = 18; //        of the gaps before them, ticks
export const FIGURE_ITL_LARGEST = 19; //    ticks
export const FIGURE_LARGEST_BATCH = 20; //  requests in one iteration
export const FIGURE_PREFILL_TOKENS = 21; // computed
export const FIGURE_DECODE_TOKENS = 22;
export const FIGURE_CONTEXT_TOKENS = 23; // read by decodes, summed over iterations
export const FIGURE_PREFILL_WORK = 24; //   pairs of prompt token and token that it attends to
export const FIGURE_ITERATIONS = 25;
export const FIGURE_BUSY = 26; //           ticks with an iteration running, summed over lanes
export const FIGURE_HANDED_OVER = 27; //    prefill: left to the decode pool after its prompt; this and what follows: staged fleets
export const FIGURE_TAKEN_OVER = 28; //     decode: came so, or spilled
export const FIGURE_SPILLED = 29; //        prefill: left to the decode pool before its prompt
export const FIGURE_KEPT = 30; //           prefill: decoded here for want of room there
export const FIGURE_TRANSFERS = 31; //      landed; of the pool's links, as the next four
export const FIGURE_LINK_BYTES = 32;
export const FIGURE_TRANSFER_SUM = 33; //   ticks from the end of the prompt to landing
export const FIGURE_GRANT_SUM = 34; //      of these, until memory was granted
export const FIGURE_LINK_WAIT_SUM = 35; //  of these, what a free link would have saved
export const FIGURE_FIELDS = 36;

// SERIES: how the run went; a point just before every stride-th arrival, and one at the end of the window ----------------
export const SERIES_TICK = 0;
export const SERIES_ORDINAL = 1; //         arrivals before this point, in the whole fleet
export const SERIES_WAITING = 2; //         now
export const SERIES_BUSY = 3; //            slots in use now
export const SERIES_BUSY_AREA = 4; //       integrals since the start, ticks
export const SERIES_KV_AREA = 5; //         blocks
export const SERIES_WAITING_AREA = 6;
export const SERIES_ARRIVED = 7; //         counts since the start
export const SERIES_COMPLETED = 8;
export const SERIES_OUTPUT_TOKENS = 9; //   of completed requests
export const SERIES_ITERATIONS = 10; //     since the start, to the last end of an iteration; this and what follows: engine iterations
export const SERIES_LANES_BUSY_AREA = 11; //ticks with an iteration running, summed over lanes
export const SERIES_PREFILL_TOKENS = 12; // computed
export const SERIES_DECODE_TOKENS = 13;
export const SERIES_CONTEXT_TOKENS = 14; // read by decodes, summed over iterations
export const SERIES_PREFILL_WORK = 15; //   pairs of prompt token and token that it attends to
export const SERIES_PREEMPTIONS = 16;
export const SERIES_HANDED_OVER = 17; //    counts since the start: left to, or came from, another pool; this and what follows: staged fleets
export const SERIES_TAKEN_OVER = 18;
export const SERIES_LINK_BYTES = 19;
export const SERIES_OUTSIDE_AREA = 20; //   blocks of nobody who runs: held for a transfer, or granted and not seated; part of KV_AREA
export const SERIES_FIELDS = 21;

// Codes -------------------------------------------------------------------------------------------------------------------
export const ROUTER_LENGTH = 0;
export const ROUTER_COMPRESS = 1;
export const ROUTER_SPILLOVER = 2;
export const ROUTER_LEAST_LOADED = 3;
export const ROUTER_LABEL = 4; //           model and semantic
export const ROUTER_RANDOM = 5;
export const ROUTER_ROUND_ROBIN = 6;

export const BALANCE_LEAST_OUTSTANDING = 0;
export const BALANCE_LEAST_QUEUE = 1;
export const BALANCE_ROUND_ROBIN = 2;
export const BALANCE_TWO_CHOICES = 3;
export const BALANCE_PREFIX_AFFINITY = 4; // engine iterations

export const ENGINE_SLOTS = 0;
export const ENGINE_ITERATIONS = 1;

export const SCHEDULER_VLLM = 0;
export const SCHEDULER_VLLM_V0 = 1;
export const SCHEDULER_SARATHI = 2;
export const SCHEDULER_ORCA = 3;
export const SCHEDULER_STATIC = 4;

export const POLICY_FCFS = 0;
export const POLICY_PRIORITY = 1;

export const ROLE_MIXED = 0; //             prefills and decodes
export const ROLE_PREFILL = 1;
export const ROLE_DECODE = 2;

export const FIRST_TOKEN_PREFILL = 0; //    the prefill side emits the first token
export const FIRST_TOKEN_DECODE = 1;

export const HANDOVER_PULL = 0; //          the decode side fetches when it has memory and a seat
export const HANDOVER_PUSH = 1; //          the prefill side sends in order when the decode side has memory
export const HANDOVER_RESERVE = 2; //       memory of the decode side is reserved before the prompt is queued

export const LINK_MODE_SERIAL = 0; //       all layers after the prompt
export const LINK_MODE_LAYERWISE = 1; //    each layer once it is computed

export const MODEL_AFFINE = 0;
export const MODEL_TABLE = 1;

export const ARRIVALS_POISSON = 0;
export const ARRIVALS_GAMMA = 1;
export const ARRIVALS_DETERMINISTIC = 2;

export const EVENT_QUEUE_TREE = 0; //       heaps of slots under a tournament tree of replicas
export const EVENT_QUEUE_HEAP = 1; //       one textbook binary heap: the twin that the tree must equal

export const STATUS_WAITING = 0; //         not yet started; never seen in a result
export const STATUS_COMPLETED = 1;
export const STATUS_UNFINISHED = 2;
export const STATUS_TOO_LONG_FOR_POOL = 3;
export const STATUS_TOO_LONG_FOR_EVERY_POOL = 4;
export const STATUS_QUEUE_FULL = 5;

export const METRIC_WAIT = 0;
export const METRIC_TTFT = 1;
export const METRIC_TPOT = 2;
export const METRIC_E2E = 3;
export const METRIC_HANDOVER = 4; //        staged fleets: end of the prompt to the first token that the decode side emits
export const METRIC_TTFT_AT_USER = 5; //     this and what follows are worked out of those before: when the user has the first token
export const METRIC_TTFT_AT_PREFILL = 6; //  when the prompt was computed
export const METRIC_TPOT_OVER_N = 7; //      (E2E - TTFT) / output tokens, in place of one fewer
export const METRICS = 8;
/** Figures of a request that every run keeps; a staged one keeps METRIC_HANDOVER too. */
export const METRICS_KEPT = 4;
export const METRICS_KEPT_STAGED = 5;

export const STREAM_ARRIVALS = 1;
export const STREAM_LENGTHS = 2;
export const STREAM_ROUTING = 3;
export const STREAM_BALANCING = 4;
export const STREAM_COMPRESSION = 5;
export const STREAM_CATEGORY = 6;
export const STREAM_THINK = 7;
export const STREAM_PREFIX = 8;

/** Buckets of ITL: 128 to an octave of ticks, from 2^10 to 2^42 ns; shorter gaps count in the first, longer ones in the last. */
export const ITL_BUCKETS = 4096;
export const ITL_BUCKETS_PER_OCTAVE = 128;
export const ITL_FIRST_OCTAVE = 10;

/** A figure that a request cannot have (TPOT of a single token), in ticks. */
export const NOT_APPLICABLE = -1;

/** A time that does not come. */
export const NEVER = Infinity;

/** Batches of countAbove. */
export const BATCHES = 20;

/** Percentiles are exact up to this many requests; beyond it they are taken of every 2nd, 4th, ... request. */
export const SAMPLES_CAPACITY = 16777216;

// Errors: run and start answer one of these; errorA and errorB hold its two numbers --------------------------------------
export const ERROR_NONE = 0;
export const ERROR_POOL_FIELD = 1; //       A = pool, B = POOL_ field out of range
export const ERROR_RUN_FIELD = 2; //        A = RUN_ field out of range
export const ERROR_ARRIVAL_ORDER = 3; //    A = index in the window, B = its arrival, s: before its predecessor, or not a time
export const ERROR_TOKENS = 4; //           A = index in the window, B = tokens: input + output of 0, or 2^31 and more
export const ERROR_LABEL = 5; //            A = index in the window, B = label without an entry in LABEL_POOL
export const ERROR_COUNT = 6; //            A = count larger than the window
export const ERROR_PHASE = 7; //            A = phase the call needs, B = phase the run is in
export const ERROR_TIME_LIMIT = 8; //       A = index in the window, B = arrival, s: the clock ends at MAX_SECONDS
export const ERROR_LENGTH_MODEL = 9; //     A = window, B = cell: weights do not rise to 1, or low > high
export const ERROR_PROFILE = 10; //         A = step: negative or not a number, or all zero
export const ERROR_MODEL = 11; //           A = pool, B = place in its iteration model (from its head) of a value out of range
export const ERROR_BLOCKS = 12; //          A = index in the window: block offsets that fall or leave the ids

/** Latest time the clock can hold, s (31 years). */
export const MAX_SECONDS = 1e9;

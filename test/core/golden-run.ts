/**
 * Runs that use every feature of the core, and the hash of all they answer. Free of anything but the core and the web platform, so that a
 * browser can make the same runs and must come to the same hash.
 */
import type { Core } from "../../host/core/load.js";
import type { CoreDraw, CorePool, CoreServing, RunSpec } from "../../host/core/run-spec.js";
import { type Metric, type ResultRows, type Scope, Simulation, type StagedRows } from "../../host/core/simulation.js";
import type { IterationModel } from "../../host/profiles/iteration-model.js";
import type { LengthModel } from "../../host/workloads/models.js";
import { stagedCases } from "./golden-stages.js";

/** Drawn requests through a fleet. */
export interface RunCase {
  name: string;
  spec: RunSpec;
  count: number;
}

/** SHA-256 of everything that {@link GOLDEN_CASES}, {@link BATCHING_CASES} and {@link STAGED_CASES} answer, one after the other: the same on every platform. */
export const GOLDEN_SHA256 = "ad5af38a5fb0df0ab49740e8bc8159f3d89c73cd18c4c57bd2e3a9aafa6727a6";

const COMMON = { W: 0.008, H: 0.00065, calibrationCtx: 8192, chunk: 512, blockSize: 16 };

const POOLS: readonly CorePool[] = [
  {
    ...COMMON,
    replicas: 3,
    slots: 8,
    maxCtx: 4096,
    // Less than eight requests of the largest size: blocks run out before slots do.
    kvBlocks: 1100,
    queue: "replica",
    maxQueue: 12,
    balance: "least_queue",
  },
  {
    ...COMMON,
    replicas: 4,
    slots: 4,
    maxCtx: 16384,
    kvBlocks: 4096,
    queue: "replica",
    maxQueue: null,
    balance: "two_choices",
  },
  {
    ...COMMON,
    replicas: 2,
    slots: 4,
    maxCtx: 40_000,
    kvBlocks: 10_000,
    queue: "shared",
    maxQueue: 30,
    balance: "least_outstanding",
  },
  {
    ...COMMON,
    replicas: 2,
    slots: 2,
    maxCtx: 16384,
    kvBlocks: 2048,
    queue: "replica",
    maxQueue: 5,
    balance: "round_robin",
  },
];

/** Two windows of 300 s: a mix in which most requests are short, and one in which some fit no pool. */
const LENGTHS: LengthModel = {
  windowS: 300,
  windowCell: Uint32Array.of(0, 3, 6),
  cumulative: Float64Array.of(0.7, 0.9, 1, 0.5, 0.99, 1),
  inputLow: Uint32Array.of(1, 2000, 6000, 300, 3500, 20_000),
  inputHigh: Uint32Array.of(1500, 6000, 15_000, 2500, 9000, 60_000),
  outputLow: Uint32Array.of(1, 1, 50, 100, 20, 1),
  outputHigh: Uint32Array.of(300, 800, 200, 400, 120, 10),
};

const TOTALS: LengthModel = {
  windowS: Infinity,
  windowCell: Uint32Array.of(0, 2),
  cumulative: Float64Array.of(0.8, 1),
  inputLow: Uint32Array.of(2, 1001),
  inputHigh: Uint32Array.of(1000, 12_000),
  outputLow: Uint32Array.of(1, 1),
  outputHigh: Uint32Array.of(1, 1),
  inputShare: 0.8,
};

const PROFILE = { stepS: 60, relativeRate: Float64Array.of(0.4, 1.6, 0, 2, 1) };
const CATEGORIES = [0.6, 0.25, 0.15];

const BURSTY: RunSpec["draw"] = {
  process: { type: "gamma", cv: 1.5 },
  rateRps: 9,
  lengths: LENGTHS,
  profile: PROFILE,
  categoryProbabilities: CATEGORIES,
};
const STEADY: CoreDraw = { process: { type: "poisson" }, rateRps: 14, lengths: TOTALS };

const COMPRESSING: RunSpec["router"] = {
  type: "compress_route",
  bShort: 4096,
  gamma: 1.5,
  pCompress: 0.8,
  safeCategories: [0, 2],
  compressLatencyS: 0.05,
};

function runCase(name: string, count: number, spec: Omit<RunSpec, "pools" | "seed" | "keepsResults">): RunCase {
  return { name, count, spec: { pools: POOLS, seed: 20_260_101, keepsResults: true, ...spec } };
}

/** One long run, and a short one for every other router, arrival process and event queue. */
export const GOLDEN_CASES: readonly RunCase[] = [
  runCase("compress_route, bursty arrivals", 100_000, { router: COMPRESSING, draw: BURSTY }),
  runCase("length, the textbook event queue", 5000, { router: { type: "length" }, draw: BURSTY, eventQueue: "heap" }),
  runCase("length by input, the second replication", 5000, {
    router: { type: "length", threshold: 3000, by: "input" },
    replication: 1,
    draw: STEADY,
  }),
  runCase("spillover, up to a horizon", 5000, {
    router: { type: "spillover", threshold: 4096, spillThreshold: 0.85 },
    horizonS: 300,
    draw: { ...STEADY, process: { type: "deterministic" } },
  }),
  runCase("least_loaded", 5000, { router: { type: "least_loaded" }, draw: STEADY }),
  runCase("labels", 5000, { router: { type: "label", defaultPool: 2 }, labelPools: [-1, 1, 0, -1, 3], draw: STEADY }),
  runCase("random", 5000, { router: { type: "random" }, draw: { ...STEADY, process: { type: "gamma", cv: 0.5 } } }),
  runCase("round_robin", 5000, { router: { type: "round_robin" }, draw: BURSTY }),
];

const AFFINE: IterationModel = {
  type: "affine",
  knots: [
    { tokens: 0, compute: 0, memory: 0.006, other: 0.001 },
    { tokens: 64, compute: 0.004, memory: 0.0062, other: 0.0012 },
    { tokens: 2048, compute: 0.06, memory: 0.007, other: 0.0015 },
  ],
  tokenGranularity: 8,
  computePerContext: 2e-9,
  computePerWork: 1e-9,
  memoryPerContext: 5e-8,
  memoryPerProcessed: 5e-8,
  otherPerSequence: 1e-5,
};

const TABLE: IterationModel = {
  type: "table",
  decode: {
    batch: [1, 8, 32],
    context: [0, 1000, 8000],
    seconds: [
      [0.007, 0.0075, 0.01],
      [0.008, 0.009, 0.02],
      [0.009, 0.015, 0.05],
    ],
  },
  prefill: {
    tokens: [1, 512, 2048],
    context: [0, 4000],
    seconds: [
      [0.007, 0.008],
      [0.02, 0.025],
      [0.06, 0.08],
    ],
  },
  fixed: 0.006,
};

const SERVING: CoreServing = {
  scheduler: "vllm",
  policy: "fcfs",
  maxNumBatchedTokens: 2048,
  chunk: null,
  chunked: true,
  watermark: 0,
  pp: 1,
  prefixBlock: null,
  model: AFFINE,
};

/** Replicas in which memory runs out before seats do. */
function batchingPool(serving: Partial<CoreServing>, pool: Partial<CorePool> = {}): CorePool {
  const common = { replicas: 3, slots: 64, maxCtx: 16384, kvBlocks: 1500, queue: "replica", maxQueue: null } as const;
  return { ...COMMON, ...common, balance: "least_outstanding", ...pool, serving: { ...SERVING, ...serving } };
}

function batchingCase(name: string, pool: CorePool, spec: Partial<RunSpec> = {}): RunCase {
  const common = { router: { type: "length" }, draw: { ...STEADY, rateRps: 8 }, seed: 5, keepsResults: true } as const;
  return {
    name: `iterations: ${name}`,
    count: 4000,
    spec: { engine: "iterations", pools: [pool], ...common, ...spec },
  };
}

/** The engine `iterations`: every scheduler, model and balance, tight memory, prefixes, a pipeline, a closed loop, a horizon, steps. */
export const BATCHING_CASES: readonly RunCase[] = [
  batchingCase("vllm", batchingPool({ chunk: 512 })),
  batchingCase("vllm in steps, whole prompts", batchingPool({ chunked: false }), { step: true }),
  batchingCase("vllm-v0, a table", batchingPool({ scheduler: "vllm-v0", watermark: 0.01, model: TABLE })),
  batchingCase(
    "sarathi, by priority",
    batchingPool({ scheduler: "sarathi", policy: "priority", maxNumBatchedTokens: 512 }),
  ),
  batchingCase(
    "orca, a pipeline",
    batchingPool({ scheduler: "orca", pp: 2 }, { kvBlocks: 16_000, balance: "two_choices" }),
  ),
  batchingCase("static, one queue", batchingPool({ scheduler: "static" }, { kvBlocks: 20_000, queue: "shared" }), {
    horizonS: 300,
  }),
  batchingCase("shared prefixes", batchingPool({ prefixBlock: 64 }, { balance: "prefix_affinity" }), {
    draw: { ...STEADY, rateRps: 8, prefixes: { groups: 40, units: 8 } },
    blockIds: 65_536,
  }),
  batchingCase("closed loop", batchingPool({}), {
    closedLoop: { concurrency: 100, thinkS: 0.5, think: "exponential", rampS: 2 },
  }),
];

/** Prefill and decode apart: every way of handing over, with memory that runs out on either side. */
export const STAGED_CASES: readonly RunCase[] = stagedCases(batchingPool({ chunk: 1024 }));

const COLUMNS = [
  "arrival",
  "inputTokens",
  "outputTokens",
  "pool",
  "replica",
  "status",
  "queueWait",
  "ttft",
  "tpot",
  "e2e",
  "preemptions",
] as const satisfies readonly (keyof ResultRows)[];

const STAGED_COLUMNS = [
  "decodePool",
  "decodeReplica",
  "transfer",
  "handover",
] as const satisfies readonly (keyof StagedRows)[];

function columnsOf(rows: ResultRows): ArrayBufferView[] {
  const { staged } = rows;
  return [...COLUMNS.map((name) => rows[name]), ...(staged ? STAGED_COLUMNS.map((name) => staged[name]) : [])];
}

/** Sizes of chunks in turn; the last one is repeated. */
export type Cuts = readonly number[];

/**
 * Plays a case, a chunk a step, and answers all it came to as bytes: the column of every figure of every request, the totals and the course of
 * every pool, order statistics.
 */
export function* playSteps(core: Core, { spec, count }: RunCase, cuts: Cuts): Generator<void, Uint8Array<ArrayBuffer>> {
  const simulation = new Simulation(core, spec);
  const columns: Uint8Array[][] = [];
  const take = () => columnsOf(simulation.results()).forEach((column, i) => (columns[i] ??= []).push(bytesOf(column)));
  for (let played = 0, turn = 0; played < count; turn++) {
    const rows = Math.min(cuts[Math.min(turn, cuts.length - 1)]!, count - played);
    const { label } = simulation.draw(rows);
    if (spec.labelPools) for (let i = 0; i < rows; i++) label[i] = (played + i) % spec.labelPools.length;
    simulation.playWindow(rows);
    take();
    played += rows;
    yield;
  }
  simulation.finish();
  take();
  const scopes: (number | "none")[] = [...spec.pools.keys(), "none"];
  const totals = scopes.map((scope) => bytesOf(simulation.figures(scope)));
  const metrics: Metric[] = spec.pools.some(({ stage }) => stage) ? [...METRICS, ...STAGED_METRICS] : METRICS;
  const statistics = [...scopes, "all" as const].map((scope) =>
    bytesOf(orderStatistics(simulation, metrics, scope, count)),
  );
  const gaps = spec.engine === "iterations" ? [bytesOf(simulation.gaps())] : [];
  return joined([...columns.flat(), ...totals, bytesOf(simulation.series().values), ...statistics, ...gaps]);
}

/** Plays a case to its end; see {@link playSteps}. */
export function playBytes(core: Core, run: RunCase, cuts: Cuts = [65536]): Uint8Array<ArrayBuffer> {
  const steps = playSteps(core, run, cuts);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** SHA-256 of all that the golden cases answer, in hexadecimal. */
export async function goldenHash(core: Core): Promise<string> {
  const bytes = joined([...GOLDEN_CASES, ...BATCHING_CASES, ...STAGED_CASES].map((run) => playBytes(core, run)));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const METRICS: Metric[] = ["queueWait", "ttft", "tpot", "e2e"];
const STAGED_METRICS: Metric[] = ["handover", "ttftAtUser", "ttftAtPrefill", "tpotOverN"];

function orderStatistics(
  simulation: Simulation,
  metrics: readonly Metric[],
  scope: Scope,
  count: number,
): Float64Array {
  const statistics = metrics.flatMap((metric) => {
    const gathered = simulation.gather(metric, scope, Math.floor(count / 10), false);
    const ranks = [0.5, 0.9, 0.99, 1].map((p) => Math.max(1, Math.floor(p * gathered.reached)));
    const { reached, positive, sumTicks, largestTicks } = gathered;
    const numbers = [gathered.count, reached, positive, sumTicks, largestTicks];
    return [...numbers, ...ranks.map((rank) => simulation.select(rank)), ...simulation.countAbove(largestTicks / 2)];
  });
  return Float64Array.from(statistics);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

/**
 * Runs that use every feature of the request-level core, and the hash of all they answer. Free of anything but the core and the web platform, so that a
 * browser can make the same runs and must come to the same hash.
 */
import type { Core } from "../../host/core/load.js";
import type { CorePool, RunSpec } from "../../host/core/run-spec.js";
import { type Metric, type ResultRows, type Scope, Simulation } from "../../host/core/simulation.js";
import type { LengthModel } from "../../host/workloads/models.js";

/** Drawn requests through a fleet. */
export interface RunCase {
  name: string;
  spec: RunSpec;
  count: number;
}

/** SHA-256 of everything that {@link GOLDEN_CASES} answer, one after the other: the same on every platform. */
export const GOLDEN_SHA256 = "eaae8e092d191f63d3f3d64911f45f06ef9776a7e2813f4565872c88cf99d577";

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
const STEADY: RunSpec["draw"] = { process: { type: "poisson" }, rateRps: 14, lengths: TOTALS };

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
] as const satisfies readonly (keyof ResultRows)[];

/** Sizes of chunks in turn; the last one is repeated. */
export type Cuts = readonly number[];

/**
 * Plays a case, a chunk a step, and answers all it came to as bytes: the column of every figure of every request, the totals and the course of
 * every pool, order statistics.
 */
export function* playSteps(core: Core, { spec, count }: RunCase, cuts: Cuts): Generator<void, Uint8Array<ArrayBuffer>> {
  const simulation = new Simulation(core, spec);
  const columns = COLUMNS.map((): Uint8Array[] => []);
  const take = () => {
    const rows = simulation.results();
    COLUMNS.forEach((name, i) => columns[i]!.push(bytesOf(rows[name])));
  };
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
  const statistics = [...scopes, "all" as const].map((scope) => bytesOf(orderStatistics(simulation, scope, count)));
  return joined([...columns.flat(), ...totals, bytesOf(simulation.series().values), ...statistics]);
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
  const bytes = joined(GOLDEN_CASES.map((run) => playBytes(core, run)));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function orderStatistics(simulation: Simulation, scope: Scope, count: number): Float64Array {
  const metrics: Metric[] = ["queueWait", "ttft", "tpot", "e2e"];
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

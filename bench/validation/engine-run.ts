import { lowestTick } from "../../host/core/gap-sketch.js";
import type { Core } from "../../host/core/load.js";
import type { ClosedLoop, CorePool, CoreServing } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import { CHUNK_ROWS, type BlockColumns } from "../../host/workloads/requests.js";

const NS_PER_S = 1e9;

/** Requests of a measured run, in order of arrival. */
export interface Requests {
  arrivalS: readonly number[];
  inputTokens: readonly number[];
  outputTokens: readonly number[];
  /** Ids of the units of prefix that each prompt holds. */
  prefixes?: readonly (readonly number[])[];
}

/** One engine, as the measured one was set up. */
export interface EngineSetup {
  maxNumSeqs: number;
  maxModelLen: number;
  kvBlocks: number;
  serving: CoreServing;
}

/** How to play it, where not by default. */
export interface ServeOptions {
  /** Absent: requests arrive when the workload says. */
  closedLoop?: ClosedLoop;
  /** One iteration at a time instead of in jumps. */
  step?: boolean;
}

/** What became of every request, s, in order of arrival. */
export interface Served {
  arrivalS: number[];
  queueWaitS: number[];
  ttftS: number[];
  tpotS: number[];
  e2eS: number[];
  /** The gap between tokens below which a share of all gaps lies, s; to 0.4 %. */
  gapS(share: number): number;
}

/** Plays the requests through one replica of the engine `iterations`, to the end. */
export function serve(core: Core, setup: EngineSetup, requests: Requests, options: ServeOptions = {}): Served {
  const blocks = requests.prefixes && columns(requests.prefixes);
  const simulation = new Simulation(core, {
    engine: "iterations",
    pools: [pool(setup)],
    router: { type: "length" },
    seed: 0,
    keepsResults: true,
    ...options,
    ...(blocks && { blockIds: blocks.ids.length }),
  });
  const count = requests.arrivalS.length;
  if (count > CHUNK_ROWS) throw new RangeError(`at most ${CHUNK_ROWS} requests, not ${count}`);
  simulation.play({
    count,
    arrivalS: Float64Array.from(requests.arrivalS),
    inputTokens: Uint32Array.from(requests.inputTokens),
    outputTokens: Uint32Array.from(requests.outputTokens),
    label: new Uint16Array(count),
    category: new Uint8Array(count),
    ...(blocks && { blocks }),
  });
  const served: Served = {
    arrivalS: [],
    queueWaitS: [],
    ttftS: [],
    tpotS: [],
    e2eS: [],
    gapS: (share) => quantile(gaps, share) / NS_PER_S,
  };
  collect(simulation, served);
  simulation.finish();
  collect(simulation, served);
  const gaps = simulation.gaps();
  return served;
}

/** Takes what the last call settled. */
function collect(simulation: Simulation, served: Served): void {
  const rows = simulation.results();
  for (let i = 0; i < rows.count; i++) {
    served.arrivalS.push(rows.arrival[i]! / NS_PER_S);
    served.queueWaitS.push(rows.queueWait[i]! / NS_PER_S);
    served.ttftS.push(rows.ttft[i]! / NS_PER_S);
    served.tpotS.push(rows.tpot[i]! / NS_PER_S);
    served.e2eS.push(rows.e2e[i]! / NS_PER_S);
  }
}

/** Middle of the bucket of gaps that holds this share of them, ticks. */
function quantile(counts: Float64Array, share: number): number {
  let left = share * counts.reduce((sum, count) => sum + count, 0);
  let bucket = 0;
  while (bucket < counts.length - 1 && counts[bucket]! < left) left -= counts[bucket++]!;
  return (lowestTick(bucket) + lowestTick(bucket + 1)) / 2;
}

function pool(setup: EngineSetup): CorePool {
  return {
    replicas: 1,
    slots: setup.maxNumSeqs,
    maxCtx: setup.maxModelLen,
    kvBlocks: setup.kvBlocks,
    blockSize: 16,
    // Constants of the engine `slots`, which this one does not use.
    W: 1,
    H: 0,
    calibrationCtx: 1,
    chunk: 1,
    queue: "replica",
    maxQueue: null,
    balance: "least_outstanding",
    serving: setup.serving,
  };
}

function columns(prefixes: readonly (readonly number[])[]): BlockColumns {
  const offsets = new Uint32Array(prefixes.length + 1);
  prefixes.forEach((ids, i) => (offsets[i + 1] = offsets[i]! + ids.length));
  return { offsets, ids: Uint32Array.from(prefixes.flat()) };
}

/**
 * Arrivals at exponential gaps, stretched to end at `durationS`, as the load timer of inference-perf makes them (`ConstantLoadTimer`,
 * inference_perf/loadgen/load_timer.py), drawn by the core.
 */
export function jitteredArrivals(core: Core, count: number, durationS: number, seed: number): number[] {
  const idle: CoreServing = {
    scheduler: "vllm",
    policy: "fcfs",
    maxNumBatchedTokens: null,
    chunk: null,
    chunked: true,
    watermark: 0,
    pp: 1,
    prefixBlock: null,
    model: {
      type: "affine",
      knots: [{ tokens: 0, compute: 0, memory: 0, other: 0 }],
      tokenGranularity: 1,
      computePerContext: 0,
      computePerWork: 0,
      memoryPerContext: 0,
      memoryPerProcessed: 0,
      otherPerSequence: 0,
    },
  };
  const simulation = new Simulation(core, {
    engine: "iterations",
    pools: [pool({ maxNumSeqs: 1, maxModelLen: 2, kvBlocks: 1, serving: idle })],
    router: { type: "length" },
    seed,
    draw: { process: { type: "poisson" }, rateRps: count / durationS },
  });
  const arrivals = Array.from(simulation.draw(count).arrivalS.subarray(0, count));
  const last = arrivals[count - 1]!;
  return arrivals.map((arrival) => arrival * (durationS / last));
}

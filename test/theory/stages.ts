import type { Core } from "../../host/core/load.js";
import type { CoreDecodeStage, CorePool, CorePrefillStage, CoreServing } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import type { AffineModel } from "../../host/profiles/iteration-model.js";

const WINDOW = 65536;

/** Share of the requests before the measured ones. */
export const WARM_UP = 0.1;

/** Memory that never is what a request waits for, tokens. */
const PLENTY = 2 ** 30;

/** An iteration takes `fixedS + perTokenS * tokens`, whatever the contexts. */
export function iterationOf(fixedS: number, perTokenS = 0): AffineModel {
  return {
    type: "affine",
    knots: [
      { tokens: 0, compute: fixedS, memory: 0, other: 0 },
      { tokens: 1, compute: fixedS + perTokenS, memory: 0, other: 0 },
    ],
    tokenGranularity: 1,
    computePerContext: 0,
    computePerWork: 0,
    memoryPerContext: 0,
    memoryPerProcessed: 0,
    otherPerSequence: 0,
  };
}

/** A pool of the engine `iterations` with memory for all; prompts are taken whole. */
export function stagePool(
  model: AffineModel,
  pool: Partial<CorePool> = {},
  serving: Partial<CoreServing> = {},
): CorePool {
  return {
    replicas: 1,
    slots: 1,
    maxCtx: 100_000,
    kvBlocks: PLENTY / 16,
    blockSize: 16,
    W: 0,
    H: 0,
    calibrationCtx: 1,
    chunk: 512,
    queue: "replica",
    maxQueue: null,
    balance: "least_outstanding",
    ...pool,
    serving: {
      scheduler: "vllm",
      policy: "fcfs",
      maxNumBatchedTokens: null,
      chunk: null,
      chunked: true,
      watermark: 0,
      pp: 1,
      prefixBlock: null,
      model,
      ...serving,
    },
  };
}

/** Hands over to pool 1, a byte a token, over a link without limit: tests say what they are about. */
export function prefillStage(change: Partial<CorePrefillStage> = {}): CorePrefillStage {
  return {
    role: "prefill",
    decodePool: 1,
    firstToken: "prefill",
    handover: "pull",
    mode: "serial",
    sharing: "fifo",
    linkBytesPerS: Infinity,
    linkLatencyS: 0,
    kv: { tokenBytes: 1, windowBytes: 0, window: 0 },
    layers: 1,
    spillPromptTokens: null,
    keepDecodes: false,
    ...change,
  };
}

/** Takes over what pool 0 has computed. */
export function decodeStage(linkBytesPerS = Infinity): CoreDecodeStage {
  return { role: "decode", linkBytesPerS };
}

/** Poisson arrivals whose lengths the host writes. */
export interface PoissonRun {
  rateRps: number;
  count: number;
  seed: number;
  replication: number;
  /** Input and output tokens of the next request. */
  lengths: () => readonly [input: number, output: number];
  /** Sees every request once it is settled, in order of arrival, through {@link Simulation.results}. */
  read?: (simulation: Simulation) => void;
}

/** Plays Poisson arrivals through pools, all of them to their end. */
export function playPoisson(core: Core, pools: readonly CorePool[], run: PoissonRun): Simulation {
  const { rateRps, seed, replication, read } = run;
  const draw = { process: { type: "poisson" }, rateRps } as const;
  const simulation = new Simulation(core, {
    engine: "iterations",
    pools,
    router: { type: "length" },
    seed,
    replication,
    draw,
    keepsResults: read !== undefined,
  });
  for (let played = 0; played < run.count; played += WINDOW) {
    const rows = Math.min(WINDOW, run.count - played);
    const { inputTokens, outputTokens } = simulation.draw(rows);
    for (let i = 0; i < rows; i++) [inputTokens[i], outputTokens[i]] = run.lengths();
    simulation.playWindow(rows);
    read?.(simulation);
  }
  simulation.finish();
  read?.(simulation);
  return simulation;
}

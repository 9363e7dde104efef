/** Golden runs in which prefill and decode are apart. */
import type { CoreDraw, CorePool, CorePrefillStage, RunSpec } from "../../host/core/run-spec.js";

const DRAW: CoreDraw = {
  process: { type: "gamma", cv: 1.5 },
  rateRps: 8,
  lengths: {
    windowS: Infinity,
    windowCell: Uint32Array.of(0, 3),
    cumulative: Float64Array.of(0.5, 0.9, 1),
    inputLow: Uint32Array.of(1, 500, 4000),
    inputHigh: Uint32Array.of(400, 3000, 12_000),
    outputLow: Uint32Array.of(1, 30, 1),
    outputHigh: Uint32Array.of(60, 400, 40),
  },
};

const STAGE: CorePrefillStage = {
  role: "prefill",
  decodePool: 2,
  firstToken: "prefill",
  handover: "pull",
  mode: "serial",
  sharing: "fifo",
  linkBytesPerS: 5e9,
  linkLatencyS: 5e-5,
  kv: { tokenBytes: 100_000, windowBytes: 50_000, window: 1024 },
  layers: 40,
  spillPromptTokens: null,
  keepDecodes: false,
};

/** Two prefill pools, the decode pool of both, and a pool that does both, all of them with little memory. */
function stagedPools(pool: CorePool, stage: Partial<CorePrefillStage>): CorePool[] {
  const prefill = { ...pool, stage: { ...STAGE, ...stage } };
  const second: CorePool = { ...prefill, replicas: 1, stage: { ...prefill.stage, linkBytesPerS: 2e9 } };
  const decode: CorePool = {
    ...pool,
    replicas: 1,
    slots: 48,
    kvBlocks: 1100,
    stage: { role: "decode", linkBytesPerS: 4e9 },
  };
  return [prefill, second, decode, { ...pool, replicas: 1 }];
}

/** Ways in which a request is handed over, and what else a run may have. */
const WAYS: readonly [string, Partial<CorePrefillStage>, Partial<RunSpec>?][] = [
  ["pull, decodes kept", { keepDecodes: true }],
  ["pull, shared links, spilled prompts", { sharing: "shared", spillPromptTokens: 9000 }],
  ["push, first token at the decode side", { handover: "push", firstToken: "decode" }, { step: true }],
  ["push, layer by layer", { handover: "push", mode: "layerwise" }],
  ["reserve, shared links", { handover: "reserve", sharing: "shared" }],
  ["reserve, layer by layer", { handover: "reserve", mode: "layerwise" }],
  ["up to a horizon", { handover: "push" }, { horizonS: 200 }],
  ["closed loop", { handover: "reserve" }, { closedLoop: { concurrency: 120, rampS: 2 } }],
];

/** Runs of `pool` in every role. */
export function stagedCases(pool: CorePool): { name: string; count: number; spec: RunSpec }[] {
  return WAYS.map(([name, stage, change]) => ({
    name: `stages: ${name}`,
    count: 4000,
    spec: {
      engine: "iterations",
      pools: stagedPools(pool, stage),
      router: { type: "round_robin" },
      draw: DRAW,
      seed: 6,
      keepsResults: true,
      ...change,
    },
  }));
}

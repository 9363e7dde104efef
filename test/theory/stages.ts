import type { Core } from "../../host/core/load.js";
import type { CoreDecodeStage, CorePool, CorePrefillStage, CoreServing } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import type { AffineModel } from "../../host/profiles/iteration-model.js";
import { affine, pool } from "../iterations-reference/building.js";
import { prefillPool } from "../iterations-reference/stages/building-stages.js";

const WINDOW = 65536;

/** Share of the requests before the measured ones. */
export const WARM_UP = 0.1;

/** Memory that never is what a request waits for, tokens. */
const PLENTY = 2 ** 30;

/** An iteration takes `fixedS + perTokenS * tokens`, whatever the contexts. */
export function iterationOf(fixedS: number, perTokenS = 0): AffineModel {
  return affine({
    knots: [
      { tokens: 0, compute: fixedS, memory: 0, other: 0 },
      { tokens: 1, compute: fixedS + perTokenS, memory: 0, other: 0 },
    ],
  });
}

/** A pool of the engine `iterations` with one seat and memory for all; prompts are taken whole. */
export function stagePool(
  model: AffineModel,
  changes: Partial<CorePool> = {},
  serving: Partial<CoreServing> = {},
): CorePool {
  const roomy = { slots: 1, maxCtx: 100_000, kvBlocks: PLENTY / 16, blockSize: 16 };
  return pool({ model, ...serving }, { ...roomy, ...changes });
}

/** Hands over to pool 1, a byte a token, over a link without limit: tests say what they are about. */
export function prefillStage(change: Partial<CorePrefillStage> = {}): CorePrefillStage {
  const free = { linkBytesPerS: Infinity, kv: { tokenBytes: 1, windowBytes: 0, window: 0 }, layers: 1 };
  return prefillPool({ stage: { ...free, ...change } }).stage as CorePrefillStage;
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

import { expect, it } from "vitest";
import { FIGURE_COMPLETED, SAMPLES_CAPACITY } from "../../assembly/contract.js";
import type { CorePool } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import { CHUNK_ROWS } from "../../host/workloads/requests.js";
import { loadBuild } from "./wasm-builds.js";

const W = 0.001;
const TICKS_PER_ITERATION = 1e6;
const OUTPUTS = 1024;

const POOL: CorePool = {
  replicas: 1,
  slots: 4,
  maxCtx: 8192,
  kvBlocks: 8192,
  blockSize: 16,
  W,
  H: 0,
  calibrationCtx: 8192,
  chunk: 512,
  queue: "replica",
  maxQueue: null,
  balance: "round_robin",
};

/** Plays requests that never wait; request i has one input token and 1 + i mod OUTPUTS output tokens, so it takes 2 + i mod OUTPUTS iterations. */
async function played(count: number): Promise<Simulation> {
  const draw = { process: { type: "deterministic" as const }, rateRps: 1 };
  const simulation = new Simulation(await loadBuild("release"), {
    pools: [POOL],
    router: { type: "length" },
    seed: 1,
    draw,
  });
  for (let first = 0; first < count; first += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, count - first);
    const window = simulation.draw(rows);
    for (let i = 0; i < rows; i++) {
      window.inputTokens[i] = 1;
      window.outputTokens[i] = 1 + ((first + i) % OUTPUTS);
    }
    simulation.playWindow(rows);
  }
  simulation.finish();
  return simulation;
}

it("up to SAMPLES_CAPACITY requests percentiles are of every one, beyond of every second, and counts of all", async () => {
  const count = SAMPLES_CAPACITY + 4 * CHUNK_ROWS;
  const simulation = await played(count);
  expect(simulation.sampleStride).toBe(2);
  expect(simulation.figures(0)[FIGURE_COMPLETED]).toBe(count);
  const warmup = 10 * OUTPUTS;
  const gathered = simulation.gather("e2e", "all", warmup, false);
  expect(gathered).toMatchObject({ count: (count - warmup) / 2, reached: (count - warmup) / 2 });
  // Requests 0, 2, 4, ... take 2, 4, 6, ... iterations.
  const rounds = (count - warmup) / OUTPUTS;
  for (const step of [1, 2, 256, 512]) {
    expect(simulation.select(step * rounds)).toBe(2 * step * TICKS_PER_ITERATION);
  }
});

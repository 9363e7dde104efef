/** What a run must stand: questions at the wrong time, a profile that begins with silence, a backlog whose requests are handed out one by one. */
import { describe, expect, it } from "vitest";
import type { CorePool } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import { BATCHING_CASES } from "./golden-run.js";
import { columns } from "./play-case.js";
import { BUILDS, loadBuild } from "./wasm-builds.js";

const POOL: CorePool = {
  replicas: 1,
  slots: 1,
  maxCtx: 1000,
  kvBlocks: 1000,
  blockSize: 1,
  W: 100,
  H: 0,
  calibrationCtx: 1000,
  chunk: 1000,
  queue: "replica",
  maxQueue: null,
  balance: "round_robin",
};

describe.each(BUILDS)("the %s core", (build) => {
  it("takes nothing where figures are asked for before the run is finished", async () => {
    const simulation = new Simulation(await loadBuild(build), { pools: [POOL], router: { type: "length" }, seed: 1 });
    expect(simulation.gather("ttft", "all", 0, false)).toMatchObject({ count: 0, reached: 0, sumTicks: 0 });
    expect(simulation.select(1)).toBe(Infinity);
    expect(simulation.countAbove(0).every((above) => above === 0)).toBe(true);
  });

  it("goes through whole rounds of a profile that begins with silence", async () => {
    const profile = { stepS: 0.644382, relativeRate: Float64Array.of(0, 2) };
    const draw = { process: { type: "deterministic" as const }, rateRps: 0.03879686273049216, profile };
    const simulation = new Simulation(await loadBuild(build), { pools: [], router: { type: "length" }, seed: 1, draw });
    const { arrivalS } = simulation.draw(1000);
    expect([...arrivalS].every((arrival, i) => i === 0 || arrival > arrivalS[i - 1]!)).toBe(true);
    expect(arrivalS[999]! * draw.rateRps).toBeCloseTo(1000, 0);
  });

  it("hands out the requests of a long backlog in memory that grows as the backlog does", async () => {
    const spec = { pools: [POOL], router: { type: "length" as const }, seed: 1, keepsResults: true };
    const simulation = new Simulation(await loadBuild(build), spec);
    for (let i = 0; i < 2000; i++) {
      simulation.play(columns([{ arrivalS: i, input: 1, output: 1, label: -1, category: 0 }]));
    }
    expect(simulation.memoryUsed).toBeLessThan(8 * 2 ** 20);
    simulation.finish();
    expect(simulation.results().count).toBeGreaterThan(1900);
  });

  it.each(["vllm", "shared prefixes", "sarathi, by priority", "closed loop"])(
    "takes no memory for requests that are gone but for their figures: iterations, %s",
    async (name) => {
      const { spec } = BATCHING_CASES.find((run) => run.name === `iterations: ${name}`)!;
      const draw = { ...spec.draw!, rateRps: 0.5 };
      const simulation = new Simulation(await loadBuild(build), { ...spec, draw, keepsResults: false });
      const play = (requests: number) => {
        for (let played = 0; played < requests; played += 1000) {
          simulation.draw(1000);
          simulation.playWindow(1000);
        }
        return simulation.memoryUsed;
      };
      const before = play(20_000);
      // 34 bytes a request, in segments of 16,384 requests.
      expect((play(65_536) - before) / 65_536).toBeLessThan(1.3 * 34);
    },
  );
});

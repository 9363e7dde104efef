/** One replica of c slots and c replicas of one slot behind a shared queue are the same queue. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import type { CorePool } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import { loadBuild } from "../core/wasm-builds.js";
import { plainPool } from "./queue.js";
import { exponentials } from "./service-times.js";

const COUNT = 50_000;

/** The columns of every request, in order of arrival. */
function playColumns(core: Core, pool: CorePool, rateRps: number) {
  const draw = { process: { type: "poisson" } as const, rateRps };
  const simulation = new Simulation(core, {
    pools: [pool],
    router: { type: "length" },
    seed: 5,
    draw,
    keepsResults: true,
  });
  const next = exponentials(5, 0);
  const { inputTokens, outputTokens } = simulation.draw(COUNT);
  inputTokens.fill(1);
  for (let i = 0; i < COUNT; i++) outputTokens[i] = Math.ceil(next() * 1e5);
  simulation.playWindow(COUNT);
  const take = () => {
    const { queueWait, ttft, e2e, status } = simulation.results();
    return [queueWait, ttft, e2e, status].map((column) => [...column]);
  };
  const played = take();
  simulation.finish();
  return take().map((rest, column) => [...played[column]!, ...rest]);
}

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

describe("a shared queue", () => {
  it.each([4, 16, 64])(
    "before %i replicas of one slot serves every request as one replica of as many slots does",
    (servers) => {
      const slots = playColumns(core, plainPool({ slots: servers }), 0.95 * servers);
      const replicas = playColumns(core, plainPool({ replicas: servers }), 0.95 * servers);
      expect(slots[0]).toHaveLength(COUNT);
      expect(slots[0]!.filter((wait) => wait > 0).length).toBeGreaterThan(COUNT / 10);
      expect(replicas).toEqual(slots);
    },
  );

  it("with room for few waiting turns away the same requests in both", () => {
    const slots = playColumns(core, plainPool({ slots: 4, maxQueue: 3 }), 4.4);
    const replicas = playColumns(core, plainPool({ replicas: 4, maxQueue: 3 }), 4.4);
    expect(slots[0]!.filter((wait) => wait === Infinity).length).toBeGreaterThan(COUNT / 10);
    expect(replicas).toEqual(slots);
  });
});

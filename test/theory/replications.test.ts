/** Independent replications of a replay, put together by `replay` itself. */
import { describe, expect, it } from "vitest";
import { replay } from "../../host/planners/replay.js";
import { mdcWait } from "../../host/queueing/mdc.js";
import { loadBuild } from "../core/wasm-builds.js";
import { REPLICATIONS } from "./agreement.js";
import { expectConserved } from "./conservation.js";
import { fleetOf } from "./fleets.js";
import { fixedLengths } from "./length-models.js";
import { plainPool, TOKENS_PER_SECOND } from "./queue.js";

const COUNT = 40_000;
const RHO = 0.8;

/** M/D/4, services of one second. */
async function replayQueue(seed: number, replications: number) {
  const model = { name: "fixed", lengths: fixedLengths(1, TOKENS_PER_SECOND - 1) };
  const result = await replay({
    fleet: fleetOf([plainPool({ slots: 4 })]),
    requests: { drawn: { model, rateRps: 4 * RHO, count: COUNT, process: { type: "poisson" } } },
    seed,
    replications,
    core: await loadBuild("release"),
  });
  expectConserved(result, replications * COUNT);
  return result;
}

describe("replications of M/D/4", () => {
  const law = mdcWait(4, 4 * RHO, 1);

  it("have the exact mean wait and share of those that wait as their mean", async () => {
    const { queue_wait_ms, utilisation, requests } = await replayQueue(61, REPLICATIONS);
    expect(Math.abs(queue_wait_ms.mean! / 1000 / law.meanS - 1)).toBeLessThan(0.05);
    expect(Math.abs(queue_wait_ms.p_wait! / law.tail(0) - 1)).toBeLessThan(0.02);
    expect(utilisation.slots).toBeCloseTo(RHO, 2);
    expect(requests.warmup_excluded).toBe(0.1 * COUNT * REPLICATIONS);
  });

  it("have intervals of P99 that contain the exact one in 19 of 20 cases", async () => {
    const exactMs = law.percentileS(0.99) * 1000;
    let contained = 0;
    for (let seed = 0; seed < 40; seed++) {
      const [low, high] = (await replayQueue(seed, 5)).queue_wait_ms.p99_ci95!;
      if (low <= exactMs && exactMs <= high) contained++;
    }
    // 38 are expected; 33 and fewer have a probability of 0.003.
    expect(contained).toBeGreaterThan(33);
  });

  it("are independent: the second is not the first again", async () => {
    const one = await replayQueue(62, 1);
    const two = await replayQueue(62, 2);
    expect(two.queue_wait_ms.count).toBe(2 * one.queue_wait_ms.count);
    expect(two.queue_wait_ms.mean).not.toBeCloseTo(one.queue_wait_ms.mean!, 6);
  });
});

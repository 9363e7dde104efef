import { describe, expect, it } from "vitest";
import * as C from "../../assembly/contract.js";
import { Simulation } from "../../host/core/simulation.js";
import { GOLDEN_CASES, GOLDEN_SHA256, goldenHash } from "./golden-run.js";
import { BUILDS, loadBuild } from "./wasm-builds.js";

describe("the golden runs", () => {
  it.each(BUILDS)("of the %s core come to the hash that every platform must come to", async (build) => {
    expect(await goldenHash(await loadBuild(build))).toBe(GOLDEN_SHA256);
  });

  it("meet every way in which a request can end", async () => {
    const core = await loadBuild("release");
    const met = new Set<number>();
    for (const { spec, count } of GOLDEN_CASES) {
      const simulation = new Simulation(core, spec);
      const { label } = simulation.draw(Math.min(count, 5000));
      if (spec.labelPools) label.forEach((_, i) => (label[i] = i % spec.labelPools!.length));
      simulation.playWindow(Math.min(count, 5000));
      for (const status of simulation.results().status) met.add(status);
      simulation.finish();
      for (const status of simulation.results().status) met.add(status);
    }
    expect([...met].sort()).toEqual([
      C.STATUS_COMPLETED,
      C.STATUS_UNFINISHED,
      C.STATUS_TOO_LONG_FOR_POOL,
      C.STATUS_TOO_LONG_FOR_EVERY_POOL,
      C.STATUS_QUEUE_FULL,
    ]);
  });
});

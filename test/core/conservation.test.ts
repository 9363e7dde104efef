/** No request is lost or counted twice, by whatever path it is counted. */
import { beforeAll, describe, expect, it } from "vitest";
import * as C from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import { readOutcome } from "../../host/core/outcome.js";
import { Simulation } from "../../host/core/simulation.js";
import { expectConserved } from "../theory/conservation.js";
import { fleetOf } from "../theory/fleets.js";
import { GOLDEN_CASES, type RunCase } from "./golden-run.js";
import { loadBuild } from "./wasm-builds.js";

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

/** A finished case, and how many of its requests ended in each pool (the last: in none) with each status. */
function play({ spec, count }: RunCase): { simulation: Simulation; ends: number[][] } {
  const simulation = new Simulation(core, spec);
  const ends = [...spec.pools, "none"].map(() => new Array<number>(6).fill(0));
  const take = () => {
    const { pool, status } = simulation.results();
    status.forEach((code, i) => ends.at(pool[i]! < 0 ? -1 : pool[i]!)![code]!++);
  };
  for (let played = 0; played < count; played += 1000) {
    const { label } = simulation.draw(1000);
    if (spec.labelPools) label.forEach((_, i) => (label[i] = i % spec.labelPools!.length));
    simulation.playWindow(1000);
    take();
  }
  simulation.finish();
  take();
  return { simulation, ends };
}

/** The same, up to a horizon in the midst of it. */
function cutShort(run: RunCase): RunCase {
  return { ...run, name: `${run.name}, cut short`, spec: { ...run.spec, horizonS: 200 } };
}

const CASES = GOLDEN_CASES.flatMap((run) => [run, cutShort(run)]);

describe.each(CASES)("$name", (run) => {
  it("the totals of every pool are what its requests came to", () => {
    const { simulation, ends } = play(run);
    const scopes: (number | "none")[] = [...run.spec.pools.keys(), "none"];
    scopes.forEach((scope, i) => {
      const row = simulation.figures(scope);
      const end = ends[i]!;
      expect(row[C.FIGURE_ARRIVED]).toBe(end.reduce((sum, count) => sum + count, 0));
      expect(row[C.FIGURE_COMPLETED]).toBe(end[C.STATUS_COMPLETED]);
      expect(row[C.FIGURE_UNFINISHED]).toBe(end[C.STATUS_UNFINISHED]);
      expect(row[C.FIGURE_REJECTED_TOO_LONG_FOR_POOL]).toBe(end[C.STATUS_TOO_LONG_FOR_POOL]);
      expect(row[C.FIGURE_REJECTED_TOO_LONG_FOR_EVERY_POOL]).toBe(end[C.STATUS_TOO_LONG_FOR_EVERY_POOL]);
      expect(row[C.FIGURE_REJECTED_QUEUE_FULL]).toBe(end[C.STATUS_QUEUE_FULL]);
      expect(end[C.STATUS_WAITING]).toBe(0);
    });
  });

  it("the figures of the fleet add up, over pools and reasons", () => {
    const { simulation, ends } = play(run);
    const outcome = readOutcome(simulation, fleetOf(run.spec.pools), {
      engine: "slots",
      warmup: 0.1,
      slo: { ttftMs: 500 },
    });
    expectConserved(outcome, run.spec.horizonS === undefined ? run.count : undefined);
    expect(outcome.requests.arrived).toBe(ends.flat().reduce((sum, count) => sum + count, 0));
  });
});

describe.each(GOLDEN_CASES.filter(({ spec }) => spec.horizonS === undefined))("$name", (run) => {
  it("Little's law: the integral of requests in a pool is the sum of their times in it", () => {
    const { simulation } = play(run);
    for (const pool of run.spec.pools.keys()) {
      const row = simulation.figures(pool);
      expect(row[C.FIGURE_SYSTEM_AREA]).toBe(row[C.FIGURE_E2E_SUM]);
    }
  });
});

/** The prefill phase at one prompt a time against M/D/1 and its forms: docs/reference/queueing.md. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import type { CorePool } from "../../host/core/run-spec.js";
import type { Simulation } from "../../host/core/simulation.js";
import { prefillTtft, prefillTtftPercentileS, saturationRps } from "../../host/queueing/prefill-phase.js";
import { loadBuild } from "../core/wasm-builds.js";
import { expectAgrees, summary } from "./agreement.js";
import { replicate } from "./queue.js";
import { decodeStage, iterationOf, playPoisson, prefillStage, stagePool } from "./stages.js";
import { D, deviceOf, FIRST_SEED, ONE, playTtft, PREFILL_POINTS, PROMPT, STAGES } from "./stages-forms.js";

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

/** Where the P99 is compared too. */
const P99_LOADS = [0.5, 0.7, 0.9];

describe("E[TTFT] of prompts that are taken one at a time", () => {
  /** Standard errors between what was played and what is exact, by point. */
  const distances: number[] = [];

  it.each(PREFILL_POINTS)("on $name at a load of $rho", ({ unit, pool, rho, seed }) => {
    const rateRps = rho * saturationRps(unit);
    const played = replicate((replication) => playTtft(core, pool, rateRps, { seed, replication }));
    const exact = prefillTtft(unit, rateRps).meanS;
    const means = played.map(({ meanS }) => meanS);
    const { mean, standardError } = summary(means);
    distances.push((mean - exact) / standardError);
    expectAgrees("mean TTFT", means, exact, 0.04);
    if (!P99_LOADS.includes(rho)) return;
    const p99s = played.map(({ p99S }) => p99S);
    expectAgrees("P99 TTFT", p99s, prefillTtftPercentileS(unit, rateRps, 0.99), 0.04);
  });

  // Of correct code 6.5 % of the points lie farther off (Student's t over 15 runs), 1.6 of 24; more than 3 do under 7 % of the seeds. Those of the points were chosen before.
  it("lies within two standard errors at 21 of 24 points at least", () => {
    expect(distances).toHaveLength(24);
    const outside = distances.filter((distance) => Math.abs(distance) > 2);
    expect(outside.length, distances.map((d) => d.toFixed(2)).join(" ")).toBeLessThanOrEqual(3);
  });
});

describe("request by request", () => {
  /** What each request waits, ticks. */
  function waits(pools: readonly CorePool[], executionS: number): number[] {
    const settled: number[] = [];
    const read = (simulation: Simulation) => {
      for (const ticks of simulation.results().ttft) settled.push(ticks - Math.round(executionS * 1e9));
    };
    const rateRps = 0.9 * saturationRps(STAGES.unit);
    const lengths = () => [PROMPT, 1] as const;
    playPoisson(core, pools, { rateRps, count: 5000, seed: FIRST_SEED, replication: 0, lengths, read });
    return settled;
  }

  // Friedman, Operations Research 13 (1965).
  it("waits in two stages together what it would wait in one half as long", () => {
    const inStages = waits([STAGES.pool], D);
    const inOne = waits([deviceOf(2)], D / 2);
    expect(inStages).toHaveLength(5000);
    inStages.forEach((wait, i) => expect(Math.abs(wait - inOne[i]!), `request ${i}`).toBeLessThanOrEqual(1));
  });

  it.each([ONE, STAGES])("on $name waits as long in a pool that only prefills", ({ pool }) => {
    const decode = stagePool(iterationOf(1), { stage: decodeStage() });
    // Every request has one token, so that none is handed over.
    const apart = waits([{ ...pool, stage: prefillStage() }, decode], D);
    expect(apart).toEqual(waits([pool], D));
  });

  it("waits longer in stages with a queue to each lane", () => {
    const inStages = waits([STAGES.pool], D);
    const inLanes = waits([{ ...STAGES.pool, queue: "replica" }], D);
    const sum = (of: number[]) => of.reduce((total, wait) => total + wait, 0);
    expect(sum(inLanes) / sum(inStages)).toBeGreaterThan(1.01);
  });
});

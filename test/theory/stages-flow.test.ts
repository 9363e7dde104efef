/** Little's law in both pools of a fleet whose prefill and decode are apart. */
import { beforeAll, describe, expect, it } from "vitest";
import * as C from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import type { CorePrefillStage } from "../../host/core/run-spec.js";
import { loadBuild } from "../core/wasm-builds.js";
import { decodeStage, iterationOf, playPoisson, prefillStage, stagePool } from "./stages.js";

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

const COUNT = 5000;
const KV = { tokenBytes: 1e5, windowBytes: 0, window: 0 };

/** Each way between the pools, and how requests may go beside it. */
const WAYS: readonly Partial<CorePrefillStage>[] = [
  { handover: "pull", sharing: "fifo" },
  { handover: "pull", sharing: "shared", firstToken: "decode" },
  { handover: "push", sharing: "fifo" },
  { handover: "push", sharing: "shared" },
  { handover: "push", sharing: "fifo", mode: "layerwise" },
  { handover: "reserve", sharing: "fifo", mode: "layerwise", firstToken: "decode" },
  { handover: "reserve", sharing: "shared" },
  { handover: "pull", sharing: "fifo", spillPromptTokens: 500 },
  { handover: "pull", sharing: "fifo", keepDecodes: true },
];

/** Lengths that fill both memories. */
function lengths(): () => readonly [number, number] {
  let i = 0;
  return () => {
    i++;
    return [100 + ((i * 37) % 1500), 1 + ((i * 53) % 200)];
  };
}

function play(change: Partial<CorePrefillStage>) {
  const stage = prefillStage({ kv: KV, layers: 32, linkBytesPerS: 5e9, linkLatencyS: 50e-6, ...change });
  const memory = { maxCtx: 2000, kvBlocks: 500 };
  return playPoisson(
    core,
    [
      stagePool(iterationOf(0.002, 2e-5), { ...memory, slots: 8, replicas: 3, stage }),
      stagePool(iterationOf(0.004, 1e-5), { ...memory, slots: 32, replicas: 2, stage: decodeStage(1e10) }),
    ],
    { rateRps: 25, count: COUNT, seed: 5, replication: 0, lengths: lengths() },
  );
}

describe.each(WAYS)("with %o", (change) => {
  it("requests in a pool, integrated, are their times in it, summed, in both pools", () => {
    const simulation = play(change);
    for (const pool of [0, 1]) {
      const figures = simulation.figures(pool);
      expect(figures[C.FIGURE_SYSTEM_AREA]).toBeGreaterThan(0);
      expect(figures[C.FIGURE_E2E_SUM]! / figures[C.FIGURE_SYSTEM_AREA]!).toBeCloseTo(1, 12);
    }
  });

  it("requests go every way that there is", () => {
    const [before, after] = [0, 1].map((pool) => play(change).figures(pool)) as [Float64Array, Float64Array];
    expect(before[C.FIGURE_HANDED_OVER]).toBeGreaterThan(COUNT / 4);
    expect(before[C.FIGURE_SPILLED]! > 0).toBe(change.spillPromptTokens !== undefined);
    expect(before[C.FIGURE_KEPT]! > 0).toBe(change.keepDecodes ?? false);
    expect(after[C.FIGURE_TAKEN_OVER]).toBe(before[C.FIGURE_HANDED_OVER]! + before[C.FIGURE_SPILLED]!);
    expect(before[C.FIGURE_COMPLETED]! + after[C.FIGURE_COMPLETED]!).toBe(COUNT);
    expect(after[C.FIGURE_PREEMPTIONS]).toBeGreaterThan(0);
  });

  it("a request is in one pool at a time: both areas make up all times from arrival to end", () => {
    const simulation = play(change);
    const { reached, sumTicks } = simulation.gather("e2e", "all", 0, false);
    expect(reached).toBe(COUNT);
    const areas = [0, 1].map((pool) => simulation.figures(pool)[C.FIGURE_SYSTEM_AREA]!);
    expect((areas[0]! + areas[1]!) / sumTicks).toBeCloseTo(1, 12);
  });
});

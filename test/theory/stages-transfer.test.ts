/** The way of one request from pool to pool against its closed forms: docs/reference/disaggregation.md. */
import { beforeAll, describe, expect, it } from "vitest";
import * as C from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import type { CorePrefillStage } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import { layerwiseVisibleS, serialTransferS, transferS } from "../../host/queueing/kv-transfer.js";
import { loadBuild } from "../core/wasm-builds.js";
import { decodeStage, iterationOf, prefillStage, stagePool } from "./stages.js";

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

/** Execution of a prompt, s, by its tokens. */
const prefillS = (input: number) => 0.004 + 2.5e-5 * input;
/** An iteration of the decode side, s. */
const DECODE_S = 0.008;
const LAYERS = 80;
/** Keys and values of a token of Llama-3-70B, bytes. */
const KV = 327_680;
const GB = 1e9;

interface Alone {
  stage: Partial<CorePrefillStage>;
  input: number;
  output?: number;
  decodeBytesPerS?: number;
}

/** Plays one request; all times in ticks. */
function alone({ stage, input, output = 3, decodeBytesPerS = Infinity }: Alone) {
  const kv = { tokenBytes: KV, windowBytes: 0, window: 0 };
  const simulation = new Simulation(core, {
    engine: "iterations",
    pools: [
      stagePool(iterationOf(0.004, 2.5e-5), { stage: prefillStage({ kv, layers: LAYERS, ...stage }) }),
      stagePool(iterationOf(DECODE_S), { stage: decodeStage(decodeBytesPerS) }),
    ],
    router: { type: "length" },
    seed: 1,
  });
  simulation.play({
    count: 1,
    arrivalS: Float64Array.of(2.5),
    inputTokens: Uint32Array.of(input),
    outputTokens: Uint32Array.of(output),
    label: new Uint16Array(1),
    category: new Uint8Array(1),
  });
  simulation.finish();
  const figures = simulation.figures(0);
  const largest = (metric: "ttft" | "e2e") => simulation.gather(metric, "all", 0, false).largestTicks;
  return {
    ttft: largest("ttft"),
    e2e: largest("e2e"),
    transfers: figures[C.FIGURE_TRANSFERS]!,
    transfer: figures[C.FIGURE_TRANSFER_SUM]!,
    bytes: figures[C.FIGURE_LINK_BYTES]!,
  };
}

const ticks = (seconds: number) => Math.round(seconds * 1e9);
const iterationTicks = ticks(DECODE_S);

describe("keys and values that cross after the prompt", () => {
  it.each([
    ["25 GbE", 2048, 3.125 * GB, 0],
    ["one HDR", 2048, 25 * GB, 30e-6],
    ["8 HDR", 512, 200 * GB, 30e-6],
    ["NVLink", 7, 450 * GB, 1e-6],
    ["no limit", 100, Infinity, 5e-3],
  ])("take t0 + bytes / bandwidth over %s, to the tick", (_, input, linkBytesPerS, linkLatencyS) => {
    const played = alone({ stage: { linkBytesPerS, linkLatencyS }, input });
    const exact = ticks(serialTransferS(KV * input, linkBytesPerS, linkLatencyS));
    // No transfer takes less than one tick.
    const expected = linkBytesPerS === Infinity ? exact + 1 : exact;
    expect(played.transfers).toBe(1);
    expect(played.bytes).toBe(KV * input);
    expect(played.transfer).toBe(expected);
    expect(played.ttft).toBe(ticks(prefillS(input)));
    expect(played.e2e).toBe(played.ttft + expected + 2 * iterationTicks);
  });

  it("go as fast as the slower of both links", () => {
    const exact = ticks(transferS(KV * 1000, 25 * GB));
    const stage = { linkBytesPerS: 50 * GB };
    expect(alone({ stage, input: 1000, decodeBytesPerS: 25 * GB }).transfer).toBe(exact);
    expect(alone({ stage: { linkBytesPerS: 25 * GB }, input: 1000, decodeBytesPerS: 50 * GB }).transfer).toBe(exact);
  });

  it("are those of all tokens, and of the window in layers that have one", () => {
    const kv = { tokenBytes: 100_000, windowBytes: 40_000, window: 1024 };
    const stage = { kv, linkBytesPerS: 10 * GB };
    expect(alone({ stage, input: 3000 }).bytes).toBe(100_000 * 3000 + 40_000 * 1024);
    expect(alone({ stage, input: 600 }).transfer).toBe(ticks(transferS(140_000 * 600, 10 * GB)));
  });

  it("are those of all prompt tokens but one where the decode side emits the first token", () => {
    const played = alone({ stage: { firstToken: "decode", linkBytesPerS: 25 * GB }, input: 2048, output: 4 });
    expect(played.transfer).toBe(ticks(transferS(KV * 2047, 25 * GB)));
    expect(played.ttft).toBe(ticks(prefillS(2048)) + played.transfer + iterationTicks);
    expect(played.e2e).toBe(played.ttft + 3 * iterationTicks);
  });

  it.each(["pull", "push", "reserve"] as const)(
    "take as long with %s, alone, whether links are shared or not",
    (handover) => {
      const exact = ticks(transferS(KV * 1500, 12.5 * GB));
      for (const sharing of ["fifo", "shared"] as const) {
        const { transfer } = alone({ stage: { handover, sharing, linkBytesPerS: 12.5 * GB }, input: 1500 });
        // A shared link counts its bytes in doubles, and rounds up.
        expect(Math.abs(transfer - exact)).toBeLessThanOrEqual(sharing === "fifo" ? 0 : 1);
      }
    },
  );
});

describe("keys and values that cross layer by layer", () => {
  it.each([
    ["faster than they are computed", 2048, 50 * GB],
    ["about as fast as they are computed", 2048, 12.17 * GB],
    ["slower than they are computed", 2048, 3.125 * GB],
    ["far slower", 64, 0.5 * GB],
  ])("leave max(s, S - (L - 1) p) after the prompt, %s", (_, input, linkBytesPerS) => {
    const linkLatencyS = 40e-6;
    const exactS = layerwiseVisibleS({
      transferS: transferS(KV * input, linkBytesPerS),
      prefillS: prefillS(input),
      layers: LAYERS,
      syncS: linkLatencyS,
    });
    for (const handover of ["push", "reserve"] as const) {
      const played = alone({ stage: { mode: "layerwise", handover, linkBytesPerS, linkLatencyS }, input });
      // Layers take whole ticks, rounded down.
      expect(Math.abs(played.transfer - exactS * 1e9)).toBeLessThanOrEqual(2);
      expect(played.e2e).toBe(ticks(prefillS(input)) + played.transfer + 2 * iterationTicks);
    }
  });

  it("are no later than after the prompt", () => {
    const linkBytesPerS = 12.5 * GB;
    const serial = alone({ stage: { linkBytesPerS }, input: 4096 });
    const layerwise = alone({ stage: { mode: "layerwise", handover: "push", linkBytesPerS }, input: 4096 });
    expect(layerwise.transfer).toBeLessThan(serial.transfer);
  });
});

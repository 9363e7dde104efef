import { describe, expect, it } from "vitest";
import { computeProfile, profile } from "../../host/planners/profile.js";
import { replayTrace } from "../../host/planners/replay-trace.js";
import { inPieces, traceText } from "./small-fleet.js";

const REQUESTS = 3000;

/** Requests a second that a replica completes when all of them are there at once, played by the engine. */
async function playedRps(options: Parameters<typeof profile>[0], input: number, output: number): Promise<number> {
  const result = profile(options);
  if (result.status !== "fits") throw new Error(result.reason);
  const rows = Array.from({ length: REQUESTS }, (_, i) => [i * 1e-4, input, output] as [number, number, number]);
  const played = await replayTrace({
    trace: inPieces(traceText(rows)),
    fleet: { pools: [{ ...result.pool, max_ctx: input + output }] },
    warmup: 0,
  });
  return REQUESTS / (played.e2e_ms.max! / 1000);
}

describe("throughput of a saturated replica", () => {
  it.each([
    ["chats", { hardware: "h100", model: "llama-3.1-8b" }, 1000, 250],
    ["a group of GPUs", { hardware: "h100", model: "llama-3.1-70b", tp: 8 }, 1000, 250],
    ["long prompts", { hardware: "a100", model: "llama-3.1-8b" }, 4000, 100],
    ["long answers", { hardware: "h100", model: "llama-3.1-8b" }, 200, 1000],
    ["a pipeline", { hardware: "h100", model: "llama-3.1-70b", tp: 4, pp: 2 }, 1000, 250],
  ] as const)("is within 5 %% of what the engine plays: %s", async (_, options, input, output) => {
    const computed = computeProfile(options);
    const played = await playedRps(options, input, output);
    expect(Math.abs(computed.throughputRps(input + output, input, output) / played - 1)).toBeLessThan(0.05);
  });
});

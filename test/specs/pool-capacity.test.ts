import { describe, expect, it } from "vitest";
import { gpuProfile } from "../../host/specs/gpu-catalog.js";
import { kvBlocksOf, slotsAt } from "../../host/specs/pool-capacity.js";

describe("slotsAt", () => {
  const table: [maxCtx: number, a100: number, h100: number, a10g: number][] = [
    [2048, 512, 512, 256],
    [4096, 256, 256, 128],
    [6144, 170, 170, 85],
    [8192, 128, 128, 64],
    [16384, 64, 64, 32],
    [65536, 16, 16, 8],
  ];
  it.each(table)("at %i tokens is that of the Python tool", (maxCtx, a100, h100, a10g) => {
    expect(["a100", "h100", "a10g"].map((gpu) => slotsAt(gpuProfile(gpu), maxCtx))).toEqual([a100, h100, a10g]);
  });

  it("is bound by bandwidth where memory would hold more", () => {
    expect(slotsAt({ ...gpuProfile("a100"), totalKvBlocks: 10 * 65536 }, 8192)).toBe(128);
  });

  it("is bound by memory where bandwidth would serve more", () => {
    expect(slotsAt({ ...gpuProfile("a100"), maxSlots: 1280 }, 8192)).toBe(128);
  });

  it("is 0 where one request does not fit", () => {
    expect(slotsAt(gpuProfile("a100"), 65536 * 16 + 1)).toBe(0);
  });
});

it("a block begun is a block taken", () => {
  expect([1, 16, 17].map((tokens) => kvBlocksOf(tokens, 16))).toEqual([1, 1, 2]);
});

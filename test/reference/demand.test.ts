import { describe, expect, it } from "vitest";
import { demandOf, tick } from "./demand.js";
import { pool } from "./examples.js";

describe("demand of a request", () => {
  it("rounds seconds to the nearest nanosecond, halves up", () => {
    expect(tick(1.5e-9)).toBe(2);
    expect(tick(1.4e-9)).toBe(1);
    expect(tick(0.1 + 0.2)).toBe(300_000_000);
  });

  it("takes the iteration time of a full batch, by chunk in prefill and by token in decode", () => {
    const { prefillTicks, decodeTicks, blocks } = demandOf(
      pool({ W: 0.008, H: 0.0005, calibrationCtx: 8192, slots: 16, chunk: 512, blockSize: 16 }),
      1000,
      48,
    );
    // iteration = 0.008 + 0.0005 * (1048 / 8192) * 16 = 9.0234375 ms
    expect(prefillTicks).toBe(2 * 9_023_437.5);
    expect(decodeTicks).toBe(48 * 9_023_437.5);
    expect(blocks).toBe(66);
  });

  it("rounds prefill and decode separately", () => {
    const { prefillTicks, decodeTicks } = demandOf(pool({ W: 1.5e-9 }), 1, 1);
    expect([prefillTicks, decodeTicks]).toEqual([2, 2]);
  });
});

import { describe, expect, it } from "vitest";
import { draw, mix, uniform } from "./random.js";

describe("random streams", () => {
  it("mixes as the first two outputs of SplitMix64 with seed 0 say", () => {
    expect(mix(0x9e3779b97f4a7c15n)).toBe(0xe220a8397b1dcdafn);
    expect(mix(2n * 0x9e3779b97f4a7c15n)).toBe(0x6e789e6aa1b965f4n);
  });

  it("draws what the same formulas give in another language", () => {
    expect(draw({ seed: 0, replication: 0 }, 3, 0)).toBe(0x26822314c7dfefc9n);
    expect(draw({ seed: 42, replication: 0 }, 4, 0)).toBe(0xc3386be67e149083n);
    expect(draw({ seed: 42, replication: 0 }, 4, 1)).toBe(0x10cdbda6cfe64d72n);
    expect(draw({ seed: Number.MAX_SAFE_INTEGER, replication: 7 }, 5, 123456)).toBe(0xd036f5fbcfd7a320n);
  });

  it("turns the upper 53 bits into a number below 1", () => {
    expect(uniform({ seed: 42, replication: 0 }, 4, 0)).toBe(0.7625796735502084);
    expect(uniform({ seed: Number.MAX_SAFE_INTEGER, replication: 7 }, 5, 123456)).toBe(0.813338636376868);
  });
});

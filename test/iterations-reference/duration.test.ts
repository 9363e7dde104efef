/** Durations worked out by hand. */
import { describe, expect, it } from "vitest";
import type { TableModel } from "../../host/profiles/iteration-model.js";
import { affine, linear } from "./building.js";
import { grains } from "./clock.js";
import { type BatchLoad, durationOf } from "./duration.js";

const GRAINS_PER_TICK = 1048576n;

/** Grains of a whole number of ns. */
const ns = (ticks: number) => BigInt(ticks) * GRAINS_PER_TICK;

function load(decodes: number, context: number, ...chunks: [tokens: number, processed: number][]): BatchLoad {
  return { decodes, context, chunks: chunks.map(([tokens, processed]) => ({ tokens, processed })) };
}

describe("grains", () => {
  it("are 2^-20 ns", () => expect(grains(1e-9)).toBe(GRAINS_PER_TICK));

  it("round halves to even", () => {
    const half = 2 ** -20 * 0.5e-9;
    expect([1, 3, 5].map((halves) => grains(halves * half))).toEqual([0n, 2n, 2n]);
  });

  it("mirror negative times", () => expect([-1e-9, -3 * 2 ** -21 * 1e-9].map(grains)).toEqual([-GRAINS_PER_TICK, -2n]));
});

describe("an affine model", () => {
  it("of linear form adds up tokens, context, work and sequences", () => {
    // 1 us + 10 ns * (2 + 4 + 3) + 2 ns * 50 + 4 ns * (4 * 4 / 2 + 3 * (5 + 1.5)) + 8 ns * 4
    const model = linear(1e-3, 1e-5, 2e-6, 4e-6, 8e-6);
    const exact = 1000 + 90 + 100 + 4 * (8 + 19.5) + 32;
    const off = durationOf(model, load(2, 50, [4, 0], [3, 5])) - ns(exact) - 1n;
    // Each figure is a rounded double of ns; none is off by more than half a grain times what multiplies it.
    expect(Number(off < 0n ? -off : off)).toBeLessThan(60);
  });

  it("takes the larger of compute and memory, then what neither hides", () => {
    const model = affine({
      knots: [{ tokens: 0, compute: 3e-9, memory: 5e-9, other: 7e-9 }],
      computePerContext: 1e-9,
      memoryPerProcessed: 1e-9,
    });
    expect(durationOf(model, load(1, 1))).toBe(ns(5 + 7) + 1n);
    expect(durationOf(model, load(1, 4))).toBe(ns(3 + 4 + 7) + 1n);
    expect(durationOf(model, load(1, 4, [1, 6]))).toBe(ns(5 + 6 + 7) + 1n);
  });

  it("reads contexts from memory", () => {
    const model = affine({ knots: [{ tokens: 0, compute: 0, memory: 5e-9, other: 0 }], memoryPerContext: 2e-9 });
    expect(durationOf(model, load(2, 3))).toBe(ns(5 + 2 * 3) + 1n);
  });

  it("interpolates between knots, and goes on beyond them", () => {
    const knots = [2, 4, 8].map((tokens) => ({
      tokens,
      compute: 0,
      memory: 0,
      other: [0, 0, 1, 0, 2, 0, 0, 0, 6][tokens]! * 1e-9,
    }));
    const model = affine({ knots });
    expect([3, 4, 6, 10].map((n) => durationOf(model, load(n, 0)))).toEqual(
      [1.5, 2, 4, 8].map((x) => ns(2 * x) / 2n + 1n),
    );
  });

  it("is never below no time", () => {
    const knots = [
      { tokens: 0, compute: 0, memory: 0, other: 2e-9 },
      { tokens: 1, compute: 0, memory: 0, other: 1e-9 },
    ];
    expect(durationOf(affine({ knots }), load(5, 0))).toBe(1n);
  });

  it("rounds tokens up to its granularity", () => {
    const knots = [0, 1].map((tokens) => ({ tokens, compute: 0, memory: 0, other: tokens * 1e-9 }));
    expect(durationOf(affine({ knots, tokenGranularity: 4 }), load(5, 0))).toBe(ns(8) + 1n);
  });
});

describe("a table", () => {
  const model: TableModel = {
    type: "table",
    decode: {
      batch: [1, 3],
      context: [10, 20],
      seconds: [
        [10e-9, 20e-9],
        [30e-9, 60e-9],
      ],
    },
    prefill: {
      tokens: [4, 8],
      context: [0, 4],
      seconds: [
        [40e-9, 44e-9],
        [80e-9, 88e-9],
      ],
    },
    fixed: 8e-9,
  };
  /** To whole ns: intermediate doubles are not exact. */
  const roundedNs = (one: BatchLoad, of = model) => Math.round(Number(durationOf(of, one)) / Number(GRAINS_PER_TICK));

  it("is flat below its first context", () => expect(roundedNs(load(2, 19))).toBe(20));

  it("interpolates over batch and context", () => expect(roundedNs(load(2, 30))).toBe(20 + 10));

  it("goes on beyond its last batch and context", () => {
    expect(roundedNs(load(1, 25))).toBe(25);
    expect(roundedNs(load(4, 40))).toBe(40);
    expect(roundedNs(load(4, 100))).toBe(80 + 20);
  });

  it("never falls beyond its last context", () => {
    const decode = { ...model.decode, seconds: [[20e-9, 10e-9]], batch: [1] };
    expect(roundedNs(load(1, 15), { ...model, decode })).toBe(15);
    expect(roundedNs(load(1, 50), { ...model, decode })).toBe(10);
  });

  it("never falls beyond its last batch", () => {
    const decode = { batch: [1, 2], context: [10], seconds: [[20e-9], [10e-9]] };
    expect(roundedNs(load(4, 40), { ...model, decode })).toBe(10);
  });

  it("reads prefill at all tokens and their mean processed context", () => {
    expect(roundedNs(load(0, 0, [6, 0]))).toBe(60);
    expect(roundedNs(load(0, 0, [2, 0], [2, 4]))).toBe(42);
    expect(roundedNs(load(0, 0, [12, 8]))).toBe(120 + 12 + 12);
  });

  it("pays what both have in common once, and no less than either", () => {
    expect(roundedNs(load(1, 10, [4, 0]))).toBe(10 + 40 - 8);
    expect(roundedNs(load(1, 10, [4, 0]), { ...model, fixed: 45e-9 })).toBe(40);
  });
});

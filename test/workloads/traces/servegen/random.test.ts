import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exp, gammaOfOnePlus, ln, power } from "../../../../host/workloads/traces/servegen/elementary.js";
import { SplitMix64 } from "../../../../host/workloads/traces/servegen/split-mix.js";

const MASK = (1n << 64n) - 1n;

/** The reference algorithm, on integers of any size. */
function splitMix(state: bigint): [bigint, bigint] {
  const next = (state + 0x9e3779b97f4a7c15n) & MASK;
  let z = next;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return [next, z ^ (z >> 31n)];
}

function drawn(random: SplitMix64): bigint {
  random.next();
  return (BigInt(random.high >>> 0) << 32n) | BigInt(random.low >>> 0);
}

describe("SplitMix64", () => {
  test("draws the published numbers for seed 0", () => {
    const random = new SplitMix64();
    expect([drawn(random), drawn(random), drawn(random)]).toEqual([
      0xe220a8397b1dcdafn,
      0x6e789e6aa1b965f4n,
      0x06c45d188009454fn,
    ]);
  });

  test("draws what 64-bit arithmetic gives, for all seeds, rows and columns", () => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(fc.maxSafeNat(), word, word, (seed, row, column) => {
        const random = new SplitMix64();
        random.begin(seed, row, column);
        let state = splitMix(BigInt(seed))[1] ^ BigInt(row);
        state = splitMix(state)[1] ^ BigInt(column);
        for (let i = 0; i < 20; i++) {
          const [next, expected] = splitMix(state);
          state = next;
          expect(drawn(random)).toBe(expected);
        }
      }),
    );
  });

  test("uniform numbers lie strictly between 0 and 1", () => {
    const random = new SplitMix64();
    random.next = function (this: SplitMix64) {
      this.high = this.low = -1;
    };
    expect(random.uniform()).toBeLessThan(1);
    random.next = function (this: SplitMix64) {
      this.high = this.low = 0;
    };
    expect(random.uniform()).toBeGreaterThan(0);
  });
});

describe("elementary functions", () => {
  const relative = (found: number, expected: number) => Math.abs(found - expected) / Math.abs(expected || 1);

  test("ln agrees with the platform to two units in the last place", () => {
    const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(positive, (x) => relative(ln(x), Math.log(x)) < 5e-16),
      { numRuns: 5000 },
    );
    expect(ln(1)).toBe(0);
    expect(ln(Math.E)).toBe(1);
    for (const x of [1 - 2 ** -53, 1 + 2 ** -52, Math.SQRT1_2, 0.5, 2])
      expect(relative(ln(x), Math.log(x))).toBeLessThan(5e-16);
  });

  test("exp agrees with the platform to two units in the last place", () => {
    const moderate = fc.double({ min: -700, max: 709, noNaN: true });
    fc.assert(
      fc.property(moderate, (x) => relative(exp(x), Math.exp(x)) < 5e-16),
      { numRuns: 5000 },
    );
    expect([exp(0), exp(-800), exp(800), exp(-Infinity)]).toEqual([1, 0, Infinity, 0]);
    expect(exp(-744)).toBe(Math.exp(-744));
  });

  test("power", () => {
    expect(relative(power(2, 10), 1024)).toBeLessThan(1e-15);
    expect(power(0.5, 5000)).toBe(0);
  });

  test("the gamma function at known points", () => {
    let factorial = 1;
    for (let n = 1; n <= 20; n++) {
      factorial *= n;
      expect(relative(gammaOfOnePlus(n), factorial)).toBeLessThan(1e-13);
    }
    expect(relative(gammaOfOnePlus(0.5), Math.sqrt(Math.PI) / 2)).toBeLessThan(1e-13);
    expect(relative(gammaOfOnePlus(0), 1)).toBeLessThan(1e-13);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { erlangB, erlangBByRecursion, erlangC } from "../../host/queueing/erlang.js";

describe("Erlang's formulas for many servers", () => {
  it("equal the recursion to 1e-12", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 65, max: 20_000 }),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        (servers, rho) => {
          const exact = erlangBByRecursion(servers, servers * rho);
          fc.pre(exact > 1e-250);
          expect(Math.abs(erlangB(servers, servers * rho) / exact - 1)).toBeLessThan(1e-12);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([0.9, 0.99, 0.999, 0.99999, 1, 1.00001, 1.01])(
    "equal the recursion for a million servers at load %d",
    (rho) => {
      const exact = erlangBByRecursion(1e6, 1e6 * rho);
      if (exact < 1e-250) expect(erlangB(1e6, 1e6 * rho)).toBeLessThan(1e-200);
      else expect(Math.abs(erlangB(1e6, 1e6 * rho) / exact - 1)).toBeLessThan(1e-12);
    },
  );

  it("go on smoothly from the recursion", () => {
    const [before, at, after] = [63, 64, 65, 66].slice(1).map((servers) => erlangC(servers, 60));
    expect(before! - at!).toBeGreaterThan(at! - after!);
    expect(at).toBeGreaterThan(after!);
  });

  it("are 0 without load and 1 beyond the servers' power", () => {
    expect(erlangB(100_000, 0)).toBe(0);
    expect(erlangC(100_000, 0)).toBe(0);
    expect(erlangC(100_000, 100_000)).toBe(1);
  });

  it("take no more steps than the square root of the servers calls for", () => {
    const start = performance.now();
    for (let i = 0; i < 100; i++) erlangC(1e9, 1e9 - 1e4);
    expect((performance.now() - start) / 100).toBeLessThan(100);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { erlangB, erlangC } from "../../host/queueing/erlang.js";

/** The definition, term by term: sum of a^k / k!. */
function terms(servers: number, load: number): { below: number; last: number } {
  let term = 1;
  let below = 0;
  for (let k = 0; k < servers; k++) {
    below += term;
    term *= load / (k + 1);
  }
  return { below, last: term };
}

describe("erlangB", () => {
  it.each([
    [0, 3, 1],
    [1, 1, 1 / 2],
    [2, 1, 1 / 5],
    [3, 2, 4 / 19],
    [5, 0, 0],
  ])("of %i servers at %d erlangs is %d", (servers, load, expected) => {
    expect(erlangB(servers, load)).toBeCloseTo(expected, 15);
  });

  it("equals its definition", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0.01, max: 80, noNaN: true }), (servers, load) => {
        const { below, last } = terms(servers, load);
        expect(erlangB(servers, load) / (last / (below + last))).toBeCloseTo(1, 11);
      }),
    );
  });

  it("approaches sqrt(2 / (pi c)) where the load equals a large number of servers", () => {
    const servers = 1_000_000;
    expect(erlangB(servers, servers) * Math.sqrt((Math.PI * servers) / 2)).toBeCloseTo(1, 2);
  });

  it.each([
    [-1, 1],
    [1.5, 1],
    [NaN, 1],
    [1, -1],
    [1, NaN],
    [1, Infinity],
  ])("refuses %d servers at %d erlangs", (servers, load) => {
    expect(() => erlangB(servers, load)).toThrow(RangeError);
  });
});

describe("erlangC", () => {
  it.each([
    [10, 8, 0.4092],
    [4, 3.2, 0.5964],
    [16, 12.8, 0.3049],
  ])("of %i servers at %d erlangs is the textbook's %d", (servers, load, expected) => {
    expect(erlangC(servers, load)).toBeCloseTo(expected, 4);
  });

  it("of one server is the load", () => {
    expect(erlangC(1, 0.7)).toBeCloseTo(0.7, 15);
  });

  it("equals its definition", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0.05, max: 0.99, noNaN: true }), (servers, rho) => {
        const { below, last } = terms(servers, servers * rho);
        const delayed = last / (1 - rho);
        expect(erlangC(servers, servers * rho) / (delayed / (below + delayed))).toBeCloseTo(1, 10);
      }),
    );
  });

  it("rises with the load and falls with servers at the same load per server", () => {
    for (let c = 1; c < 50; c++) {
      expect(erlangC(c, 0.8 * c)).toBeLessThan(erlangC(c, 0.81 * c));
      expect(erlangC(c + 1, 0.8 * (c + 1))).toBeLessThan(erlangC(c, 0.8 * c));
    }
  });

  it("is 1 where the load is that of all servers, or more", () => {
    expect([erlangC(4, 4), erlangC(4, 1e6), erlangC(0, 0)]).toEqual([1, 1, 1]);
  });
});

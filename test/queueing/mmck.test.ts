import fc from "fast-check";
import { expect, it } from "vitest";
import { erlangB } from "../../host/queueing/erlang.js";
import { mmckBlocking } from "../../host/queueing/mmck.js";

it("is Erlang B without room to wait", () => {
  expect(mmckBlocking(7, 7, 5)).toBe(erlangB(7, 5));
});

it("of one server is (1 - rho) rho^K / (1 - rho^(K + 1))", () => {
  expect(mmckBlocking(1, 4, 0.5)).toBeCloseTo((0.5 * 0.5 ** 4) / (1 - 0.5 ** 5), 15);
});

it("of one server at a load of 1 is 1 / (K + 1)", () => {
  expect(mmckBlocking(1, 9, 1)).toBeCloseTo(0.1, 15);
});

it("equals the equilibrium of the birth-death chain", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 30 }),
      fc.double({ min: 0.01, max: 30, noNaN: true }),
      (servers, room, load) => {
        let term = 1;
        let total = 1;
        for (let n = 1; n <= servers + room; n++) {
          term *= load / Math.min(n, servers);
          total += term;
        }
        expect(mmckBlocking(servers, servers + room, load) / (term / total)).toBeCloseTo(1, 10);
      },
    ),
  );
});

it("under overload loses what the servers cannot take, however long the queue", () => {
  expect(mmckBlocking(4, 10_000, 8)).toBeCloseTo(0.5, 12);
});

it("refuses a capacity below the servers", () => {
  expect(() => mmckBlocking(4, 3, 1)).toThrow(RangeError);
});

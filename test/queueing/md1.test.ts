import { describe, expect, it } from "vitest";
import { md1Wait } from "../../host/queueing/md1.js";

/** Erlang's formula of 1909 with a service of 1, by its alternating terms: exact for small t, all digits lost for large t. */
function erlang1909(rho: number, t: number): number {
  let sum = 0;
  for (let k = 0; k <= Math.floor(t); k++) {
    let term = 1;
    for (let i = 1; i <= k; i++) term *= (rho * (k - t)) / i;
    sum += term * Math.exp(-rho * (k - t));
  }
  return 1 - (1 - rho) * sum;
}

describe("md1Wait", () => {
  it.each([0.1, 0.5, 0.8, 0.95])("at a load of %d has the law of Erlang's formula", (rho) => {
    const law = md1Wait(rho, 1);
    for (const t of [0, 0.25, 0.999, 1, 1.5, 2, 3.7]) expect(law.tail(t)).toBeCloseTo(erlang1909(rho, t), 11);
  });

  it.each([0.01, 0.3, 0.9, 0.999])("at a load of %d makes wait as many as find the server busy", (rho) => {
    expect(md1Wait(rho * 4, 0.25).tail(0)).toBeCloseTo(rho, 12);
  });

  it.each([0.5, 0.95])("at a load of %d falls off at the rate of its decay", (rho) => {
    // P(wait > t) ~ C exp(-s t) with rho (e^s - 1) = s.
    const law = md1Wait(rho, 1);
    const s = Math.log(law.tail(10) / law.tail(11));
    expect((rho * Math.expm1(s)) / s).toBeCloseTo(1, 6);
  });

  it("refuses a load too close to 1 to work out", () => {
    expect(() => md1Wait(0.999999, 1)).toThrow("too close to 1");
  });
});

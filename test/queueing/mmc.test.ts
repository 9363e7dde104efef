import { expect, it } from "vitest";
import { mg1MeanWaitS } from "../../host/queueing/mg1.js";
import { mmcWait } from "../../host/queueing/mmc.js";

it.each([
  [4, 0.5964, 0.7455],
  [16, 0.3049, 0.09528],
])("M/M/%i at 80 %% load waits with probability %d and %d services on average", (servers, waits, mean) => {
  const law = mmcWait(servers, 0.8 * servers, 1);
  expect(law.tail(0)).toBeCloseTo(waits, 4);
  expect(law.meanS).toBeCloseTo(mean, 4);
});

it("M/M/1 waits rho / (mu - lambda) on average, P(wait > t) = rho exp(-(mu - lambda) t)", () => {
  const law = mmcWait(1, 3, 0.25);
  expect(law.meanS).toBeCloseTo(0.75, 14);
  expect(law.tail(2)).toBeCloseTo(0.75 * Math.exp(-2), 14);
  expect(law.percentileS(0.99)).toBeCloseTo(Math.log(75), 12);
});

it("M/M/1 is M/G/1 with a squared coefficient of variation of 1", () => {
  expect(mg1MeanWaitS(3, 0.25, 1)).toBeCloseTo(mmcWait(1, 3, 0.25).meanS, 14);
});

it("of fewer than one in a hundred that wait, the 99th percentile waits nothing", () => {
  const law = mmcWait(64, 32, 1);
  expect(law.tail(0)).toBeLessThan(0.01);
  expect(law.percentileS(0.99)).toBe(0);
});

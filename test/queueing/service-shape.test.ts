import { describe, expect, it } from "vitest";
import { type ServiceShape, shapeOfCv2, shapeOfTimes } from "../../host/queueing/service-shape.js";

/** A law as many points: of the quantile function at the middles of as many steps. */
function sampled(quantile: (u: number) => number, points = 200_000): ServiceShape {
  const times = Float64Array.from({ length: points }, (_, i) => quantile((i + 0.5) / points));
  return shapeOfTimes(times, new Float64Array(points).fill(1));
}

describe("the shape of a law", () => {
  it("of exponential services has no excess at any scale", () => {
    const shape = sampled((u) => -Math.log(1 - u));
    for (const s of [0.01, 0.1, 1, 10]) expect(shape.excessDispersion(s)).toBeCloseTo(0, 2);
    expect(shapeOfCv2(1).excessDispersion(0.3)).toBe(0);
    expect(shape.thirdMoment / 6).toBeCloseTo(1, 2);
  });

  it("of two moments is hyperexponential with balanced means above 1", () => {
    const [cv2, often] = [4, (1 + Math.sqrt(3 / 5)) / 2];
    const phi = (s: number) =>
      (often * 2 * often) / (2 * often + s) + ((1 - often) * 2 * (1 - often)) / (2 * (1 - often) + s);
    const shape = shapeOfCv2(cv2);
    for (const s of [0.01, 0.3, 2]) {
      expect(shape.excessDispersion(s)).toBeCloseTo(2 * (phi(s) / (1 - phi(s)) - 1 / s), 9);
    }
    expect(shape.thirdMoment).toBe(60);
  });

  it("of two moments is that of a constant at 0", () => {
    const constant = shapeOfTimes(Float64Array.of(3), Float64Array.of(2));
    for (const s of [0.001, 0.5, 30]) {
      expect(shapeOfCv2(0).excessDispersion(s)).toBeCloseTo(constant.excessDispersion(s), 9);
    }
    expect(constant).toMatchObject({ cv2: 0, thirdMoment: 1 });
  });

  it("tends to cv2 - 1 over long times", () => {
    for (const cv2 of [0, 0.4, 1, 3]) expect(shapeOfCv2(cv2).excessDispersion(1e-9)).toBeCloseTo(cv2 - 1, 6);
    expect(shapeOfTimes(Float64Array.of(1, 3), Float64Array.of(1, 1)).excessDispersion(1e-7)).toBeCloseTo(-0.75, 6);
  });

  it("does not depend on the unit, nor on the sum of the weights", () => {
    const [a, b] = [
      shapeOfTimes(Float64Array.of(1, 2, 7), Float64Array.of(1, 2, 1)),
      shapeOfTimes(Float64Array.of(10, 20, 70), Float64Array.of(0.1, 0.2, 0.1)),
    ];
    expect(a.cv2).toBeCloseTo(b.cv2, 12);
    expect(a.thirdMoment).toBeCloseTo(b.thirdMoment, 12);
    expect(a.excessDispersion(0.7)).toBeCloseTo(b.excessDispersion(0.7), 12);
  });

  it("refuses a law without time", () => {
    expect(() => shapeOfTimes(Float64Array.of(0), Float64Array.of(1))).toThrow(RangeError);
    expect(() => shapeOfTimes(new Float64Array(0), new Float64Array(0))).toThrow(RangeError);
    expect(() => shapeOfCv2(-1)).toThrow(RangeError);
  });
});

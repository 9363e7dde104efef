import { describe, expect, it } from "vitest";
import {
  decodeTicks,
  iterationTimeS,
  prefillTicks,
  prefillTimeS,
  serviceTicks,
  serviceTimeS,
  throughputRps,
  ticksOf,
} from "../../host/profiles/service-time.js";
import { gpuProfile } from "../../host/specs/gpu-catalog.js";

const a100 = gpuProfile("a100");

describe("iterationTimeS", () => {
  it("is W + H n at the calibration context", () => {
    expect(iterationTimeS(a100, 16)).toBe(0.008 + 0.00065 * 16);
  });

  it("scales H with the length of the sequences", () => {
    expect(iterationTimeS(a100, 16, 4096)).toBeCloseTo(0.008 + 0.00065 * 8, 15);
  });

  it("keeps the order of operations of the rule book, to the last bit", () => {
    for (let len = 1; len < 3000; len += 7) {
      expect(iterationTimeS(a100, 170, len)).toBe(0.008 + 0.00065 * (len / 8192) * 170);
    }
  });
});

describe("the service of a request", () => {
  it("is prefill and decode, each rounded to a tick", () => {
    const iteration = 0.008 + 0.00065 * (1500 / 8192) * 128;
    expect(prefillTicks(a100, 128, 1100, 400)).toBe(Math.floor(3 * iteration * 1e9 + 0.5));
    expect(decodeTicks(a100, 128, 1100, 400)).toBe(Math.floor(400 * iteration * 1e9 + 0.5));
    expect(serviceTicks(a100, 128, 1100, 400)).toBe(
      prefillTicks(a100, 128, 1100, 400) + decodeTicks(a100, 128, 1100, 400),
    );
  });

  it("prefills a chunk begun as a whole one", () => {
    const prefill = (input: number) => prefillTimeS(a100, 1, input, 1) / iterationTimeS(a100, 1, input + 1);
    expect(prefill(512)).toBeCloseTo(1, 6);
    expect(prefill(513)).toBeCloseTo(2, 6);
  });

  it("is that of the Python tool, to the nanosecond", () => {
    // 64K request, 16 slots: (ceil(52428 / 512) + 13108) * (W + H * 8 * 16).
    expect(serviceTimeS(a100, 16, 52428, 13108)).toBeCloseTo((103 + 13108) * (0.008 + 0.00065 * 8 * 16), 8);
  });
});

it("throughputRps is slots over the service of the mean request, its lengths cut to whole tokens", () => {
  expect(throughputRps(a100, 128, 1155.9, 211.2)).toBe(128 / serviceTimeS(a100, 128, 1155, 211));
});

it.each([
  [0, 0],
  [1e-9, 1],
  [4.9e-10, 0],
  [1.5e-9, 2],
  [1.25, 1_250_000_000],
])("%d seconds are %i ticks", (seconds, ticks) => {
  expect(ticksOf(seconds)).toBe(ticks);
});

import { describe, expect, it } from "vitest";
import { pythonErlangC } from "../../../host/queueing/python/erlang-c.js";
import { pythonMinGpus } from "../../../host/queueing/python/min-gpus.js";
import { pythonP99WaitS } from "../../../host/queueing/python/p99-wait.js";
import { differences, readFixture } from "../../profiles/python/fixture.js";

const cases = readFixture<{
  erlang_c: [servers: number, load: number, waits: number][];
  p99_wait: [servers: number, rate: number, service: number, cv2: number, waitS: number][];
  min_gpus: [rate: number, gpu: number, sloS: number, cv2: number, slots: number, gpus: number][];
}>("queueing");

describe("agrees with CPython", () => {
  // Where hardly anybody waits, what is left of the tool's logarithms is worth less than 1e-9 of itself, but it is below 1e-250.
  it.each(cases.erlang_c)("C(%d, %d)", (servers, load, waits) => {
    if (waits > 1e-250) expect(differences(pythonErlangC(servers, load), waits)).toEqual([]);
    else expect(pythonErlangC(servers, load)).toBeLessThan(1e-250);
  });

  it.each(cases.p99_wait)("P99 wait of %d servers, %d/s against %d/s, cv2 %d", (servers, rate, service, cv2, waitS) => {
    expect(differences(pythonP99WaitS(servers, rate, service, cv2), waitS)).toEqual([]);
  });

  it.each(cases.min_gpus)(
    "GPUs for %d/s at %d/s, %d s, cv2 %d, %d slots",
    (rateRps, gpuRps, sloS, cv2, slots, gpus) => {
      expect(pythonMinGpus({ rateRps, gpuRps, cv2, slots }, sloS)).toBe(gpus);
    },
  );
});

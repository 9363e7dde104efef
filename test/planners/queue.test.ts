import { describe, expect, it } from "vitest";
import { mdcWait } from "../../host/queueing/mdc.js";
import { mmcWait } from "../../host/queueing/mmc.js";
import { queue, type QueueOptions } from "../../host/planners/queue.js";
import { drawnServices } from "../../host/planners/queue-services.js";
import { lengthLawOf } from "../../host/workloads/length-law/law-of-model.js";

const base: QueueOptions = { servers: 16, rateRps: 12.8, serviceS: 1 };

describe("queue", () => {
  it("is exact for M/M/16 at load 0.8", async () => {
    const result = await queue(base);
    expect(result).toMatchObject({ queue: "M/M/16", status: "stable", rho: 0.8, exact: true, simulated: null });
    expect(result.p_wait).toBeCloseTo(0.3049, 4);
    expect(result.mean_wait_s).toBeCloseTo(0.0953, 4);
    expect(result.p99_wait_s).toBe(mmcWait(16, 12.8, 1).percentileS(0.99));
    expect(result.p99_wait_exact).toBe(result.p99_wait_s);
  });

  it("has 0.596 wait and 746 ms in M/M/4 at load 0.8", async () => {
    const result = await queue({ servers: 4, rateRps: 3.2, serviceS: 1 });
    expect(result.p_wait).toBeCloseTo(0.5964, 4);
    expect(result.mean_wait_s).toBeCloseTo(0.7455, 4);
  });

  it("is exact for constant services, and tells the approximation beside", async () => {
    const result = await queue({ servers: 4, rateRps: 3.2, serviceS: 1, cv2: 0 });
    expect(result.queue).toBe("M/D/4");
    expect(result.p99_wait_exact).toBe(mdcWait(4, 3.2, 1).percentileS(0.99));
    expect(result.p99_wait_approximate! / result.p99_wait_exact!).toBeCloseTo(1, 2);
    expect(result.p99_wait_approximate).not.toBe(result.p99_wait_exact);
  });

  it("has no exact P99 for other services", async () => {
    const result = await queue({ ...base, cv2: 3 });
    expect(result).toMatchObject({ queue: "M/G/16", exact: false, p99_wait_exact: null, p99_wait_approximate: null });
    expect(result.p99_wait_s).toBeGreaterThan((await queue(base)).p99_wait_s!);
  });

  it("knows no steady state of an unstable queue, and no number that is not finite", async () => {
    const result = await queue({ ...base, rateRps: 16, sloWaitS: 0.1 });
    expect(result).toMatchObject({
      status: "unstable",
      rho: 1,
      p_wait: 1,
      mean_wait_s: null,
      p99_wait_s: null,
      p99_wait_exact: null,
      least_servers: 17,
    });
    expect(result.min_servers).toBeGreaterThan(17);
    const numbers = Object.values(result).filter((value) => typeof value === "number");
    expect(numbers.every(Number.isFinite)).toBe(true);
  });

  it("finds the fewest servers at the percentile asked for", async () => {
    const { min_servers, slo_wait_s } = await queue({ ...base, sloWaitS: 0.2, percentile: 0.95 });
    expect(slo_wait_s).toBe(0.2);
    const p95 = async (servers: number) => (await queue({ ...base, servers, percentile: 0.95 })).percentile_wait_s!;
    expect(await p95(min_servers!)).toBeLessThanOrEqual(0.2);
    expect(await p95(min_servers! - 1)).toBeGreaterThan(0.2);
  });

  it.each([
    [1, 0.05],
    [0, 0.05],
    [0.4, 0.05],
    [4, 0.12],
  ])("agrees with the queue that is played: cv2 %d", async (cv2, allowed) => {
    const result = await queue({ ...base, serviceS: 0.5, rateRps: 25.6, cv2, simulate: { seed: 1 } });
    const { p_wait, mean_wait_s, p99_wait_s } = result.simulated!;
    expect(result.p_wait / p_wait.value).toBeCloseTo(1, 1);
    expect(Math.abs(result.mean_wait_s! / mean_wait_s.value - 1)).toBeLessThan(allowed);
    expect(Math.abs(result.p99_wait_s! / p99_wait_s.value - 1)).toBeLessThan(allowed);
    expect(p99_wait_s.ci95![0]).toBeLessThan(p99_wait_s.value);
  });

  it("plays the same queue for the same seed, and none that is unstable", async () => {
    const run = { requests: 5000, replications: 2, seed: 1 };
    const [a, b] = [await queue({ ...base, simulate: run }), await queue({ ...base, simulate: run })];
    expect(a).toEqual(b);
    expect((await queue({ ...base, simulate: { ...run, seed: 2 } })).simulated).not.toEqual(a.simulated);
    expect((await queue({ ...base, rateRps: 20, simulate: run })).simulated).toBeNull();
  });

  it.each<[Partial<QueueOptions>, string]>([
    [{ servers: 0 }, "servers is 0; a whole number from 1"],
    [{ servers: 2.5 }, "servers is 2.5"],
    [{ servers: 1e10 }, "servers is 10000000000"],
    [{ rateRps: NaN }, "rateRps is NaN; a finite number above 0"],
    [{ rateRps: 0 }, "rateRps is 0"],
    [{ rateRps: -5 }, "rateRps is -5"],
    [{ serviceS: Infinity }, "serviceS is Infinity"],
    [{ rateRps: 1e300, serviceS: 1e300 }, "rateRps * serviceS is Infinity"],
    [{ cv2: -1 }, "cv2 is -1"],
    [{ percentile: 1 }, "percentile is 1; a number above 0 and below 1"],
    [{ sloWaitS: -1 }, "sloWaitS is -1"],
    [{ cv2: 5000, simulate: {} }, "cv2 is 5000; with simulate"],
    [{ servers: 1e6, simulate: {} }, "servers is 1000000; with simulate"],
    [{ simulate: { requests: 10 } }, "requests is 10"],
    [{ simulate: { replications: 1 } }, "replications is 1"],
  ])("refuses %j", async (wrong, message) => {
    await expect(queue({ ...base, ...wrong })).rejects.toThrow(message);
  });
});

describe("drawnServices", () => {
  it.each([0, 0.001, 0.02, 0.1, 0.25, 0.4, 0.5, 0.8, 1, 1.5, 4, 100, 1000])(
    "has the mean 1 and the squared coefficient of variation %d",
    (cv2) => {
      const { lengths, tokens } = drawnServices(cv2);
      const law = lengthLawOf({ lengths });
      const mean = law.mean((input, output) => (input + output) / tokens);
      const square = law.mean((input, output) => ((input + output) / tokens) ** 2);
      expect(mean).toBeCloseTo(1, 4);
      expect(square / mean ** 2 - 1 - cv2).toBeCloseTo(0, cv2 > 10 ? 0 : 3);
    },
  );
});

import { describe, expect, test } from "vitest";
import { collect } from "../collect.js";
import type {
  GapPattern,
  NumberDistribution,
  ServeGenClient,
  ServeGenLengths,
} from "../../../../host/workloads/traces/servegen/client.js";
import { Gaps } from "../../../../host/workloads/traces/servegen/gaps.js";
import { serveGenSource } from "../../../../host/workloads/traces/servegen/servegen-source.js";
import { SplitMix64 } from "../../../../host/workloads/traces/servegen/split-mix.js";
import { InputError } from "../../../../host/specs/input-error.js";

function distribution(probabilities: Record<number, number>): NumberDistribution {
  let sum = 0;
  const entries = Object.entries(probabilities);
  return {
    values: Uint32Array.from(entries, ([value]) => Number(value)),
    cumulative: Float64Array.from(entries, ([, probability]) => (sum += probability)),
  };
}

function lengths(startS: number, input: Record<number, number>, output: Record<number, number>): ServeGenLengths {
  return { startS, input: distribution(input), output: distribution(output), attachments: [] };
}

function client(id: number, rates: readonly number[], pattern: GapPattern = "Gamma", shape = 0.25): ServeGenClient {
  const windows = rates.map((rateRps, i) => {
    return { startS: 600 * i, rateRps, cv: 2, pattern: rateRps > 0 ? pattern : ("" as const), shape, scale: 9 };
  });
  return { id, windows, lengths: [lengths(0, { 10: 0.5, 20: 0.5 }, { 1: 0.25, 3: 0.75 })] };
}

describe("gaps", () => {
  test.each([
    ["Gamma", 0.1, Math.sqrt(10)],
    ["Gamma", 0.25, 2],
    ["Gamma", 4, 0.5],
    ["Weibull", 0.5, Math.sqrt(5)],
    ["Weibull", 2, Math.sqrt(4 / Math.PI - 1)],
    ["Poisson", 0, 1],
  ] as const)("%s of shape %d: mean 1 / rate, coefficient of variation %d", (pattern, shape, cv) => {
    const random = new SplitMix64();
    random.begin(1, 2, 3);
    const gaps = new Gaps({ startS: 0, rateRps: 5, cv: 0, pattern, shape, scale: 123 }, 2, random);
    const draws = 200_000;
    const drawn = Float64Array.from({ length: draws }, () => gaps.next());
    const mean = drawn.reduce((sum, gap) => sum + gap, 0) / draws;
    const variance = drawn.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / draws;
    expect(Math.abs(mean * 10 - 1)).toBeLessThan((4 * cv) / Math.sqrt(draws));
    expect(Math.sqrt(variance) / mean / cv).toBeCloseTo(1, 1);
  });

  test.each([
    ["Gamma", 0.05],
    ["Weibull", 0.4],
    ["Poisson", 0],
  ] as const)("%s of shape %d: windows have rate times length requests from the first on", (pattern, shape) => {
    const random = new SplitMix64();
    const windows = 4000;
    const counts: number[] = [];
    for (let window = 0; window < windows; window++) {
      random.begin(9, 9, window);
      const gaps = new Gaps({ startS: 0, rateRps: 0.02, cv: 0, pattern, shape, scale: 1 }, 1, random);
      let count = 0;
      for (let timeS = gaps.first(); timeS < 600; timeS += gaps.next()) count++;
      counts.push(count);
    }
    const mean = counts.reduce((sum, count) => sum + count, 0) / windows;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / windows;
    expect(Math.abs(mean - 12)).toBeLessThan(4 * Math.sqrt(variance / windows));
  });
});

describe("serveGenSource", () => {
  test("merges clients by time, with rates by window and lengths by probability", async () => {
    const source = serveGenSource([client(0, [20, 0, 5]), client(7, [0, 10, 0], "Weibull", 0.8)], { seed: 1 });
    const { rows } = await collect(source);
    const inWindow = (from: number, to: number) => rows.filter((row) => row[0] >= from && row[0] < to).length;
    expect(rows.map((row) => row[0])).toEqual(rows.map((row) => row[0]).sort((a, b) => a - b));
    // Expected 12,000, 6,000, 3,000; standard deviations about cv * sqrt(count).
    expect(Math.abs(inWindow(0, 600) - 12_000)).toBeLessThan(4 * 2 * Math.sqrt(12_000));
    expect(Math.abs(inWindow(600, 1200) - 6000)).toBeLessThan(4 * 1.3 * Math.sqrt(6000));
    expect(Math.abs(inWindow(1200, 1800) - 3000)).toBeLessThan(4 * 2 * Math.sqrt(3000));
    expect(new Set(rows.map((row) => row[1]))).toEqual(new Set([10, 20]));
    const ones = rows.filter((row) => row[2] === 1).length / rows.length;
    expect(Math.abs(ones - 0.25)).toBeLessThan(4 * Math.sqrt(0.1875 / rows.length));
    expect(source.report()).toMatchObject({
      format: "servegen",
      rows: rows.length,
      used: rows.length,
      unusableByReason: {},
      notes: [],
      originS: 0,
      inputTokens: rows.reduce((sum, row) => sum + row[1], 0),
      outputTokens: rows.reduce((sum, row) => sum + row[2], 0),
    });
  });

  test("gives the same for a seed, other requests for another", async () => {
    const clients = [client(0, [1, 2]), client(1, [3, 4])];
    const first = await collect(serveGenSource(clients, { seed: 3 }));
    expect(await collect(serveGenSource(clients, { seed: 3 }))).toEqual(first);
    expect((await collect(serveGenSource(clients, { seed: 4 }))).rows).not.toEqual(first.rows);
  });

  test.each([
    ["Gamma", 0.25, [110.50169795582322, 174.91832586371623, 174.94307785434248]],
    ["Weibull", 0.5, [127.99313190328347, 131.87342244461746, 131.94845246316612]],
    ["Poisson", 0, [3.0559457016118294, 111.02339062731025, 139.97645258742426]],
  ] as const)("%s gives these very arrivals, on every platform", async (pattern, shape, arrivals) => {
    const { rows } = await collect(serveGenSource([client(5, [0.05], pattern, shape)], { seed: 42 }));
    expect(rows.slice(0, 3).map((row) => row[0])).toEqual(arrivals);
  });

  test("a part of the time has the requests that the whole has there", async () => {
    const clients = [client(0, [2, 1, 2]), client(1, [0, 3, 1])];
    const whole = await collect(serveGenSource(clients, { seed: 5 }));
    const part = await collect(serveGenSource(clients, { seed: 5, fromS: 700, toS: 1300 }));
    const expected = whole.rows.filter((row) => row[0] >= 700 && row[0] < 1300);
    expect(part.rows).toEqual(expected.map((row) => [row[0] - 700, ...row.slice(1)]));
    expect(part.rows.length).toBeGreaterThan(1000);
  });

  test("a rate scale multiplies all rates", async () => {
    const { rows } = await collect(serveGenSource([client(0, [4, 4, 4], "Poisson")], { seed: 1, rateScale: 2.5 }));
    expect(Math.abs(rows.length - 18_000)).toBeLessThan(4 * Math.sqrt(18_000));
  });

  test("lengths change with their windows", async () => {
    const changing: ServeGenClient = {
      ...client(0, [5, 5], "Poisson"),
      lengths: [lengths(0, { 1: 1 }, { 2: 1 }), lengths(600, { 3: 1 }, { 4: 1 })],
    };
    const { rows } = await collect(serveGenSource([changing], { seed: 1 }));
    expect(rows.every((row) => (row[0] < 600 ? row[1] === 1 && row[2] === 2 : row[1] === 3 && row[2] === 4))).toBe(
      true,
    );
  });

  test("every image adds its tokens", async () => {
    const images = { count: distribution({ 0: 0.5, 2: 0.5 }), tokens: distribution({ 100: 0.5, 1000: 0.5 }) };
    const base = client(0, [10], "Poisson");
    const withImages = { ...base, lengths: [{ ...lengths(0, { 5: 1 }, { 1: 1 }), attachments: [images] }] };
    const { rows } = await collect(serveGenSource([withImages], { seed: 1 }));
    expect(new Set(rows.map((row) => row[1]))).toEqual(new Set([5, 205, 1105, 2005]));
  });

  test("zero tokens are raised to 1, and the report counts them", async () => {
    const zero = { ...client(0, [10], "Poisson"), lengths: [lengths(0, { 0: 1 }, { 0: 0.5, 2: 0.5 })] };
    const source = serveGenSource([zero], { seed: 1, toS: 100 });
    const { rows } = await collect(source);
    expect(rows.every((row) => row[1] === 1)).toBe(true);
    const raised = rows.filter((row) => row[2] === 1).length;
    expect(source.report().notes).toEqual([
      `${raised} outputs of zero tokens were raised to 1.`,
      `${rows.length.toLocaleString("en-US")} inputs of zero tokens were raised to 1.`,
    ]);
  });

  test("a client without lengths is refused if it sends, unless others are given", async () => {
    const silent = { ...client(3, [0, 1]), lengths: [] };
    const message = "servegen: 1 of 2 clients (3) have no lengths";
    expect(() => serveGenSource([client(0, [1, 1]), silent], { seed: 1 })).toThrow(message);
    expect(() => serveGenSource([silent], { seed: 1, toS: 600 })).not.toThrow();
    const { rows } = await collect(
      serveGenSource([silent], { seed: 1, fallbackLengths: [lengths(0, { 8: 1 }, { 9: 1 })] }),
    );
    expect(rows.every((row) => row[1] === 8 && row[2] === 9)).toBe(true);
  });

  test.each([
    [{ seed: -1 }, /^seed/],
    [{ seed: 1, rateScale: 0 }, /^rateScale/],
    [{ seed: 1, fromS: -1 }, /is no part of the recorded time, 0 to 600 s/],
    [{ seed: 1, toS: 601 }, /is no part of the recorded time/],
    [{ seed: 1, fromS: 600 }, /is no part of the recorded time/],
    [{ seed: 1, fromS: NaN }, /is no part of the recorded time/],
  ])("%j is refused", (options, message) => {
    expect(() => serveGenSource([client(0, [1])], options)).toThrow(message);
    expect(() => serveGenSource([client(0, [1])], options)).toThrow(InputError);
  });

  test("no client at all is refused", () => {
    expect(() => serveGenSource([], { seed: 1 })).toThrow(InputError);
  });
});

import { describe, expect, test } from "vitest";
import { drawnSource } from "../../host/planners/drawn-source.js";
import { generate, type GenerateOptions } from "../../host/planners/generate.js";
import { InputError } from "../../host/specs/input-error.js";
import { getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";
import type { RequestSource } from "../../host/workloads/requests.js";
import { describeRequests } from "../../host/workloads/statistics.js";
import { openTrace } from "../../host/workloads/traces/open-trace.js";

const azureConv = getBuiltinWorkload("azure-conv");
const azure = getBuiltinWorkload("azure");

async function columns(source: RequestSource) {
  const rows = { arrivalS: [] as number[], input: [] as number[], output: [] as number[] };
  for await (const chunk of source.chunks()) {
    rows.arrivalS.push(...chunk.arrivalS.subarray(0, chunk.count));
    rows.input.push(...chunk.inputTokens.subarray(0, chunk.count));
    rows.output.push(...chunk.outputTokens.subarray(0, chunk.count));
  }
  return rows;
}

async function textOf(options: GenerateOptions): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of generate(options).bytes) pieces.push(piece.slice());
  return Buffer.concat(pieces).toString();
}

describe("a generated trace", () => {
  test("reads back as the requests that are drawn from the workload", async () => {
    const options = { workload: azureConv, rateRps: 50, requests: 100_000, seed: 3 };
    const source = await openTrace(generate(options).bytes);
    const read = await columns(source);
    expect(source.report().format).toBe("azure-2023");
    const process = { type: "poisson" } as const;
    const drawn = await columns(drawnSource({ model: azureConv, rateRps: 50, count: 100_000, process }, { seed: 3 }));
    expect(read.input).toEqual(drawn.input);
    expect(read.output).toEqual(drawn.output);
    const off = read.arrivalS.map((arrivalS, i) => Math.abs(arrivalS - (drawn.arrivalS[i]! - drawn.arrivalS[0]!)));
    expect(Math.max(...off.slice(0, 50_000), ...off.slice(50_000))).toBeLessThan(1.01e-7);
  });

  test("is the same to the byte for the same seed, and another one for another", async () => {
    const options = { workload: azureConv, requests: 1000 };
    const first = await textOf({ ...options, seed: 1 });
    expect(await textOf({ ...options, seed: 1 })).toBe(first);
    expect(await textOf({ ...options, seed: 2 })).not.toBe(first);
  });

  test("has the rate of the workload unless told otherwise", async () => {
    // Two periods of the trace that it was derived from.
    const trace = generate({ workload: azureConv, requests: 2 * 19_366 });
    const { meanRateRps } = await describeRequests(await openTrace(trace.bytes));
    expect(meanRateRps! / azureConv.nativeRateRps!).toBeCloseTo(1, 1);
  });

  test.each([
    [{ type: "poisson" }, 1],
    [{ type: "gamma", cv: 3 }, 3],
    [{ type: "deterministic" }, 0],
  ] as const)("has gaps as of %o", async (process, cv) => {
    const trace = generate({ workload: azure, rateRps: 100, requests: 50_000, process });
    const { gapCv } = await describeRequests(await openTrace(trace.bytes));
    expect(Math.abs(gapCv! - cv)).toBeLessThan(0.1);
  });

  test("is summed up", async () => {
    const trace = generate({ workload: azure, rateRps: 100, requests: 5000 });
    const source = await openTrace(trace.bytes);
    await describeRequests(source);
    const { inputTokens, outputTokens, spanS } = source.report();
    expect(trace.summary()).toMatchObject({
      rows: 5000,
      workload: "azure",
      rate_rps: 100,
      arrivals: { type: "poisson" },
      seed: 42,
      input_tokens: inputTokens,
      output_tokens: outputTokens,
    });
    expect(trace.summary().span_s).toBeCloseTo(spanS, 6);
  });
});

test("a workload without a rate of its own needs one", () => {
  expect(() => generate({ workload: azure, requests: 10 })).toThrow(InputError);
  expect(() => generate({ workload: azure, requests: 10 })).toThrow("azure has no rate of its own");
});

test("what takes longer than the clock holds is refused", () => {
  expect(() => generate({ workload: azure, rateRps: 1e-6, requests: 1e6 })).toThrow("longer than 1000000000 s");
});

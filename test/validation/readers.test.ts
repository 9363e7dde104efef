import { describe, expect, it } from "vitest";
import { readStage, readSweep, trueTpotS, valueAt } from "../../bench/validation/inference-perf-run.js";
import { readRequests, readRun } from "../../bench/validation/llmservingsim-run.js";
import { readCases } from "../../bench/validation/vllm-cases.js";
import { mean } from "../../bench/validation/statistics.js";
import { describeWithRuns } from "./measured-runs.js";

/** A distribution of a report: every percentile is its number, in tenths of a second. */
function row(scale: number): Record<string, number> {
  const names = ["min", "p0.1", "p1", "p5", "p10", "p25", "median", "p75", "p90", "p95", "p99", "p99.9", "max"];
  const p = [0, 0.1, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 100];
  return { mean: scale, ...Object.fromEntries(names.map((name, i) => [name, p[i]! * scale])) };
}

const REPORT = {
  load_summary: { requested_rate: 31.4, send_duration: 60 },
  successes: {
    count: 1884,
    latency: {
      request_latency: row(3),
      time_to_first_token: row(2),
      time_per_output_token: { mean: 0.004 },
      inter_token_latency: row(1),
    },
    throughput: { requests_per_sec: 31.2 },
    prompt_len: row(4),
  },
};

describe("reading measured runs", () => {
  it("takes a stage's figures by name", () => {
    const stage = readStage(REPORT);
    expect([stage.requests, stage.requestedRps, stage.completedRps]).toEqual([1884, 31.4, 31.2]);
    expect([stage.e2e.mean, stage.ttft.mean, stage.lineGaps.mean, stage.promptTokens.mean]).toEqual([3, 2, 1, 4]);
  });

  it("counts the gaps between tokens, not between lines of the stream", () => {
    expect(trueTpotS(readStage(REPORT), 64)).toBeCloseTo((0.004 * 129) / 63, 15);
  });

  it("reads percentiles between those reported linearly", () => {
    const { ttft } = readStage(REPORT);
    expect(valueAt(ttft, 0)).toBe(0);
    expect(valueAt(ttft, 90)).toBe(180);
    expect(valueAt(ttft, 60)).toBeCloseTo(120, 12);
  });

  it("puts requests on the engine's clock in order of queueing", () => {
    const line = (queued: number, first: number, last: number, tokens: number) =>
      JSON.stringify({
        input_toks: 10,
        output_toks: tokens,
        arrival_time: 1.7e9,
        queued_ts: queued,
        scheduled_ts: queued,
        first_token_ts: first,
        last_token_ts: last,
      });
    const requests = readRequests(`${line(102, 103, 105, 5)}\n${line(100, 100.5, 101.5, 3)}\n`);
    expect(requests.map((request) => request.queuedS)).toEqual([0, 2]);
    expect(requests[0]).toEqual({ inputTokens: 10, outputTokens: 3, queuedS: 0, ttftS: 0.5, tpotS: 0.5, e2eS: 1.5 });
    expect(requests[1]!.tpotS).toBe(0.5);
  });
});

describeWithRuns("the measured runs", () => {
  it("are 7 stages a sweep whose E2E agrees with the TPOT as it is read", () => {
    for (const folder of ["vllm", "vllm+chunking_and_prefix_caching"]) {
      const sweep = readSweep(folder);
      expect(sweep).toHaveLength(7);
      for (const stage of sweep) {
        const fromE2e = (stage.e2e.mean - stage.ttft.mean) / 63;
        expect(Math.abs(trueTpotS(stage, 64) / fromE2e - 1)).toBeLessThan(0.005);
      }
    }
  });

  it("have the published means of the replayed runs", () => {
    const llama = readRun("Llama-3.1-8B");
    expect([llama.requests.length, llama.tensorParallel, llama.maxNumBatchedTokens]).toEqual([300, 1, 2048]);
    expect(mean(llama.requests.map((request) => request.ttftS))).toBeCloseTo(7.0972, 3);
    const qwen = readRun("Qwen3-32B");
    expect(qwen.tensorParallel).toBe(2);
    expect(mean(qwen.requests.map((request) => request.ttftS))).toBeCloseTo(36.9052, 3);
  });

  it("hold 24 servers, each with its stages", () => {
    const cases = readCases();
    expect(cases).toHaveLength(24);
    const llama = cases.find(({ id }) => id === "16")!;
    expect([llama.tensorParallel, llama.outputTokens, llama.stages.length]).toEqual([1, 248, 2]);
    expect(llama.stages[1]).toEqual({ rateRps: 20, durationS: 600, ttftS: 0.0298748, e2eS: 2.2780596 });
  });
});

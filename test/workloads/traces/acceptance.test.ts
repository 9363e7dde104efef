import { describe, expect, test } from "vitest";
import { collect } from "./collect.js";
import { dataFolder, withoutData } from "../builtin/data-folder.js";
import { readTraceFile } from "../../../host/workloads/traces/bytes/file-bytes.js";
import { openTrace } from "../../../host/workloads/traces/open-trace.js";
import type { TraceOptions } from "../../../host/workloads/traces/trace-source.js";

const folder = dataFolder() ?? "";

async function readFile(path: string, options: TraceOptions = {}) {
  const source = await openTrace(readTraceFile(`${folder}/${path}`), options);
  return { ...(await collect(source)), report: source.report() };
}

let mooncakeReading: ReturnType<typeof readFile> | undefined;

/** The Mooncake trace, read once for all tests. */
function readMooncake(): ReturnType<typeof readFile> {
  return (mooncakeReading ??= readFile("mooncake/conversation_trace.jsonl"));
}

/** A cache of block ids that forgets the least recently used: a ring of ids, linked both ways, through an extra one. */
class LruCache {
  private size = 0;
  private readonly older: Int32Array;
  private readonly newer: Int32Array;
  private readonly held: Uint8Array;

  constructor(
    private readonly capacity: number,
    private readonly ids: number,
  ) {
    this.older = new Int32Array(ids + 1).fill(ids);
    this.newer = new Int32Array(ids + 1).fill(ids);
    this.held = new Uint8Array(ids + 1);
  }

  has(id: number): boolean {
    return this.held[id] === 1;
  }

  use(id: number): void {
    if (this.has(id)) this.forget(id);
    if (this.size === this.capacity) this.forget(this.newer[this.ids]!);
    const newest = this.older[this.ids]!;
    this.newer[newest] = id;
    this.older[id] = newest;
    this.newer[id] = this.ids;
    this.older[this.ids] = id;
    this.held[id] = 1;
    this.size++;
  }

  private forget(id: number): void {
    this.newer[this.older[id]!] = this.newer[id]!;
    this.older[this.newer[id]!] = this.older[id]!;
    this.held[id] = 0;
    this.size--;
  }
}

/** Share of block references that a cache holds: leading ids of each line, counted before the line goes in. */
function prefixHitShare(lines: readonly (readonly number[])[], capacity: number): number {
  const references = lines.flat();
  const cache = new LruCache(capacity, references.reduce((most, id) => Math.max(most, id)) + 1);
  let hits = 0;
  for (const ids of lines) {
    const miss = ids.findIndex((id) => !cache.has(id));
    hits += miss < 0 ? ids.length : miss;
    for (const id of ids) cache.use(id);
  }
  return hits / references.length;
}

/** Variance over mean of the number of arrivals in windows of one second. */
function dispersion(arrivals: readonly number[]): number {
  const counts = new Array<number>(Math.floor(arrivals.at(-1)!) + 1).fill(0);
  for (const arrivalS of arrivals) counts[Math.floor(arrivalS)]!++;
  const mean = arrivals.length / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length / mean;
}

describe.skipIf(withoutData("test/workloads/traces/acceptance"))("the published traces", () => {
  test.each([
    ["azure-llm-2023/AzureLLMInferenceTrace_code.csv", "azure-2023", 8819, 18059974, 245896, 3435.948056],
    ["azure-llm-2023/AzureLLMInferenceTrace_conv.first2400s.csv", "azure-2023", 14176, 16942346, 2856415, 2399.96463],
    ["mooncake/conversation_trace.jsonl", "mooncake", 12031, 144793823, 4122048, 3536.999],
    ["vidur/splitwise_code.csv", "vidur", 8819, 18059974, 245896, 3435.948056],
  ])("%s has its rows, sums and span", async (path, format, rows, inputTokens, outputTokens, spanS) => {
    const { report } = await readFile(path);
    expect(report).toMatchObject({ format, rows, used: rows, unusableByReason: {}, inputTokens, outputTokens, spanS });
  });

  test("the first stamps of the Azure traces are kept, to align one with the other", async () => {
    const code = await readFile("azure-llm-2023/AzureLLMInferenceTrace_code.csv");
    const conversation = await readFile("azure-llm-2023/AzureLLMInferenceTrace_conv.first2400s.csv");
    expect(code.report.originS! - conversation.report.originS!).toBeCloseTo(77.29937, 6);
  });

  test("Vidur's file holds the requests of the Azure code trace", async () => {
    const azure = await readFile("azure-llm-2023/AzureLLMInferenceTrace_code.csv");
    const vidur = await readFile("vidur/splitwise_code.csv");
    expect(vidur.rows.map((row) => row.slice(0, 3))).toEqual(azure.rows.map((row) => row.slice(0, 3)));
  });

  test("Mooncake's blocks: references, ids, one for each 512 tokens", async () => {
    const { rows, blocks, report } = await readMooncake();
    expect(blocks!.flat()).toHaveLength(288_500);
    expect(new Set(blocks!.flat()).size).toBe(182_790);
    expect(blocks!.map((ids) => ids.length)).toEqual(rows.map((row) => Math.ceil(row[1] / 512)));
    expect(blocks!.every((ids) => ids[0] === 0)).toBe(true);
    expect(report.blockSize).toBe(512);
  });

  test.each([
    [Infinity, 0.366412, 6],
    [1_000, 0.0445, 4],
    [3_000, 0.065, 4],
    [10_000, 0.2112, 4],
    [30_000, 0.3257, 4],
    [50_000, 0.3546, 4],
    [100_000, 0.3637, 4],
  ])("Mooncake's prefix hits with a cache of %d blocks", async (capacity, share, digits) => {
    const { blocks } = await readMooncake();
    expect(prefixHitShare(blocks!, capacity).toFixed(digits)).toBe(share.toFixed(digits));
  });

  test("Mooncake's ticks are bursts as they are, and Poisson-like when spread", async () => {
    const asWritten = await readMooncake();
    const spread = await readFile("mooncake/conversation_trace.jsonl", { spreadTicks: true });
    expect(new Set(asWritten.rows.map((row) => row[0])).size).toBe(1180);
    expect(dispersion(asWritten.rows.map((row) => row[0]))).toBeCloseTo(7.9, 1);
    expect(dispersion(spread.rows.map((row) => row[0]))).toBeCloseTo(1.06, 1);
    expect(asWritten.report.notes.join()).toContain("Arrivals come in ticks");
    expect(spread.report.notes.join()).toContain("spread over the time");
    expect(spread.rows.map((row) => row.slice(1))).toEqual(asWritten.rows.map((row) => row.slice(1)));
  });

  test.each([
    ["router_decisions.semantic_router.jsonl", 240, ["", "llama8b", "llama70b"]],
    ["generic_chat_mix.jsonl", 240, ["", "llama-8b", "llama-70b"]],
    ["batch_spike_requests.csv", 288, ["", "llama-8b", "llama-70b"]],
  ])("the Python tool's sample %s", async (file, rows, labels) => {
    const source = await openTrace(readTraceFile(`${folder}/vllm-sr-sim/trace_samples/${file}`));
    const collected = await collect(source);
    expect(source.report()).toMatchObject({ format: "semantic-router", rows, used: rows });
    expect(source.labels).toEqual(labels);
    expect(collected.rows.every((row) => row[3] !== "")).toBe(true);
  });

  test("in batch_spike_requests.csv 288 rows share 96 stamps", async () => {
    const { rows } = await readFile("vllm-sr-sim/trace_samples/batch_spike_requests.csv");
    expect(new Set(rows.map((row) => row[0])).size).toBe(96);
  });

  test("SplitwiseSim's sample", async () => {
    const { rows, report } = await readFile("splitwise-sim/test_trace.csv");
    expect(report.format).toBe("splitwise");
    expect(rows.map((row) => row.slice(0, 3))).toEqual([
      [0, 4096, 32],
      [2, 2048, 8],
      [3, 2048, 16],
    ]);
  });

  test("a measured run of an engine, its columns named", async () => {
    const columns = { arrival: "queued_ts", input: "input_toks", output: "output_toks" };
    const { report } = await readFile("engine/llmservingsim/RTXPRO6000/Llama-3.1-8B/requests.jsonl", { columns });
    expect(report).toMatchObject({ format: "columns", rows: 300, used: 300 });
  });

  test("a file of ServeGen is refused with a hint", async () => {
    await expect(readFile("servegen/reason/deepseek-r1/chunk-0-trace.csv")).rejects.toThrow(/give the folder/);
  });
});

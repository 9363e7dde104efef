import { InputError } from "../specs/input-error.js";
import type { ArrivalProcess, WorkloadModel } from "../workloads/models.js";
import type { RequestChunk, RequestSource } from "../workloads/requests.js";
import { writeAzureTrace } from "../workloads/traces/azure-writer.js";
import { drawnSource } from "./drawn-source.js";
import { DEFAULT_SEED } from "./replay.js";

/** What {@link generate} generates. */
export interface GenerateOptions {
  workload: WorkloadModel;
  /** Mean rate, requests/s. Default: that of the workload, if it has one. */
  rateRps?: number;
  /** How many requests. */
  requests: number;
  /** Default: Poisson. */
  process?: ArrivalProcess;
  /** Whole number, 0 to 2^53 - 1. Default 42. */
  seed?: number;
  /** Told how many requests have been drawn. Waited for, so that it can let other work have its turn. */
  onProgress?: (drawn: number) => void | Promise<void>;
}

/** What was generated. */
export interface GeneratedSummary {
  rows: number;
  workload: string;
  /** Asked for, requests/s. */
  rate_rps: number;
  arrivals: ArrivalProcess;
  seed: number;
  /** From the first arrival to the last. */
  span_s: number;
  input_tokens: number;
  output_tokens: number;
}

/** A trace that is being generated. */
export interface GeneratedTrace {
  /** The trace, to be read once. Pieces are made as they are asked for, in constant memory. */
  bytes: AsyncGenerator<Uint8Array, void, undefined>;
  /** What has been generated so far; complete once `bytes` has been read to its end. */
  summary(): GeneratedSummary;
}

/**
 * Generates a trace of a workload in the format of Azure's files of 2023. Read back, it is the same requests that a replay draws
 * from the workload with the same seed and rate, with arrivals counted from the first and to 1e-7 s; the format has no place for categories.
 *
 * @throws InputError if the workload has no rate of its own and none is given, or a figure is out of range.
 */
export function generate(options: GenerateOptions): GeneratedTrace {
  const { workload, requests, process = { type: "poisson" }, seed = DEFAULT_SEED } = options;
  const rateRps = options.rateRps ?? workload.nativeRateRps;
  if (rateRps === undefined) {
    throw new InputError(`workload ${workload.name} has no rate of its own: give one, in requests/s.`);
  }
  const tally = new Tally(options.onProgress);
  const source = drawnSource({ model: workload, rateRps, count: requests, process }, { seed });
  return {
    bytes: writeAzureTrace(tally.over(source)),
    summary: () => ({
      rows: tally.rows,
      workload: workload.name,
      rate_rps: rateRps,
      arrivals: process,
      seed,
      span_s: tally.lastS - tally.firstS,
      input_tokens: tally.inputTokens,
      output_tokens: tally.outputTokens,
    }),
  };
}

/** Counts what passes through. */
class Tally {
  rows = 0;
  firstS = 0;
  lastS = 0;
  inputTokens = 0;
  outputTokens = 0;

  constructor(private readonly onProgress: GenerateOptions["onProgress"]) {}

  over(source: RequestSource): RequestSource {
    return { labels: source.labels, categories: source.categories, chunks: () => this.counted(source) };
  }

  private async *counted(source: RequestSource): AsyncGenerator<RequestChunk, void, undefined> {
    for await (const chunk of source.chunks()) {
      if (this.rows === 0) this.firstS = chunk.arrivalS[0]!;
      this.rows += chunk.count;
      this.lastS = chunk.arrivalS[chunk.count - 1]!;
      for (let row = 0; row < chunk.count; row++) {
        this.inputTokens += chunk.inputTokens[row]!;
        this.outputTokens += chunk.outputTokens[row]!;
      }
      yield chunk;
      await this.onProgress?.(this.rows);
    }
  }
}

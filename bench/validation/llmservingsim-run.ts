import { readFileSync } from "node:fs";
import { measured } from "./data-folder.js";

/** One measured request, s from the queueing of the first. */
export interface MeasuredRequest {
  inputTokens: number;
  outputTokens: number;
  queuedS: number;
  ttftS: number;
  /** Mean gap between its tokens. */
  tpotS: number;
  e2eS: number;
}

/** A run with its engine's options. */
export interface MeasuredRun {
  vllmVersion: string;
  tensorParallel: number;
  maxNumSeqs: number;
  maxNumBatchedTokens: number;
  requests: MeasuredRequest[];
}

/** Reads `requests.jsonl` and `meta.json` of a run on RTX PRO 6000, in order of arrival in the engine. */
export function readRun(model: string): MeasuredRun {
  const path = (name: string) => measured("llmservingsim", "RTXPRO6000", model, name);
  const meta = JSON.parse(readFileSync(path("meta.json"), "utf8")) as {
    vllm_version: string;
    engine_kwargs: Record<string, number>;
  };
  return {
    vllmVersion: meta.vllm_version,
    tensorParallel: meta.engine_kwargs["tensor_parallel_size"]!,
    maxNumSeqs: meta.engine_kwargs["max_num_seqs"]!,
    maxNumBatchedTokens: meta.engine_kwargs["max_num_batched_tokens"]!,
    requests: readRequests(readFileSync(path("requests.jsonl"), "utf8")),
  };
}

/** Reads the lines of `requests.jsonl`. All four stamps are of the engine's monotonic clock. */
export function readRequests(text: string): MeasuredRequest[] {
  const rows = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, number>);
  const start = Math.min(...rows.map((row) => row["queued_ts"]!));
  return rows
    .map((row) => {
      const [queued, first, last] = [row["queued_ts"]!, row["first_token_ts"]!, row["last_token_ts"]!];
      return {
        inputTokens: row["input_toks"]!,
        outputTokens: row["output_toks"]!,
        queuedS: queued - start,
        ttftS: first - queued,
        tpotS: (last - first) / (row["output_toks"]! - 1),
        e2eS: last - queued,
      };
    })
    .sort((a, b) => a.queuedS - b.queuedS);
}

import { readFileSync } from "node:fs";
import { measured } from "./data-folder.js";

/** One load stage of a case, means in s. */
export interface CaseStage {
  rateRps: number;
  durationS: number;
  ttftS: number;
  e2eS: number;
}

/** A measured vLLM server with its load. */
export interface VllmCase {
  id: string;
  model: string;
  tensorParallel: number;
  precision: string;
  maxNumBatchedTokens: number;
  maxNumSeqs: number;
  /** KV blocks of 16 tokens, where known. */
  kvBlocks: number | null;
  workload: string;
  sharedTokens: number;
  questionTokens: number;
  outputTokens: number;
  groups: number;
  usersPerGroup: number;
  stages: CaseStage[];
}

/** Reads `engine/vllm-measured/cases.json`. */
export function readCases(): VllmCase[] {
  const file = JSON.parse(readFileSync(measured("vllm-measured", "cases.json"), "utf8")) as { cases: RawCase[] };
  return file.cases.map(readCase);
}

interface RawCase {
  id: string;
  model: string;
  tp: number;
  precision: string;
  vllm: { max_num_batched_tokens: number; max_num_seqs: number; kv_blocks: number | null };
  workload: {
    name: string;
    stages_rate_rps_duration_s: [number, number][];
    shared_prefix_tokens: number;
    question_tokens: number;
    output_tokens: number;
    prefix_groups: number;
    users_per_group: number;
  };
  measured_ms: Record<string, Record<string, number>>;
}

function readCase({ id, model, tp, precision, vllm, workload, measured_ms }: RawCase): VllmCase {
  return {
    id,
    model,
    tensorParallel: tp,
    precision,
    maxNumBatchedTokens: vllm.max_num_batched_tokens,
    maxNumSeqs: vllm.max_num_seqs,
    kvBlocks: vllm.kv_blocks,
    workload: workload.name,
    sharedTokens: workload.shared_prefix_tokens,
    questionTokens: workload.question_tokens,
    outputTokens: workload.output_tokens,
    groups: workload.prefix_groups,
    usersPerGroup: workload.users_per_group,
    stages: workload.stages_rate_rps_duration_s.map(([rateRps, durationS], i) => {
      const row = measured_ms[`stage${i}`]!;
      return { rateRps, durationS, ttftS: row["ttft_mean"]! / 1000, e2eS: row["e2e_mean"]! / 1000 };
    }),
  };
}

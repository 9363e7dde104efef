import type { AffineModel } from "../../host/profiles/iteration-model.js";
import { LLAMA_3_1_8B } from "./dense-models.js";
import type { EngineSetup, Requests } from "./engine-run.js";
import { type Stage, trueTpotS, valueAt } from "./inference-perf-run.js";
import { iterationSeconds } from "./iteration-seconds.js";
import { kernelModel } from "./kernel-model.js";
import { readKernelTables } from "./kernel-tables.js";
import { H100, H100_MEMORY_SHARE, SCHEDULING_S, TOP_P_BYTES } from "./sourced-constants.js";

/** Tokens that every request asked for and got: `output_len: 64`, `ignore_eos: true` (demos/kubecon-na-2025/config.yaml of inference-perf). */
export const OUTPUT = 64;
/** Most requests in flight: `num_workers: 44` of `worker_max_concurrency: 10`, ibid. */
export const IN_FLIGHT = 440;
/** `--max-num-seqs`, `--max-model-len`: manifests.yaml beside the results. */
const MAX_NUM_SEQS = 128;
const MAX_MODEL_LEN = 512;
/** vLLM's default for its API server on a GPU with 70 GiB or more (vllm/engine/arg_utils.py of v0.11, `default_max_num_batched_tokens`). */
const MAX_NUM_BATCHED_TOKENS = 8192;
/** Of 16 tokens: Llama-3.1-8B on one H100-80GB at a memory share of 0.9 (inference-sim, latency defaults). */
const KV_BLOCKS = 26312;
const BLOCK = 16;
/** Distinct prompts: 10 system prompts by 10 users, sent over and over; 128 of their tokens are the system prompt's. */
const PROMPTS = 100;
const GROUPS = 10;
const SYSTEM_TOKENS = 128;
/** Bandwidth that kernels reach, bytes/s. */
const BYTES_PER_S = H100.bytesPerS * H100_MEMORY_SHARE;
/** Time of a sequence in an iteration, s. The model's generation_config.json asks for temperature 0.6 and top-p 0.9, which vLLM takes as defaults. */
export const SEQUENCE_S = SCHEDULING_S + (TOP_P_BYTES * LLAMA_3_1_8B.vocabulary) / BYTES_PER_S;

/** One of the two settings that were measured. */
export interface Setting {
  folder: string;
  /** Prefix caching and chunked prefill, both on or both off. */
  cached: boolean;
}

/** A setting with its model, fitted on its first stage. */
export interface FittedSetting {
  setup: EngineSetup;
  model: AffineModel;
  /** Fixed time of an iteration, from stage 0's TPOT, s. */
  iterationS: number;
  /** Time of a request outside the engine, from stage 0's TTFT, s. */
  outsideS: number;
}

/** Fits the two free constants on the first stage, in which requests come one at a time. */
export function fitSetting(stage: Stage, setting: Setting): FittedSetting {
  const tables = readKernelTables("h100_sxm");
  const limits = { batch: MAX_NUM_SEQS, context: MAX_MODEL_LEN };
  const build = (iterationS: number) =>
    kernelModel(tables, LLAMA_3_1_8B, 1, limits, { iterationS, sequenceS: SEQUENCE_S, bytesPerS: BYTES_PER_S });
  const prompt = stage.promptTokens.mean;
  const alone = { decodes: 1, context: prompt + (OUTPUT - 1) / 2, chunks: [] };
  const iterationS = trueTpotS(stage, OUTPUT) - iterationSeconds(build(0), alone);
  const model = build(iterationS);
  const cached = setting.cached ? BLOCK * Math.floor((prompt - 1) / BLOCK) : 0;
  const prefill = { decodes: 0, context: 0, chunks: [{ tokens: prompt - cached, processed: cached }] };
  return {
    setup: {
      maxNumSeqs: MAX_NUM_SEQS,
      maxModelLen: MAX_MODEL_LEN,
      kvBlocks: KV_BLOCKS,
      serving: {
        scheduler: "vllm",
        policy: "fcfs",
        maxNumBatchedTokens: MAX_NUM_BATCHED_TOKENS,
        chunk: null,
        chunked: setting.cached,
        watermark: 0,
        pp: 1,
        prefixBlock: setting.cached ? BLOCK : null,
        model,
      },
    },
    model,
    iterationS,
    outsideS: stage.ttft.mean - iterationSeconds(model, prefill),
  };
}

/** Requests of a stage: its 100 prompts in turn, with the lengths that its percentiles tell. */
export function stageRequests(stage: Stage, setting: Setting, arrivalS: readonly number[]): Requests {
  // A stride that has no factor in common with 100 mixes the lengths over the prompts.
  const lengths = Array.from({ length: PROMPTS }, (_, i) =>
    Math.round(valueAt(stage.promptTokens, (((i * 37) % PROMPTS) + 0.5) * (100 / PROMPTS))),
  );
  const requests = {
    arrivalS,
    inputTokens: arrivalS.map((_, i) => lengths[i % PROMPTS]!),
    outputTokens: arrivalS.map(() => OUTPUT),
  };
  if (!setting.cached) return requests;
  return { ...requests, prefixes: requests.inputTokens.map((tokens, i) => prefixUnits(i % PROMPTS, tokens)) };
}

/** Ids of a prompt's units of 16 tokens: those of its system prompt, then its own. */
function prefixUnits(prompt: number, tokens: number): number[] {
  const shared = SYSTEM_TOKENS / BLOCK;
  const own = MAX_MODEL_LEN / BLOCK;
  return Array.from({ length: Math.floor(tokens / BLOCK) }, (_, unit) =>
    unit < shared ? (prompt % GROUPS) * shared + unit : GROUPS * shared + prompt * own + unit,
  );
}

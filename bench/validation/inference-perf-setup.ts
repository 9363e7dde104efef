import type { AffineModel } from "../../host/profiles/iteration-model.js";
import { LLAMA_3_1_8B } from "./dense-models.js";
import type { EngineSetup, Requests } from "./engine-run.js";
import { type Stage, trueTpotS, valueAt } from "./inference-perf-run.js";
import { iterationSeconds } from "./iteration-seconds.js";
import { kernelModel } from "./kernel-model.js";
import { readKernelTables } from "./kernel-tables.js";

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
/** 3.35 TB/s (datasheet of the H100 SXM) times the share that decode attention reaches in the kernel tables. */
const BYTES_PER_S = 3.35e12 * 0.76;
/** 4.417 us a scheduled request: inference-sim's regression over 15 other vLLM runs on H100. Stage 0, one request at a time, cannot tell it. */
const SCHEDULING_S = 4.417e-6;
/**
 * Bytes that sampling reads and writes for an entry of the vocabulary. The model's generation_config.json asks for temperature 0.6 and top-p 0.9, which
 * vLLM takes as defaults, and its top-p sorts all logits (vllm/v1/sample/ops/topk_topp_sampler.py): a radix sort of 32-bit keys with 64-bit indices
 * (4 passes of 8 bits, 12 bytes in and out each: 96), and passes over 32-bit values: to float (6), temperature (8), softmax, sum, mask and scatter
 * of the sorted (32), softmax (8), exponential noise and quotient (16), the largest (4).
 */
const SAMPLING_BYTES = 96 + 6 + 8 + 32 + 8 + 16 + 4;
/** Time of a sequence in an iteration, s. */
export const SEQUENCE_S = SCHEDULING_S + (SAMPLING_BYTES * LLAMA_3_1_8B.vocabulary) / BYTES_PER_S;

/** Time of a request before and after the engine, s: inference-sim's regression over other runs, 15.563 ms before the queue and 0.777 ms at the end. */
export const REQUEST_OVERHEAD_S = 16.34e-3;

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
  const tables = readKernelTables("h100_sxm", LLAMA_3_1_8B.heads, LLAMA_3_1_8B.kvHeads);
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

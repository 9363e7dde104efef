import type { Core } from "../../host/core/load.js";
import {
  type DenseModel,
  LLAMA_2_70B,
  LLAMA_2_7B,
  LLAMA_3_1_70B,
  LLAMA_3_1_8B,
  MISTRAL_NEMO,
  QWEN2_5_7B,
  YI_34B,
} from "./dense-models.js";
import { type EngineSetup, jitteredArrivals, type Requests, serve } from "./engine-run.js";
import { kernelModel } from "./kernel-model.js";
import { type KernelTables, readAllReduce, readKernelTables } from "./kernel-tables.js";
import { ms, percent, signedPercent, table } from "./markdown.js";
import type { Section } from "./section.js";
import {
  H100,
  H100_MEMORY_SHARE,
  ITERATION_S,
  LAYER_S,
  RANDOM_BYTES,
  REQUEST_OVERHEAD_S,
  SCHEDULING_S,
  TOP_P_BYTES,
} from "./sourced-constants.js";
import { mean, meanAbsolute, percentile, relativeError } from "./statistics.js";
import { readCases, type VllmCase } from "./vllm-cases.js";

/** Dense models in 16 bits, and whether their generation_config.json asks for top-p. */
const MODELS: Record<string, { model: DenseModel; hasTopP: boolean }> = {
  "meta-llama/Llama-2-7b-hf": { model: LLAMA_2_7B, hasTopP: true },
  "meta-llama/Llama-2-70b-hf": { model: LLAMA_2_70B, hasTopP: true },
  "meta-llama/Llama-3.1-8B-Instruct": { model: LLAMA_3_1_8B, hasTopP: true },
  "meta-llama/Llama-3.1-70B-Instruct": { model: LLAMA_3_1_70B, hasTopP: true },
  "mistralai/Mistral-Nemo-Instruct-2407": { model: MISTRAL_NEMO, hasTopP: false },
  "Qwen/Qwen2.5-7B-Instruct": { model: QWEN2_5_7B, hasTopP: true },
  "01-ai/Yi-34B": { model: YI_34B, hasTopP: false },
};
/** Prompts tokenise 3 to 5 % longer than asked. */
const TOKENS_PER_ASKED = 1.04;
const BLOCK = 16;
const MAX_MODEL_LEN = 4096;
/** Where the case does not tell: enough for all its requests in flight. */
const AMPLE_KV_BLOCKS = 26312;
const BYTES_PER_S = H100.bytesPerS * H100_MEMORY_SHARE;

/** One stage, measured and simulated. */
interface Row {
  cells: string[];
  errors: { tpot: number; e2e: number; ttft: number };
}

/** All dense 16-bit cases with one set of constants and nothing fitted. */
export function casesSection(core: Core): Section {
  const cases = readCases();
  const tables = readKernelTables("h100_sxm");
  const played = cases.filter(({ model, precision }) => model in MODELS && precision === "FP16");
  const rows = played.flatMap((measuredCase) => stages(core, tables, measuredCase));
  const summary = (["tpot", "e2e", "ttft"] as const).map((name) => {
    const errors = rows.map(({ errors: row }) => row[name]);
    return { name: name.toUpperCase(), mean: meanAbsolute(errors), median: percentile(errors.map(Math.abs), 50) };
  });
  const head = ["model, load", "TP", "requests/s", "TPOT ms", "simulated", "error", "E2E ms", "simulated", "error"];
  return {
    summary: summary.map((row) => [
      `${rows.length} stages of ${played.length} servers, nothing fitted, ${row.name}: mean (median) size of errors`,
      `${percent(row.mean)} (${percent(row.median)})`,
      "-",
    ]),
    text: [
      `${played.length} of ${cases.length} cases; the others are mixtures of experts.`,
      table(
        [...head, "TTFT ms", "simulated", "error"],
        rows.map(({ cells }) => cells),
      ),
    ].join("\n\n"),
  };
}

function stages(core: Core, tables: KernelTables, measuredCase: VllmCase): Row[] {
  const { model } = MODELS[measuredCase.model]!;
  const engine = setup(tables, measuredCase);
  return measuredCase.stages.map((stage, i) => {
    const count = Math.round(stage.rateRps * stage.durationS);
    const arrivals = jitteredArrivals(core, count, stage.durationS, i + 1);
    const served = serve(core, engine, requestsOf(measuredCase, arrivals));
    const ttftS = mean(served.ttftS) + REQUEST_OVERHEAD_S;
    const e2eS = mean(served.e2eS) + REQUEST_OVERHEAD_S;
    const tpotS = (stage.e2eS - stage.ttftS) / (measuredCase.outputTokens - 1);
    const errors = {
      tpot: relativeError(mean(served.tpotS), tpotS),
      e2e: relativeError(e2eS, stage.e2eS),
      ttft: relativeError(ttftS, stage.ttftS),
    };
    const cells = [
      `${model.name}, ${measuredCase.workload}, B ${measuredCase.maxNumBatchedTokens}`,
      String(measuredCase.tensorParallel),
      String(stage.rateRps),
      ...[ms(tpotS, 2), ms(mean(served.tpotS), 2), signedPercent(errors.tpot)],
      ...[ms(stage.e2eS, 0), ms(e2eS, 0), signedPercent(errors.e2e)],
      ...[ms(stage.ttftS), ms(ttftS), signedPercent(errors.ttft)],
    ];
    return { cells, errors };
  });
}

function setup(tables: KernelTables, measuredCase: VllmCase): EngineSetup {
  const { model, hasTopP } = MODELS[measuredCase.model]!;
  const tp = measuredCase.tensorParallel;
  const allReduce = tp === 1 ? () => 0 : readAllReduce("h100_sxm", tp, "custom");
  const sampling = ((hasTopP ? TOP_P_BYTES : RANDOM_BYTES) * model.vocabulary) / BYTES_PER_S;
  return {
    maxNumSeqs: measuredCase.maxNumSeqs,
    maxModelLen: MAX_MODEL_LEN,
    kvBlocks: measuredCase.kvBlocks ?? AMPLE_KV_BLOCKS,
    serving: {
      scheduler: "vllm",
      policy: "fcfs",
      maxNumBatchedTokens: measuredCase.maxNumBatchedTokens,
      chunk: null,
      chunked: true,
      watermark: 0,
      pp: 1,
      prefixBlock: BLOCK,
      model: kernelModel(
        tables,
        model,
        tp,
        { batch: measuredCase.maxNumSeqs, context: MAX_MODEL_LEN },
        {
          iterationS: ITERATION_S + LAYER_S * model.layers,
          sequenceS: SCHEDULING_S + sampling,
          bytesPerS: BYTES_PER_S,
        },
        (tokens) => allReduce(tokens * model.hidden),
      ),
    },
  };
}

/** Every prompt of the pool in turn; the units of a prompt are its group's as far as the shared prefix reaches, then its own. */
function requestsOf(measuredCase: VllmCase, arrivalS: readonly number[]): Requests {
  const { groups, usersPerGroup, sharedTokens, questionTokens, outputTokens } = measuredCase;
  const tokens = Math.round(TOKENS_PER_ASKED * (sharedTokens + questionTokens));
  const shared = Math.floor((TOKENS_PER_ASKED * sharedTokens) / BLOCK);
  const units = Math.floor(tokens / BLOCK);
  const prompts = Array.from({ length: groups * usersPerGroup }, (_, prompt) =>
    Array.from({ length: units }, (_, unit) =>
      unit < shared ? (prompt % groups) * shared + unit : groups * shared + prompt * units + unit,
    ),
  );
  return {
    arrivalS,
    inputTokens: arrivalS.map(() => tokens),
    outputTokens: arrivalS.map(() => outputTokens),
    prefixes: arrivalS.map((_, i) => prompts[i % prompts.length]!),
  };
}

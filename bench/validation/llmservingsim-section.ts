import type { Core } from "../../host/core/load.js";
import type { AffineModel } from "../../host/profiles/iteration-model.js";
import type { DenseModel } from "./dense-models.js";
import { type EngineSetup, serve, type Served } from "./engine-run.js";
import { kernelModel } from "./kernel-model.js";
import { type GpuPeaks, readAllReduce, readKernelTables, transferTables } from "./kernel-tables.js";
import { type MeasuredRun, readRun } from "./llmservingsim-run.js";
import { percent, signedPercent, table } from "./markdown.js";
import type { Section } from "./section.js";
import {
  GREEDY_BYTES,
  ITERATION_S,
  L40S,
  L40S_MEMORY_SHARE,
  LAYER_S,
  RTX_PRO_6000,
  SCHEDULING_S,
} from "./sourced-constants.js";
import { mean, pearson, percentile, relativeError } from "./statistics.js";

/** Requests at the start that the one free constant of a run may see. */
const FITTED_REQUESTS = 10;
const LONGEST_CONTEXT = 4096;
const MAX_MODEL_LEN = 32768;

/** RTX PRO 6000 Blackwell Server Edition, datasheet. */
const SERVER_EDITION_BYTES_PER_S = 1.597e12;

/** A run, and the model it served. */
export interface Replayed {
  folder: string;
  model: DenseModel;
}

/** Replays a run request by request. */
export function llmServingSimSection(core: Core, { folder, model }: Replayed): Section {
  const run = readRun(folder);
  const play = (linkFactor: number, { gpu = RTX_PRO_6000, step = false } = {}) =>
    serve(core, setup(run, iterationModel(model, run, linkFactor, gpu)), requestsOf(run), { step });
  const title = `${folder}, TP ${run.tensorParallel}`;
  const isSplit = run.tensorParallel > 1;
  const factor = isSplit ? fitLink(run, play) : 1;
  const served = play(factor);
  const stepped = play(factor, { step: true });
  const equal = served.e2eS.filter((e2e, i) => e2e === stepped.e2eS[i] && served.ttftS[i] === stepped.ttftS[i]).length;
  const rows = figures(run, served);
  const error = (name: string) => rows.find((row) => row[0] === name)!.at(-1)!;
  const unfitted = isSplit
    ? [`With the all-reduce of the L40S as it stands (nothing fitted):`, table(HEAD, figures(run, play(1)))]
    : [slowerMemory(run, play(factor, { gpu: { ...RTX_PRO_6000, bytesPerS: SERVER_EDITION_BYTES_PER_S } }))];
  return {
    summary: ["TTFT mean", "E2E mean", "TPOT mean", "output tokens/s"].map((name) => [
      `${title}, ${name}`,
      error(name),
      "-",
    ]),
    text: [
      `### ${title}`,
      isSplit ? splitText(factor) : `Nothing is fitted: no figure of this run is in the model.`,
      table(HEAD, rows),
      correlations(run, served),
      ...unfitted,
      `Played one iteration at a time, ${equal} of ${served.e2eS.length} requests have the same first and last token to the nanosecond.`,
    ].join("\n\n"),
  };
}

const HEAD = ["", "measured", "simulated", "error"];

function slowerMemory({ requests }: MeasuredRun, served: Served): string {
  const error = (measured: number[], simulated: number[]) =>
    signedPercent(relativeError(mean(simulated), mean(measured)));
  const tpot = error(
    requests.map((request) => request.tpotS),
    served.tpotS,
  );
  const e2e = error(
    requests.map((request) => request.e2eS),
    served.e2eS,
  );
  return `Had the GPU the ${SERVER_EDITION_BYTES_PER_S / 1e12} TB/s of the Server Edition, the mean errors would be: TPOT ${tpot}, E2E ${e2e}.`;
}

function splitText(factor: number): string {
  return (
    `One constant is fitted, on the mean TPOT of the first ${FITTED_REQUESTS} of 300 requests: an all-reduce takes **${factor.toFixed(2)}** times as long as NCCL's ` +
    `on two L40S (the run switches vLLM's own all-reduce off, and both GPUs speak over PCIe).`
  );
}

function iterationModel(model: DenseModel, run: MeasuredRun, linkFactor: number, gpu: GpuPeaks): AffineModel {
  const tp = run.tensorParallel;
  const bytesPerS = gpu.bytesPerS * L40S_MEMORY_SHARE;
  const tables = transferTables(readKernelTables("l40s"), L40S, gpu);
  const allReduce = readAllReduce("l40s", 2, "nccl");
  return kernelModel(
    tables,
    model,
    tp,
    { batch: run.maxNumSeqs, context: LONGEST_CONTEXT },
    {
      iterationS: ITERATION_S + LAYER_S * model.layers,
      sequenceS: SCHEDULING_S + (GREEDY_BYTES * model.vocabulary) / tp / bytesPerS,
      bytesPerS,
    },
    (tokens) => (tp === 1 ? 0 : linkFactor * allReduce(tokens * model.hidden)),
  );
}

function setup(run: MeasuredRun, model: AffineModel): EngineSetup {
  return {
    maxNumSeqs: run.maxNumSeqs,
    maxModelLen: MAX_MODEL_LEN,
    kvBlocks: KV_BLOCKS,
    serving: {
      scheduler: "vllm",
      policy: "fcfs",
      maxNumBatchedTokens: run.maxNumBatchedTokens,
      chunk: null,
      chunked: true,
      watermark: 0,
      pp: 1,
      prefixBlock: null,
      model,
    },
  };
}

/** Of 16 tokens. 96 GB at 0.9, less the weights and 6 GB: 520,000 tokens for the 8B, 370,000 for half of the 32B; the runs never hold more than 210,000. */
const KV_BLOCKS = 23000;

function requestsOf({ requests }: MeasuredRun) {
  return {
    arrivalS: requests.map((request) => request.queuedS),
    inputTokens: requests.map((request) => request.inputTokens),
    outputTokens: requests.map((request) => request.outputTokens),
  };
}

/** The factor at which the first requests' mean TPOT is as measured: halving an interval in which it rises. */
function fitLink(run: MeasuredRun, play: (factor: number) => Served): number {
  const goal = mean(run.requests.slice(0, FITTED_REQUESTS).map((request) => request.tpotS));
  let [low, high] = [0, 4];
  for (let i = 0; i < 16; i++) {
    const middle = (low + high) / 2;
    if (mean(play(middle).tpotS.slice(0, FITTED_REQUESTS)) < goal) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function figures({ requests }: MeasuredRun, served: Served): string[][] {
  const row = (name: string, measured: number, simulated: number, digits: number) => [
    name,
    measured.toFixed(digits),
    simulated.toFixed(digits),
    signedPercent(relativeError(simulated, measured)),
  ];
  const distribution = (name: string, measured: number[], simulated: number[], factor: number, digits: number) => [
    row(`${name} mean`, factor * mean(measured), factor * mean(simulated), digits),
    ...[50, 90, 99].map((p) =>
      row(`${name} p${p}`, factor * percentile(measured, p), factor * percentile(simulated, p), digits),
    ),
  ];
  const tokens = requests.reduce((sum, request) => sum + request.outputTokens, 0);
  const endMeasured = Math.max(...requests.map((request) => request.queuedS + request.e2eS));
  const endSimulated = Math.max(...served.arrivalS.map((arrival, i) => arrival + served.e2eS[i]!));
  return [
    ...distribution(
      "TTFT",
      requests.map((request) => request.ttftS),
      served.ttftS,
      1,
      3,
    ).map(withUnit("s")),
    ...distribution(
      "E2E",
      requests.map((request) => request.e2eS),
      served.e2eS,
      1,
      3,
    ).map(withUnit("s")),
    ...distribution(
      "TPOT",
      requests.map((request) => request.tpotS),
      served.tpotS,
      1000,
      2,
    ).map(withUnit("ms")),
    row("output tokens/s", tokens / endMeasured, tokens / endSimulated, 0),
  ];
}

function withUnit(unit: string) {
  return ([name, measured, simulated, error]: string[]): string[] => [
    name!,
    `${measured} ${unit}`,
    `${simulated} ${unit}`,
    error!,
  ];
}

function correlations({ requests }: MeasuredRun, served: Served): string {
  const absolute = (measured: number[], simulated: number[]) =>
    mean(measured.map((value, i) => Math.abs(relativeError(simulated[i]!, value))));
  const line = (name: string, measured: number[], simulated: number[]) =>
    `${name} r = ${pearson(measured, simulated).toFixed(4)}, mean size of the requests' errors ${percent(absolute(measured, simulated))}`;
  return (
    "Request by request: " +
    [
      line(
        "TTFT",
        requests.map((request) => request.ttftS),
        served.ttftS,
      ),
      line(
        "E2E",
        requests.map((request) => request.e2eS),
        served.e2eS,
      ),
      line(
        "TPOT",
        requests.map((request) => request.tpotS),
        served.tpotS,
      ),
    ].join("; ") +
    "."
  );
}

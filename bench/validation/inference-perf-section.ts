import type { Core } from "../../host/core/load.js";
import { LLAMA_3_1_8B } from "./dense-models.js";
import { jitteredArrivals, serve, type Served } from "./engine-run.js";
import { readSweep, type Stage, trueTpotS, valueAt } from "./inference-perf-run.js";
import {
  type FittedSetting,
  fitSetting,
  IN_FLIGHT,
  OUTPUT,
  SEQUENCE_S,
  type Setting,
  stageRequests,
} from "./inference-perf-setup.js";
import { ms, percent, signedPercent, table, us } from "./markdown.js";
import type { Section } from "./section.js";
import { ITERATION_S, LAYER_S, REQUEST_OVERHEAD_S } from "./sourced-constants.js";
import { mean, meanAbsolute, percentile, relativeError } from "./statistics.js";

/** From this share of the highest rate ever completed on, a stage is not below saturation. */
const SATURATION = 0.95;
/** A stage sends for so long, s. */
const STAGE_S = 60;

/** One stage, measured and simulated. */
interface Compared {
  stage: Stage;
  served: Served;
  kind: "below" | "edge" | "saturated";
  tpotError: number;
  rateRps: number;
}

/** The sweep of one setting, predicted from its first stage. */
export function inferencePerfSection(core: Core, setting: Setting, title: string): Section {
  const sweep = readSweep(setting.folder);
  const fit = fitSetting(sweep[0]!, setting);
  const highest = Math.max(...sweep.map((stage) => stage.completedRps));
  const compared = sweep.slice(1).map((stage, i) => compare(core, setting, fit, stage, i + 1, highest));
  const below = compared.filter(({ kind }) => kind === "below");
  const saturated = compared.filter(({ kind }) => kind === "saturated");
  const tpot = meanAbsolute(below.map(({ tpotError }) => tpotError));
  const measuredRps = mean(saturated.map(({ stage }) => stage.completedRps));
  const rateError = relativeError(mean(saturated.map(({ rateRps }) => rateRps)), measuredRps);
  const ttft = (outsideS: number) =>
    meanAbsolute(below.map(({ stage, served }) => relativeError(mean(served.ttftS) + outsideS, stage.ttft.mean)));
  return {
    summary: [
      [`${title}, TPOT below saturation (mean of ${below.length} stages)`, percent(tpot), "10 %"],
      [`${title}, saturation throughput`, signedPercent(rateError), "5 %"],
      [`${title}, TTFT below saturation, floor of stage 0`, percent(ttft(fit.outsideS)), "-"],
      [`${title}, TTFT below saturation, floor of the literature`, percent(ttft(REQUEST_OVERHEAD_S)), "-"],
    ],
    text: [
      `### ${title}`,
      fitText(fit, sweep[0]!),
      stageTable(compared, fit),
      `Mean size of the errors below saturation: TPOT ${percent(tpot)}; TTFT ${percent(ttft(fit.outsideS))} with the floor of stage 0, ` +
        `${percent(ttft(REQUEST_OVERHEAD_S))} with that of the literature. Saturation throughput, mean of the ${saturated.length} stages beyond it: ` +
        `${measuredRps.toFixed(1)} requests/s measured, ${signedPercent(rateError)}.`,
      gapTable(compared),
    ].join("\n\n"),
  };
}

function compare(core: Core, setting: Setting, fit: FittedSetting, stage: Stage, index: number, highest: number) {
  const beyond = stage.completedRps < SATURATION * stage.requestedRps;
  const kind = beyond ? "saturated" : stage.requestedRps < SATURATION * highest ? "below" : "edge";
  const arrivals = jitteredArrivals(core, stage.requests, STAGE_S, index);
  // Beyond saturation the load generator's limit of requests in flight makes a closed loop, filled as fast as the stage asks.
  const options = beyond
    ? { closedLoop: { concurrency: IN_FLIGHT, rampS: IN_FLIGHT / stage.requestedRps } }
    : undefined;
  const served = serve(core, fit.setup, stageRequests(stage, setting, arrivals), options);
  const endS = served.arrivalS.reduce((end, arrival, i) => Math.max(end, arrival + served.e2eS[i]!), 0);
  const compared: Compared = {
    stage,
    served,
    kind,
    tpotError: relativeError(mean(served.tpotS), trueTpotS(stage, OUTPUT)),
    rateRps: stage.requests / (endS - served.arrivalS[0]!),
  };
  return compared;
}

function fitText({ iterationS, outsideS }: FittedSetting, first: Stage): string {
  return (
    `Fitted on stage 0 alone (${first.requests} requests, ${first.completedRps.toFixed(2)} a second, one at a time): ` +
    `TPOT ${ms(trueTpotS(first, OUTPUT), 2)} ms less the kernels of a batch of one leaves **${ms(iterationS, 2)} ms** fixed per iteration ` +
    `(inference-sim's regression over other runs gives ${ms(ITERATION_S + LAYER_S * LLAMA_3_1_8B.layers, 2)} ms); TTFT ${ms(first.ttft.mean)} ms less the iteration of one prompt ` +
    `leaves **${ms(outsideS)} ms** outside the engine. Not fitted: ${us(SEQUENCE_S)} us a sequence and iteration (below).`
  );
}

function stageTable(compared: readonly Compared[], { outsideS }: FittedSetting): string {
  const rows = compared.map(({ stage, served, kind, tpotError, rateRps }) => {
    const ttftS = mean(served.ttftS);
    const ttftError = (floor: number) => signedPercent(relativeError(ttftS + floor, stage.ttft.mean));
    const p99 = percentile(served.ttftS, 99) + outsideS;
    return [
      `${stage.requestedRps.toFixed(1)} ${kind === "below" ? "" : `(${kind})`}`.trim(),
      ms(trueTpotS(stage, OUTPUT), 2),
      ms(mean(served.tpotS), 2),
      signedPercent(tpotError),
      ms(stage.ttft.mean),
      ms(ttftS + outsideS),
      ttftError(outsideS),
      ttftError(REQUEST_OVERHEAD_S),
      ms(valueAt(stage.ttft, 99)),
      ms(p99),
      stage.completedRps.toFixed(1),
      rateRps.toFixed(1),
      signedPercent(relativeError(rateRps, stage.completedRps)),
    ];
  });
  const head = [
    "requests/s asked",
    "TPOT ms",
    "simulated",
    "error",
    "TTFT ms",
    "simulated",
    "error",
    "error, floor of the literature",
    "TTFT p99 ms",
    "simulated",
    "completed/s",
    "simulated",
    "error",
  ];
  return table(head, rows);
}

/** Shares of the gaps between tokens that the reports' percentiles of gaps between lines tell. */
function gapTable(compared: readonly Compared[]): string {
  const lines = 2 * OUTPUT + 1;
  const shares = [75, 90, 95, 99].map((p) => ({ p, share: 1 - (1 - p / 100) * (lines / (OUTPUT - 1)) }));
  const rows = compared.map(({ stage, served }) => [
    stage.requestedRps.toFixed(1),
    ...shares.flatMap(({ p, share }) => [ms(valueAt(stage.lineGaps, p), 2), ms(served.gapS(share), 2)]),
  ]);
  const head = shares.flatMap(({ share }) => [`p${(100 * share).toFixed(0)} ms`, "simulated"]);
  return `Gaps between tokens, by the percentiles that can be told from the reports:\n\n${table(["requests/s asked", ...head], rows)}`;
}

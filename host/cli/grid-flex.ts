import { Command, InvalidArgumentError, Option } from "commander";
import { MAX_REQUESTS } from "../planners/draw-limits.js";
import { gridFlexCompat, type GridFlexCompatRow } from "../planners/grid-flex-compat.js";
import {
  DEFAULT_FLEX_MAX_CTX,
  DEFAULT_FLEX_PCTS,
  DEFAULT_FLEX_REQUESTS,
  gridFlex,
  type GridFlexOptions,
} from "../planners/grid-flex.js";
import { plannedRun } from "../planners/planning-requests.js";
import { DEFAULT_SLO_MS, DEFAULT_WARMUP } from "../planners/replay.js";
import { MAX_REPLICATIONS } from "../planners/replay-limits.js";
import { gridFlexPage } from "../reports/html/grid-flex-page.js";
import { gridFlexCompatReport, gridFlexReport } from "../reports/grid-flex-report.js";
import { InputError } from "../specs/input-error.js";
import { addCompatFlag, type CompatFlags, refuseUnderCompat } from "./compat-flags.js";
import { addEngineFlags, type EngineFlags, engineOptions } from "./engine-flags.js";
import { NO_ANSWER } from "./exit-codes.js";
import { number, seedFlag, tokenCount, wholeNumber } from "./flags.js";
import { deliverHtml, type HtmlOptions } from "./html-output.js";
import { deliver, type OutputOptions } from "./output.js";
import { addPlanningInput, openPlanningInput, planningInput, type PlanningFlags } from "./planning-input.js";
import { checkPlanningOutputs, endPlanningCommand } from "./planning-outputs.js";
import { showProgress } from "./progress.js";
import { addModelFlags, GPU_HELP, type ModelFlags, openReplicas } from "./replica-flags.js";

interface Flags extends PlanningFlags, EngineFlags, ModelFlags, CompatFlags, OutputOptions, HtmlOptions {
  nGpus: number;
  gpu: string;
  slo: number;
  maxCtx: number;
  flexPcts: number[];
  nReq?: number;
  verifyDes?: number;
  seed: number;
  warmup: number;
  replications: number;
}

const EXAMPLES = `
A cut of power leaves each GPU so many watts, that allows so many sequences at once; the fleet is simulated with no more
than those. A level is met if the fleet keeps up and the interval of the P99 lies within --slo.

Examples:
  $ vllm-sr-sim grid-flex --workload azure --n-gpus 40
  $ vllm-sr-sim grid-flex --cdf azure_cdf.json --lam 100 --n-gpus 40 --gpu h100 --flex-pcts 0 10 20 30 --out flex.json
  $ vllm-sr-sim grid-flex --trace AzureLLMInferenceTrace_conv.csv --lam 50 --n-gpus 64 --gpu h100 --model llama-3.1-70b --tp 4
  $ vllm-sr-sim grid-flex --workload azure --n-gpus 40 --engine slots --verify-des 100000

The JSON result is a list with the keys of the Python tool, and more beside them; null stands for its Infinity.
Exit codes: 0 answered, 1 no level keeps the objective, 2 something that was given cannot be used.`;

/** `vllm-sr-sim grid-flex`: how deep a fleet's power can be cut. */
export function gridFlexCommand(): Command {
  const command = new Command("grid-flex")
    .description("Find how deep the power of a fleet can be cut, by capping batches, while it keeps its objective.")
    .requiredOption("--n-gpus <n>", "GPUs of the fleet", wholeNumber(1))
    .option("--gpu <name>", `GPU: ${GPU_HELP}`, "h100");
  addModelFlags(command)
    .option("--slo <ms>", "objective for the P99 of the time to first token, ms", number({ above: 0 }), DEFAULT_SLO_MS)
    .option("--max-ctx <tokens>", "longest request; longer ones are rejected", tokenCount(), DEFAULT_FLEX_MAX_CTX)
    .addOption(
      new Option("--flex-pcts <cuts...>", "cuts of power, per cent of nominal, between blanks or commas")
        .argParser(addPercents)
        .default([...DEFAULT_FLEX_PCTS], DEFAULT_FLEX_PCTS.join(" ")),
    );
  addEngineFlags(command)
    .option(
      "--n-req <n>",
      `requests to draw for each level (default: ${DEFAULT_FLEX_REQUESTS}); a trace is played whole`,
      wholeNumber(1, MAX_REQUESTS),
    )
    .option(
      "--verify-des <n>",
      "another name of --n-req; 0: simulate nothing, take analysis",
      wholeNumber(0, MAX_REQUESTS),
    )
    .option(
      "--warmup <share>",
      "share of the requests, from the first on, that is simulated and not measured",
      number({ atLeast: 0, below: 1 }),
      DEFAULT_WARMUP,
    )
    .option("--replications <n>", "independent runs of each level", wholeNumber(1, MAX_REPLICATIONS), 1)
    .addOption(seedFlag());
  addPlanningInput(addCompatFlag(command));
  return endPlanningCommand(command, EXAMPLES, run);
}

async function run(flags: Flags, command: Command): Promise<void> {
  await checkPlanningOutputs(flags);
  if (flags.compat) return runCompat(flags, command);
  const [replica] = (await openReplicas(command)).each("gpu");
  const requests = requestsOf(flags);
  const opened = await openPlanningInput(flags, flags);
  const count = requests === 0 ? 0 : plannedRun(opened, requests, DEFAULT_FLEX_REQUESTS).count;
  const progress = showProgress(count * flags.replications * flags.flexPcts.length);
  const options: GridFlexOptions = {
    opened,
    replica: replica!,
    gpus: flags.nGpus,
    sloMs: flags.slo,
    maxCtx: flags.maxCtx,
    flexPcts: flags.flexPcts,
    ...engineOptions(flags),
    ...(requests === undefined ? {} : { requests }),
    seed: flags.seed,
    warmup: flags.warmup,
    replications: flags.replications,
    onProgress: progress.update,
  };
  const result = await gridFlex(options).finally(progress.stop);
  await deliverHtml(flags, () => gridFlexPage(result));
  await deliver(result.rows, flags, () => gridFlexReport(result));
  if (result.deepest === null) process.exitCode = NO_ANSWER;
}

/** `--verify-des 0` asks for what these formulas do anyhow. */
async function runCompat(flags: Flags, command: Command): Promise<void> {
  refuseUnderCompat(command, {
    nReq: "--n-req",
    ...(flags.verifyDes === 0 ? {} : { verifyDes: "--verify-des" }),
    step: "--step",
    warmup: "--warmup",
    replications: "--replications",
  });
  const rows = await gridFlexCompat({
    ...planningInput(flags),
    gpu: flags.gpu,
    gpus: flags.nGpus,
    sloMs: flags.slo,
    maxCtx: flags.maxCtx,
    flexPcts: flags.flexPcts,
  });
  await deliver(rows, flags, () => gridFlexCompatReport(rows));
  if (!rows.some(isMet)) process.exitCode = NO_ANSWER;
}

function isMet({ slo_met: met }: GridFlexCompatRow): boolean {
  return met;
}

function requestsOf({ nReq, verifyDes }: Flags): number | undefined {
  if (nReq !== undefined && verifyDes !== undefined && nReq !== verifyDes) {
    throw new InputError(`--n-req ${nReq} and --verify-des ${verifyDes} are the same number; give one of them.`);
  }
  return nReq ?? verifyDes;
}

const percent = number({ atLeast: 0, below: 100 });

/** The cuts of one argument, after those of the arguments before it. */
function addPercents(text: string, before: readonly number[]): number[] {
  const first =
    before.length === DEFAULT_FLEX_PCTS.length && before.every((value, i) => value === DEFAULT_FLEX_PCTS[i]);
  const values = text.split(",").map((item) => percent(item.trim()));
  const all = first ? values : [...before, ...values];
  if (new Set(all).size < all.length) throw new InvalidArgumentError("A cut is named twice.");
  return all;
}

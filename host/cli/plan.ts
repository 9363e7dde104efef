import { Command } from "commander";
import { plan, type PlanOptions } from "../planners/plan.js";
import { MAX_PLANNED_POOLS } from "../planners/sizing/sizing-limits.js";
import { planPage } from "../reports/html/plan-page.js";
import { withoutColours } from "../reports/html/tables.js";
import { answerLine, planReport, questionLine } from "../reports/plan-report.js";
import { fleetFileText } from "../reports/fleet-file-text.js";
import { NO_ANSWER } from "./exit-codes.js";
import { withFlagNames } from "./flag-names.js";
import { addOutputFlags, listOf, tokenCount, wholeNumber } from "./flags.js";
import { addHtmlFlag, deliverHtml, type HtmlOptions } from "./html-output.js";
import { deliver, type OutputOptions, writeWhole } from "./output.js";
import { addPlanningInput, planningInput, type PlanningFlags } from "./planning-input.js";
import { checkPlanningOutputs } from "./planning-outputs.js";
import { showProgress } from "./progress.js";
import { addModelFlags, GPU_HELP, type ModelFlags, openReplicas } from "./replica-flags.js";
import type { Replicas } from "./replicas.js";
import { addGoalFlags, addSizingFlags, type GoalFlags, type SizingFlags, sizingOptions } from "./sizing-flags.js";

interface Flags extends PlanningFlags, SizingFlags, GoalFlags, ModelFlags, OutputOptions, HtmlOptions {
  gpus?: string[];
  maxPools: number;
  maxCtx?: number;
  boundaries?: number[];
  fleetOut?: string;
}

const EXAMPLES = `
Analysis proposes, simulation decides: pools are sized on the same requests, replica by replica, until the 95 % interval of the
P99 lies within the objective, and no other way to cut the workload can be cheaper. The answer is replayed once more with
requests that the search did not see.

Examples:
  $ vllm-sr-sim plan --workload azure --rate 200 --slo 500
  $ vllm-sr-sim plan --workload azure-conv --rate 50 --slo 300 --model llama-3.1-8b --gpus l40s,a100,h100 --fleet-out fleet.yaml
  $ vllm-sr-sim plan --trace log.csv --slo 500 --slo-tpot 50 --model llama-3.1-70b --gpus h100,h200 --max-pools 3 --html plan.html
  $ vllm-sr-sim plan --cdf azure_cdf.json --rate 1000 --gpus a100,h100,a10g --objective watts --json

  $ vllm-sr-sim replay log.csv --fleet fleet.yaml              # what it recommends, played again

Exit codes: 0 answered, 1 no fleet meets the objective, 2 something that was given cannot be used.`;

/** `vllm-sr-sim plan`: the cheapest fleet for requests and an objective. */
export function planCommand(): Command {
  const command = new Command("plan").description(
    "Recommend a fleet: which GPUs, how many, in how many pools, split where, for requests and an objective.",
  );
  addSizingFlags(command).option(
    "--gpus <names>",
    `GPUs to choose from, between commas: ${GPU_HELP} (default: a100,h100; with --model all of the catalog that hold it and have a price; with --replica none)`,
    listOf((name) => name),
  );
  addModelFlags(command);
  addGoalFlags(command)
    .option("--max-pools <n>", "most pools", wholeNumber(1, MAX_PLANNED_POOLS), 2)
    .option("--max-ctx <tokens>", "window of the largest pool (default: the longest request)", tokenCount(2))
    .option(
      "--boundaries <tokens>",
      "where pools may meet, total tokens, between commas (default: the points of a CDF, else powers of two and 1.5 times them)",
      listOf(tokenCount()),
    );
  addPlanningInput(command);
  command
    .optionsGroup("Output:")
    .option("--fleet-out <file>", "write the fleet to this file, YAML or (.json) JSON, as replay takes it");
  return addOutputFlags(addHtmlFlag(command)).addHelpText("after", EXAMPLES).action(withFlagNames(run));
}

async function run(flags: Flags, command: Command): Promise<void> {
  await checkPlanningOutputs(flags);
  const replicas = await openReplicas(command);
  const progress = showProgress(undefined, "runs");
  const options: PlanOptions = {
    ...planningInput(flags),
    ...sizingOptions(flags),
    ...replicasOf(flags, replicas),
    goal: flags.objective,
    nodeAvailability: flags.nodeAvail,
    maxPools: flags.maxPools,
    ...(flags.maxCtx === undefined ? {} : { maxCtx: flags.maxCtx }),
    ...(flags.boundaries === undefined ? {} : { boundaries: flags.boundaries }),
    curves: flags.html !== undefined,
    onRun: progress.update,
  };
  const result = await plan(options).finally(progress.stop);
  if (flags.fleetOut !== undefined && result.fleet) {
    const said = [`vllm-sr-sim plan: ${questionLine(result)}.`, `${answerLine(result)}.`].map(withoutColours);
    await writeWhole(flags.fleetOut, fleetFileText(result.fleet, flags.fleetOut, said));
  }
  await deliverHtml(flags, () => planPage(result));
  await deliver(result, flags, () => planReport(result, flags.fleetOut));
  if (!result.feasible) process.exitCode = NO_ANSWER;
}

/** The kinds of replica of the flags. With a model and nothing else, all GPUs of the catalog that hold it. */
function replicasOf({ gpus }: Flags, replicas: Replicas): Pick<PlanOptions, "replicas" | "moreReplicas"> {
  const { settings, ofFiles } = replicas;
  const { model } = settings;
  if (gpus) return { replicas: replicas.allOf(gpus, "--gpus") };
  if (model !== undefined) return { replicas: { ...settings, model, gpus: "all" }, moreReplicas: ofFiles };
  return { replicas: ofFiles.length > 0 ? ofFiles : replicas.allOf(["a100", "h100"], "--gpus") };
}

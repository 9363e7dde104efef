import { Command } from "commander";
import { plannedRun } from "../planners/planning-requests.js";
import { DEFAULT_SIMULATE_REQUESTS, simulate } from "../planners/simulate.js";
import { simulateJson, simulatePage } from "../reports/html/simulate-page.js";
import { summaryReport } from "../reports/summary-report.js";
import { addOutputFlags, number } from "./flags.js";
import { addHtmlFlag, checkHtml, deliverHtml, type HtmlOptions } from "./html-output.js";
import { checkOutput, deliver, type OutputOptions } from "./output.js";
import { addPlanningInput, openPlanningInput, planningFiles, type PlanningFlags } from "./planning-input.js";
import { showProgress } from "./progress.js";
import {
  addSimulationFlags,
  addTwoPoolFlags,
  type SimulationFlags,
  simulationOptions,
  type TwoPoolFleetFlags,
  twoPoolFlags,
} from "./simulation-flags.js";

interface Flags extends PlanningFlags, SimulationFlags, TwoPoolFleetFlags, OutputOptions, HtmlOptions {
  gamma: number;
}

const EXAMPLES = `
Examples:
  $ vllm-sr-sim simulate --workload azure --lam 200 --n-s 20 --n-l 45
  $ vllm-sr-sim simulate --cdf azure_cdf.json --b-short 6144 --n-s 40 --n-l 20 --out result.json
  $ vllm-sr-sim simulate --workload azure --n-s 20 --n-l 40 --gamma 1.5 --gpu-long h100 --json
  $ vllm-sr-sim simulate --trace AzureLLMInferenceTrace_conv.csv --lam 20 --n-s 4 --n-l 4
  $ vllm-sr-sim simulate --workload agent_heavy --lam 20 --n-s 10 --n-l 80 --replications 10

The JSON result has the keys of the Python tool's summary, and more beside them.`;

/** `vllm-sr-sim simulate`: a two-pool fleet under a workload. */
export function simulateCommand(): Command {
  const command = new Command("simulate").description(
    "Simulate a fleet of two pools, short and long, under a workload at a given rate.",
  );
  addTwoPoolFlags(command);
  addSimulationFlags(command, DEFAULT_SIMULATE_REQUESTS);
  command.option(
    "--gamma <factor>",
    "above 1: requests of up to gamma x b-short tokens are compressed into the pool short where that is safe",
    number({ atLeast: 1, atMost: 1e6 }),
    1,
  );
  addPlanningInput(command);
  return addHtmlFlag(addOutputFlags(command.optionsGroup("Output:")))
    .addHelpText("after", EXAMPLES)
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const inputs = planningFiles(flags);
  await checkOutput(flags, inputs);
  await checkHtml(flags, inputs, { "--out": flags.out });
  const opened = await openPlanningInput(flags, flags);
  const { count } = plannedRun(opened, flags.nReq, DEFAULT_SIMULATE_REQUESTS);
  const progress = showProgress(count * flags.replications);
  const result = await simulate({
    ...twoPoolFlags(flags),
    ...simulationOptions(flags),
    gamma: flags.gamma,
    opened,
    curves: flags.html !== undefined,
    onProgress: progress.update,
  }).finally(progress.stop);
  await deliverHtml(flags, () => simulatePage(result, { fleetName: "two pools" }));
  await deliver(flags.html === undefined ? result.summary : simulateJson(result), flags, () => summaryReport(result));
}

import { type Command as Program, Command, Option } from "commander";
import {
  type ComparedFleet,
  compareRouters,
  type CompareRoutersOptions,
  DEFAULT_COMPARE_REQUESTS,
} from "../planners/compare-routers.js";
import { COMPARABLE_ROUTERS, type ComparableRouter, DEFAULT_COMPARED_ROUTERS } from "../planners/compared-routers.js";
import { plannedRun } from "../planners/planning-requests.js";
import { routersPage } from "../reports/html/routers-page.js";
import { routersReport } from "../reports/routers-report.js";
import { InputError } from "../specs/input-error.js";
import { addOutputFlags, listOf, oneOf } from "./flags.js";
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

interface Flags extends PlanningFlags, SimulationFlags, Partial<TwoPoolFleetFlags>, OutputOptions, HtmlOptions {
  fleet?: string;
  routers?: ComparableRouter[] | "all";
  baseline?: ComparableRouter;
  classify?: string;
}

const EXAMPLES = `
Every router meets the same requests: the same arrivals, the same lengths. So the difference between two routers is surer
than their figures are: it is shown with a 95 % interval. With --replications it comes from independent runs, otherwise from
batches of the requests of one run. compress_route has gamma 1.5, unless the router of the fleet file says otherwise;
random and round_robin choose among the pools that hold a request; model goes by the labels of a trace.

Examples:
  $ vllm-sr-sim compare-routers --workload azure --lam 200 --n-s 20 --n-l 45
  $ vllm-sr-sim compare-routers --cdf azure_cdf.json --n-s 50 --n-l 30 --b-short 6144 --out routers.json
  $ vllm-sr-sim compare-routers --workload azure --n-s 20 --n-l 20 --gpu-long h100 --routers all --replications 10
  $ vllm-sr-sim compare-routers --trace AzureLLMInferenceTrace_conv.csv --lam 20 --fleet examples/fleet.yaml

The JSON result has the keys of the Python tool, and more beside them.`;

/** `vllm-sr-sim compare-routers`: the same requests through several routers. */
export function compareRoutersCommand(): Command {
  const command = new Command("compare-routers")
    .description(
      "Play the same requests through several routers of one fleet, and tell which are better, and how surely.",
    )
    .option("--fleet <file>", "fleet file, JSON or YAML, in place of the two pools of --n-s and --n-l");
  addTwoPoolFlags(command, { isRequired: false });
  addSimulationFlags(command, DEFAULT_COMPARE_REQUESTS);
  command
    .addOption(
      new Option(
        "--routers <names>",
        `routers between commas, of ${COMPARABLE_ROUTERS.join(", ")}, or all that go with the requests ` +
          `(default: ${DEFAULT_COMPARED_ROUTERS.join(",")}, after the router of --fleet)`,
      ).argParser(routerNames),
    )
    .addOption(
      new Option("--baseline <router>", "the one that the others are compared with (default: the first)").argParser(
        oneOf(COMPARABLE_ROUTERS),
      ),
    )
    .option("--classify <module>", "router semantic: ES module whose default export names the pool of a request");
  addPlanningInput(command);
  return addHtmlFlag(addOutputFlags(command.optionsGroup("Output:")))
    .addHelpText("after", EXAMPLES)
    .action(run);
}

function routerNames(text: string): ComparableRouter[] | "all" {
  return text === "all" ? "all" : listOf(oneOf(COMPARABLE_ROUTERS))(text);
}

async function run(flags: Flags, command: Program): Promise<void> {
  const fleet = comparedFleet(flags, command);
  const inputs = [...planningFiles(flags), flags.fleet, flags.classify];
  await checkOutput(flags, inputs);
  await checkHtml(flags, inputs, { "--out": flags.out });
  const opened = await openPlanningInput(flags, flags);
  const { count, told } = plannedRun(opened, flags.nReq, DEFAULT_COMPARE_REQUESTS);
  const progress = showProgress(count * flags.replications * routersExpected(flags));
  const options: CompareRoutersOptions = {
    ...fleet,
    ...simulationOptions(flags),
    opened,
    ...(flags.routers === undefined ? {} : { routers: flags.routers }),
    ...(flags.baseline === undefined ? {} : { baseline: flags.baseline }),
    ...(flags.classify === undefined ? {} : { classify: flags.classify }),
    curves: flags.html !== undefined,
    onProgress: progress.update,
  };
  const rows = await compareRouters(options).finally(progress.stop);
  await deliverHtml(flags, () => routersPage(rows, told));
  await deliver(rows, flags, () => routersReport(rows, told));
}

/** Routers that will be compared, for the bar of progress: of `all` those that need no labels and no function. */
function routersExpected({ routers, fleet }: Flags): number {
  if (routers === "all") return COMPARABLE_ROUTERS.length - 2;
  return routers?.length ?? DEFAULT_COMPARED_ROUTERS.length + (fleet === undefined ? 0 : 1);
}

/** Flags of the two pools, by the names of their values. */
const POOL_FLAGS: Record<keyof TwoPoolFleetFlags, string> = {
  nS: "--n-s",
  nL: "--n-l",
  bShort: "--b-short",
  longMaxCtx: "--long-max-ctx",
  gpuShort: "--gpu-short",
  gpuLong: "--gpu-long",
};

function comparedFleet(flags: Flags, command: Program): ComparedFleet {
  if (flags.fleet === undefined) {
    const { nS, nL } = flags;
    if (nS === undefined || nL === undefined) {
      throw new InputError(
        `no fleet: give ${nS === undefined ? "--n-s" : "--n-l"}, the GPUs of a pool, or --fleet FILE.`,
      );
    }
    return twoPoolFlags({ ...(flags as TwoPoolFleetFlags), nS, nL });
  }
  const given = (Object.keys(POOL_FLAGS) as (keyof TwoPoolFleetFlags)[]).find(
    (name) => command.getOptionValueSource(name) === "cli",
  );
  if (given === undefined) return { fleet: flags.fleet };
  throw new InputError(`${POOL_FLAGS[given]} describes a fleet of two pools, but --fleet ${flags.fleet} is given.`);
}

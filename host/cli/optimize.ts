import { Command, Option } from "commander";
import { optimizeCompat } from "../planners/optimize-compat.js";
import {
  DEFAULT_B_SHORT,
  DEFAULT_GAMMA_MAX,
  DEFAULT_LONG_MAX_CTX,
  DEFAULT_VERIFY_TOP,
  type Effort,
  EFFORTS,
  MAX_GAMMA,
  optimize,
  type OptimizeOptions,
} from "../planners/optimize.js";
import { MAX_PLANNED_POOLS } from "../planners/sizing/sizing-limits.js";
import { fleetFileText } from "../reports/fleet-file-text.js";
import { optimizePage } from "../reports/html/optimize-page.js";
import { withoutColours } from "../reports/html/tables.js";
import { bestLine, optimizeCompatReport, optimizeReport, optimizeQuestion } from "../reports/optimize-report.js";
import { InputError } from "../specs/input-error.js";
import { addCompatFlag, type CompatFlags, refuseUnderCompat } from "./compat-flags.js";
import { NO_ANSWER } from "./exit-codes.js";
import { withFlagNames } from "./flag-names.js";
import { addOutputFlags, type FlagParser, listOf, number, oneOf, share, tokenCount, wholeNumber } from "./flags.js";
import { addHtmlFlag, deliverHtml, type HtmlOptions } from "./html-output.js";
import { deliver, type OutputOptions, writeWhole } from "./output.js";
import { addPlanningInput, planningInput, type PlanningFlags } from "./planning-input.js";
import { checkPlanningOutputs } from "./planning-outputs.js";
import { showProgress } from "./progress.js";
import { addModelFlags, GPU_HELP, type ModelFlags, openReplicas } from "./replica-flags.js";
import type { Replicas } from "./replicas.js";
import { addGoalFlags, addSizingFlags, type GoalFlags, type SizingFlags, sizingOptions } from "./sizing-flags.js";

interface Flags extends PlanningFlags, SizingFlags, GoalFlags, ModelFlags, CompatFlags, OutputOptions, HtmlOptions {
  bShort: number | number[] | "all";
  longMaxCtx: number;
  gpuShort: string;
  gpuLong: string;
  gammaMax: number;
  pC?: number;
  verifyTop: number;
  effort?: Effort;
  minPools: number;
  maxPools?: number;
  fleetOut?: string;
}

const EXAMPLES = `
Rows are by analysis, cheapest first, then by simulation: of those the replicas were found run by run, so that the 95 % interval
of the P99 of TTFT lies within --slo in every pool. The best is the cheapest of them, and no other row can be cheaper.

Examples:
  $ vllm-sr-sim optimize --workload azure --lam 200 --slo 500
  $ vllm-sr-sim optimize --cdf azure_cdf.json --lam 200 --b-short 6144 --gpu-long h100 --out rows.json
  $ vllm-sr-sim optimize --trace log.csv --b-short all --max-pools 3 --objective gpus --fleet-out fleet.yaml
  $ vllm-sr-sim optimize --workload azure --lam 200 --compat python

The JSON result is a list with the keys of the Python tool, and more beside them.
Exit codes: 0 answered, 1 no fleet meets the objective, 2 something that was given cannot be used.`;

/** `vllm-sr-sim optimize`: the cheapest fleet of pools behind a router by length. */
export function optimizeCommand(): Command {
  const command = new Command("optimize").description(
    "Size fleets of pools by length, with and without compression, and find the cheapest that meets the objective.",
  );
  addSizingFlags(command)
    .addOption(
      new Option("--b-short <tokens>", "where the pools meet, total tokens; several between commas, or all, are tried")
        .argParser(boundaries)
        .default(DEFAULT_B_SHORT),
    )
    .option("--long-max-ctx <tokens>", "window of the largest pool", tokenCount(), DEFAULT_LONG_MAX_CTX)
    .option("--gpu-short <gpu>", `GPU of the first pool: ${GPU_HELP}`, "a100")
    .option("--gpu-long <gpu>", "GPU of the others", "a100");
  addModelFlags(command)
    .option(
      "--gamma-max <gamma>",
      "requests of up to gamma times the boundary may be compressed: gammas 1.0, 1.1, ... up to this are tried",
      number({ atLeast: 1, atMost: MAX_GAMMA }),
      DEFAULT_GAMMA_MAX,
    )
    .option(
      "--p-c <share>",
      "share of the requests just above the boundary that can be compressed (default: those of a safe category)",
      share(),
    )
    .option("--min-pools <n>", "fewest pools", wholeNumber(1, MAX_PLANNED_POOLS), 2)
    .option("--max-pools <n>", "most pools (default: 2, or --min-pools)", wholeNumber(1, MAX_PLANNED_POOLS))
    .option(
      "--verify-top <n>",
      "so many of the rows that are cheapest by analysis are simulated in any case; 0: none, and nothing is",
      wholeNumber(0, 1000),
      DEFAULT_VERIFY_TOP,
    )
    .addOption(
      new Option(
        "--effort <name>",
        "search: simulate until no other row can be cheaper (default); top: size the rows of --verify-top alone; verify: simulate these as analysis proposes them",
      ).argParser(oneOf(EFFORTS)),
    );
  addCompatFlag(addGoalFlags(command));
  addPlanningInput(command);
  command
    .optionsGroup("Output:")
    .option("--fleet-out <file>", "write the best fleet to this file, YAML or (.json) JSON, as replay takes it");
  return addOutputFlags(addHtmlFlag(command)).addHelpText("after", EXAMPLES).action(withFlagNames(run));
}

const boundaries: FlagParser<Flags["bShort"]> = (text) => {
  if (text === "all") return "all";
  const values = listOf(tokenCount())(text);
  return values.length === 1 ? values[0]! : values;
};

async function run(flags: Flags, command: Command): Promise<void> {
  await checkPlanningOutputs(flags);
  if (flags.compat) return runCompat(flags, command);
  const replicas = await openReplicas(command);
  const progress = showProgress(undefined, "runs");
  const result = await optimize({ ...optionsOf(flags, replicas), onRun: progress.update }).finally(progress.stop);
  if (flags.fleetOut !== undefined && result.fleet) {
    const said = [`vllm-sr-sim optimize: ${optimizeQuestion(result)}.`, `${bestLine(result)}.`].map(withoutColours);
    await writeWhole(flags.fleetOut, fleetFileText(result.fleet, flags.fleetOut, said));
  }
  await deliverHtml(flags, () => optimizePage(result));
  await deliver(result.rows, flags, () => optimizeReport(result, flags.fleetOut));
  if (!result.best) process.exitCode = NO_ANSWER;
}

function optionsOf(flags: Flags, replicas: Replicas): OptimizeOptions {
  const [gpuShort, gpuLong] = replicas.each("gpuShort", "gpuLong");
  return {
    ...planningInput(flags),
    ...sizingOptions(flags),
    bShort: flags.bShort,
    longMaxCtx: flags.longMaxCtx,
    gpuShort: gpuShort!,
    gpuLong: gpuLong!,
    gammaMax: flags.gammaMax,
    nodeAvailability: flags.nodeAvail,
    goal: flags.objective,
    minPools: flags.minPools,
    verifyTop: flags.verifyTop,
    curves: flags.html !== undefined,
    ...(flags.maxPools === undefined ? {} : { maxPools: flags.maxPools }),
    ...(flags.pC === undefined ? {} : { pCompress: flags.pC }),
    ...(flags.effort === undefined ? {} : { effort: flags.effort }),
  };
}

async function runCompat(flags: Flags, command: Command): Promise<void> {
  refuseUnderCompat(command, {
    sloTpot: "--slo-tpot",
    objective: "--objective",
    minPools: "--min-pools",
    maxPools: "--max-pools",
    effort: "--effort",
    fleetOut: "--fleet-out",
  });
  const { bShort } = flags;
  if (typeof bShort !== "number") throw new InputError("--b-short takes one boundary under --compat python.");
  const result = await optimizeCompat({
    ...planningInput(flags),
    bShort,
    longMaxCtx: flags.longMaxCtx,
    gpuShort: flags.gpuShort,
    gpuLong: flags.gpuLong,
    gammaMax: flags.gammaMax,
    nodeAvailability: flags.nodeAvail,
    ...(flags.slo === undefined ? {} : { sloMs: flags.slo }),
    ...(flags.pC === undefined ? {} : { pCompress: flags.pC }),
  });
  await deliver(result.rows, flags, () => optimizeCompatReport(result));
  if (!result.best?.slo_met) process.exitCode = NO_ANSWER;
}

import { Command, InvalidArgumentError, Option } from "commander";
import { DEFAULT_LONG_MAX_CTX } from "../planners/optimize.js";
import { pareto, type ParetoOptions } from "../planners/pareto.js";
import { paretoCompat } from "../planners/pareto-compat.js";
import type { PlanningInput } from "../planners/planning-requests.js";
import type { PoolKinds } from "../planners/sizing/replica-kinds.js";
import { paretoPage } from "../reports/html/pareto-page.js";
import { paretoCompatReport, paretoReport } from "../reports/pareto-report.js";
import { firstTwice } from "../specs/first-twice.js";
import { InputError } from "../specs/input-error.js";
import { addCompatFlag, type CompatFlags, refuseUnderCompat } from "./compat-flags.js";
import { NO_ANSWER } from "./exit-codes.js";
import { number, severalOf, tokenCount } from "./flags.js";
import { deliverHtml, type HtmlOptions } from "./html-output.js";
import { deliver, type OutputOptions } from "./output.js";
import { addPlanningInput, planningInput, type PlanningFlags } from "./planning-input.js";
import { checkPlanningOutputs, endPlanningCommand } from "./planning-outputs.js";
import { showProgress } from "./progress.js";
import { addModelFlags, GPU_HELP, type ModelFlags, openReplicas } from "./replica-flags.js";
import type { Replicas } from "./replicas.js";
import { addSizingFlags, type SizingFlags, sizingOptions } from "./sizing-flags.js";

interface Flags extends PlanningFlags, SizingFlags, ModelFlags, CompatFlags, OutputOptions, HtmlOptions {
  bShort?: "all" | number[];
  sloRange?: number[];
  longMaxCtx: number;
  gpuShort: string;
  gpuLong: string;
  gpus?: string[];
}

const EXAMPLES = `
Every threshold between short and long requests gets a fleet of two pools, sized by simulation to the same objective, beside the
fleet of one pool. On the front are those that no other fleet is at least as cheap and as fast as. With --slo-range every
threshold is sized for each of several objectives too: what being faster costs. Thresholds are the points of a CDF; of other
requests powers of two and one and a half times them.

Examples:
  $ vllm-sr-sim pareto --workload azure --lam 200
  $ vllm-sr-sim pareto --cdf azure_cdf.json --lam 200 --slo 500 --gpu-short a100 --gpu-long h100 --out pareto.json
  $ vllm-sr-sim pareto --workload azure --gpus a100 h100 --slo-range 100 250 1000
  $ vllm-sr-sim pareto --trace log.csv --model llama-3.1-70b --gpus h100,h200 --b-short 2048 4096 8192

The JSON result is a list with the keys of the Python tool, and more beside them; the fleet of one pool comes first.
Exit codes: 0 answered, 1 no fleet meets the objective, 2 something that was given cannot be used.`;

/** `vllm-sr-sim pareto`: thresholds between short and long requests, by cost and latency. */
export function paretoCommand(): Command {
  const command = new Command("pareto").description(
    "Try every threshold between short and long requests: what fleets cost, and how fast they are.",
  );
  addSizingFlags(command)
    .addOption(
      new Option(
        "--slo-range <ms...>",
        "further objectives to size every fleet for, ms, between blanks or commas (default: none)",
      ).argParser(severalOf(number({ above: 0 }))),
    )
    .addOption(
      new Option(
        "--b-short <tokens...>",
        "thresholds to try, total tokens, between blanks or commas, or all (default: all)",
      ).argParser(thresholds),
    )
    .option("--long-max-ctx <tokens>", "window of the pool for long requests", tokenCount(2), DEFAULT_LONG_MAX_CTX)
    .option("--gpu-short <name>", `GPU of the pool for short requests: ${GPU_HELP}`, "a100")
    .option("--gpu-long <name>", "GPU of the pool for long requests", "a100")
    .addOption(
      new Option("--gpus <names...>", "in place of both: GPUs of which each pool has the cheapest").argParser(
        severalOf((name) => name),
      ),
    );
  addCompatFlag(addModelFlags(command));
  addPlanningInput(command);
  return endPlanningCommand(command, EXAMPLES, run);
}

const listOfTokens = severalOf(tokenCount());

function thresholds(text: string, before: "all" | number[] | undefined): "all" | number[] {
  if (before === "all" || (text === "all" && before)) throw new InvalidArgumentError("Give thresholds, or all.");
  return text === "all" ? "all" : listOfTokens(text, before);
}

async function run(flags: Flags, command: Command): Promise<void> {
  await checkPlanningOutputs(flags);
  const input = planningInput(flags);
  if (flags.compat) return runCompat(input, flags, command);
  const { bShort, longMaxCtx, sloRange } = flags;
  const kinds = kindsOf(flags, command, await openReplicas(command));
  const progress = showProgress(undefined, "runs");
  const options: ParetoOptions = {
    ...input,
    ...sizingOptions(flags),
    ...kinds,
    longMaxCtx,
    ...(Array.isArray(bShort) ? { bShort } : {}),
    ...(sloRange ? { sloRangeMs: sloRange } : {}),
    curves: flags.html !== undefined,
    onRun: progress.update,
  };
  const result = await pareto(options).finally(progress.stop);
  await deliverHtml(flags, () => paretoPage(result));
  await deliver(result.rows, flags, () => paretoReport(result));
  if (!result.recommended) process.exitCode = NO_ANSWER;
}

function kindsOf({ gpus }: Flags, command: Command, replicas: Replicas): Required<PoolKinds> {
  const pool = ["gpuShort", "gpuLong"].find((name) => command.getOptionValueSource(name) === "cli");
  // Several files and no pool that names one: each pool has the cheapest.
  if (!gpus && (replicas.ofFiles.length < 2 || pool !== undefined)) {
    const [short, long] = replicas.each("gpuShort", "gpuLong");
    return { short: [short!], long: [long!] };
  }
  if (pool !== undefined) {
    throw new InputError(
      `${pool === "gpuShort" ? "--gpu-short" : "--gpu-long"} has no meaning with --gpus: each pool has the cheapest of those.`,
    );
  }
  const twice = firstTwice(gpus ?? []);
  if (twice !== undefined) throw new InputError(`--gpus names ${twice} twice.`);
  const kinds = [...replicas.several("gpus").values()];
  return { short: kinds, long: kinds };
}

async function runCompat(input: PlanningInput, flags: Flags, command: Command): Promise<void> {
  refuseUnderCompat(command, { sloTpot: "--slo-tpot", bShort: "--b-short", sloRange: "--slo-range", gpus: "--gpus" });
  const { gpuShort, gpuLong, longMaxCtx, slo } = flags;
  const result = await paretoCompat({
    ...input,
    gpuShort,
    gpuLong,
    longMaxCtx,
    ...(slo === undefined ? {} : { sloMs: slo }),
  });
  await deliver(result.rows, flags, () => paretoCompatReport(result));
  if (!result.recommended) process.exitCode = NO_ANSWER;
}

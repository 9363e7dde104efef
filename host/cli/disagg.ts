import { Command } from "commander";
import { disaggCompat, type DisaggCompatOptions } from "../planners/disagg-compat.js";
import { DEFAULT_MAX_RHO, disagg, DISAGG_DEFAULTS, type DisaggOptions, MAX_WORKERS } from "../planners/disagg.js";
import { disaggPage } from "../reports/html/disagg-page.js";
import { disaggCompatReport, disaggReport } from "../reports/disagg-report.js";
import { addCompatFlag, type CompatFlags, refuseUnderCompat } from "./compat-flags.js";
import { NO_ANSWER } from "./exit-codes.js";
import { number, seedFlag, tokenCount, wholeNumber } from "./flags.js";
import { deliverHtml, type HtmlOptions } from "./html-output.js";
import { deliver, type OutputOptions } from "./output.js";
import { addPlanningInput, openPlanningInput, planningInput, type PlanningFlags } from "./planning-input.js";
import { checkPlanningOutputs, endPlanningCommand } from "./planning-outputs.js";
import { addModelFlags, GPU_HELP, type ModelFlags, openReplicas } from "./replica-flags.js";

interface Flags extends PlanningFlags, ModelFlags, CompatFlags, OutputOptions, HtmlOptions {
  sloTtft: number;
  sloTpot: number;
  gpuPrefill: string;
  gpuDecode: string;
  maxCtx: number;
  meanIsl: number;
  meanOsl: number;
  maxPrefill: number;
  maxDecode: number;
  maxRho: number;
  aggregated: boolean;
  seed: number;
}

const EXAMPLES = `
The way of keys and values from prefill to decode is the constant factor of the Python tool; waits in both pools are added
by M/G/c. Take the answer for a first guess.

Examples:
  $ vllm-sr-sim disagg --workload azure --lam 200
  $ vllm-sr-sim disagg --cdf azure_cdf.json --lam 100 --gpu-prefill h100 --gpu-decode a100 --slo-tpot 50 --out disagg.json
  $ vllm-sr-sim disagg --trace AzureLLMInferenceTrace_conv.csv --lam 50 --gpu-prefill h100-sxm --gpu-decode h200-sxm \\
      --model llama-3.1-70b --tp 4
  $ vllm-sr-sim disagg --workload azure --mean-isl 2000 --mean-osl 300

Exit codes: 0 answered, 1 no pair of pools meets the limits, 2 something that was given cannot be used.`;

/** `vllm-sr-sim disagg`: a pool that prefills and one that decodes. */
export function disaggCommand(): Command {
  const limit = number({ above: 0 });
  const command = new Command("disagg")
    .description(
      "Size a pool of workers that prefill and one of workers that decode, by the method of a constant factor.",
    )
    .option("--slo-ttft <ms>", "limit for the P99 of the time to first token, ms", limit, DISAGG_DEFAULTS.sloTtftMs)
    .option("--slo-tpot <ms>", "limit for the time per output token, ms", limit, DISAGG_DEFAULTS.sloTpotMs)
    .option("--gpu-prefill <name>", `GPU of the workers that prefill: ${GPU_HELP}`, "h100")
    .option("--gpu-decode <name>", "GPU of the workers that decode", "a100");
  addModelFlags(command)
    .option("--max-ctx <tokens>", "longest request; longer ones are left out", tokenCount(), DISAGG_DEFAULTS.maxCtx)
    .option("--mean-isl <tokens>", "prompt tokens of every request; 0: those of the requests", tokenCount(0), 0)
    .option("--mean-osl <tokens>", "output tokens of every request; 0: those of the requests", tokenCount(0), 0)
    .option("--max-prefill <n>", "most prefill workers", wholeNumber(1, MAX_WORKERS), DISAGG_DEFAULTS.maxPrefill)
    .option("--max-decode <n>", "most decode workers", wholeNumber(1, MAX_WORKERS), DISAGG_DEFAULTS.maxDecode)
    .option(
      "--max-rho <share>",
      "largest load of a pool, as a share of what it can serve",
      number({ above: 0, below: 1 }),
      DEFAULT_MAX_RHO,
    )
    .option("--no-aggregated", "do not compare with fleets whose replicas do both, which are simulated")
    .addOption(seedFlag());
  addPlanningInput(addCompatFlag(command));
  return endPlanningCommand(command, EXAMPLES, run);
}

async function run(flags: Flags, command: Command): Promise<void> {
  await checkPlanningOutputs(flags);
  if (flags.compat) return runCompat(flags, command);
  const [prefill, decode] = (await openReplicas(command)).each("gpuPrefill", "gpuDecode");
  const options: DisaggOptions = {
    opened: await openPlanningInput(flags, flags),
    ...limitsOf(flags),
    prefill: prefill!,
    decode: decode!,
    maxRho: flags.maxRho,
    comparesAggregated: flags.aggregated,
    seed: flags.seed,
  };
  const result = await disagg(options);
  await deliverHtml(flags, () => disaggPage(result));
  await deliver(result, flags, () => disaggReport(result));
  if (result.best === null) process.exitCode = NO_ANSWER;
}

async function runCompat(flags: Flags, command: Command): Promise<void> {
  refuseUnderCompat(command, { maxRho: "--max-rho" });
  const options: DisaggCompatOptions = {
    ...planningInput(flags),
    ...limitsOf(flags),
    gpuPrefill: flags.gpuPrefill,
    gpuDecode: flags.gpuDecode,
  };
  const result = (await disaggCompat(options)) ?? { best: null, pareto: [] };
  await deliver(result, flags, () => disaggCompatReport(result));
  if (result.best === null) process.exitCode = NO_ANSWER;
}

/** What both kinds of formulas heed. */
function limitsOf(flags: Flags) {
  return {
    sloTtftMs: flags.sloTtft,
    sloTpotMs: flags.sloTpot,
    maxCtx: flags.maxCtx,
    ...(flags.meanIsl === 0 ? {} : { meanIsl: flags.meanIsl }),
    ...(flags.meanOsl === 0 ? {} : { meanOsl: flags.meanOsl }),
    maxPrefill: flags.maxPrefill,
    maxDecode: flags.maxDecode,
  };
}

import { Command, Option } from "commander";
import { MAX_RATE_RPS } from "../planners/draw-limits.js";
import { DEFAULT_B_SHORT, DEFAULT_GAMMA_MAX, DEFAULT_LONG_MAX_CTX, MAX_GAMMA } from "../planners/optimize.js";
import type { PlanningInput } from "../planners/planning-requests.js";
import type { PythonWhatifGpu } from "../planners/python/whatif.js";
import type { ReplicaKinds } from "../planners/sizing/replica-kinds.js";
import { whatif, whatifGpus } from "../planners/whatif.js";
import { whatifCompat, whatifGpusCompat } from "../planners/whatif-compat.js";
import { DEFAULT_WHATIF_RATES_RPS, type WhatifFleetOptions } from "../planners/whatif-fleets.js";
import { whatifGpusPage, whatifPage } from "../reports/html/whatif-page.js";
import {
  whatifCompatReport,
  whatifGpusCompatReport,
  whatifGpusReport,
  whatifReport,
} from "../reports/whatif-report.js";
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
  lamRange?: number[];
  gpuCompare?: string[];
  bShort: number;
  longMaxCtx: number;
  gpuShort: string;
  gpuLong: string;
  gammaMax: number;
}

const EXAMPLES = `
Every rate and every GPU meets the same requests, only faster or slower. At each rate the fleet without compression is sized by
simulation, and those of the three values of gamma that analysis expects to be cheapest; the cheapest is replayed with requests
that the sizing did not see. n_s and n_l count GPUs.

Examples:
  $ vllm-sr-sim whatif --workload azure
  $ vllm-sr-sim whatif --cdf azure_cdf.json --lam-range 50 100 200 500 1000 --slo 500 --out whatif.json
  $ vllm-sr-sim whatif --workload azure --lam-range 100,400 --gpu-compare a100 h100 a10g
  $ vllm-sr-sim whatif --trace log.csv --lam-range 10 20 40 --model llama-3.1-70b --gpu-compare h100 h200 b200

The JSON result is a list with the keys of the Python tool, and more beside them.
Exit codes: 0 answered, 1 no rate has a fleet that meets the objective, 2 something that was given cannot be used.`;

/** `vllm-sr-sim whatif`: the cheapest fleet at each of several rates. */
export function whatifCommand(): Command {
  const command = new Command("whatif").description(
    "Size a fleet of two pools at several rates, and compare GPUs: what growth costs, and on which hardware.",
  );
  addSizingFlags(
    command.addOption(
      new Option(
        "--lam-range <rates...>",
        `rates, requests/s, between blanks or commas (default: ${DEFAULT_WHATIF_RATES_RPS.join(" ")}; with --lam, or requests that have a rate, a quarter of it to five times it)`,
      ).argParser(severalOf(number({ above: 0, atMost: MAX_RATE_RPS }))),
    ),
  )
    .addOption(
      new Option("--gpu-compare <names...>", `compare GPUs, each in both pools: ${GPU_HELP}`).argParser(
        severalOf((name) => name),
      ),
    )
    .option("--b-short <tokens>", "where the pools meet, total tokens", tokenCount(), DEFAULT_B_SHORT)
    .option("--long-max-ctx <tokens>", "window of the pool for long requests", tokenCount(2), DEFAULT_LONG_MAX_CTX)
    .option("--gpu-short <name>", `GPU of the pool for short requests: ${GPU_HELP}`, "a100")
    .option("--gpu-long <name>", "GPU of the pool for long requests", "a100")
    .option(
      "--gamma-max <x>",
      "compress requests of up to x times the boundary, tried in steps of 0.1",
      number({ atLeast: 1, atMost: MAX_GAMMA }),
      DEFAULT_GAMMA_MAX,
    );
  addCompatFlag(addModelFlags(command));
  addPlanningInput(command);
  return endPlanningCommand(command, EXAMPLES, run);
}

async function run(flags: Flags, command: Command): Promise<void> {
  await checkPlanningOutputs(flags);
  const input = planningInput(flags);
  refuseContradictions(flags, command);
  if (flags.compat) return runCompat(input, flags, command);
  const replicas = await openReplicas(command);
  const progress = showProgress(undefined, "runs");
  const options = {
    ...input,
    ...sizingOptions(flags),
    ...fleetOptions(flags),
    gammaMax: flags.gammaMax,
    onRun: progress.update,
  };
  if (flags.gpuCompare) {
    const result = await whatifGpus({ ...options, gpuCompare: comparedKinds(replicas) }).finally(progress.stop);
    await deliverHtml(flags, () => whatifGpusPage(result));
    await deliver(result.rows, flags, () => whatifGpusReport(result));
    if (!result.feasible) process.exitCode = NO_ANSWER;
    return;
  }
  const [short, long] = replicas.each("gpuShort", "gpuLong");
  const result = await whatif({ ...options, short: [short!], long: [long!] }).finally(progress.stop);
  await deliverHtml(flags, () => whatifPage(result));
  await deliver(result.rows, flags, () => whatifReport(result));
  if (!result.feasible) process.exitCode = NO_ANSWER;
}

function refuseContradictions({ lamRange, lam, rate, gpuCompare }: Flags, command: Command): void {
  if (lamRange && (lam ?? rate) !== undefined) {
    throw new InputError(
      `${lam === undefined ? "--rate" : "--lam"} is one rate and --lam-range several; give one of them.`,
    );
  }
  const pool = ["gpuShort", "gpuLong"].find((name) => command.getOptionValueSource(name) === "cli");
  if (gpuCompare && pool !== undefined) {
    throw new InputError(
      `${pool === "gpuShort" ? "--gpu-short" : "--gpu-long"} has no meaning with --gpu-compare: each of its GPUs serves both pools.`,
    );
  }
  const twice = firstTwice(gpuCompare ?? []);
  if (twice !== undefined) throw new InputError(`--gpu-compare names ${twice} twice.`);
}

function comparedKinds(replicas: Replicas): Record<string, ReplicaKinds> {
  return Object.fromEntries([...replicas.several("gpuCompare")].map(([name, kind]) => [name, [kind]]));
}

function fleetOptions({ lamRange, bShort, longMaxCtx }: Flags): WhatifFleetOptions {
  return { ...(lamRange ? { ratesRps: lamRange } : {}), bShort, longMaxCtx };
}

async function runCompat(input: PlanningInput, flags: Flags, command: Command): Promise<void> {
  refuseUnderCompat(command, { sloTpot: "--slo-tpot", gammaMax: "--gamma-max" });
  const { lamRange, bShort, longMaxCtx, slo, gpuShort, gpuLong, gpuCompare } = flags;
  const options = {
    ...input,
    ...(lamRange ? { ratesRps: lamRange } : {}),
    bShort,
    longMaxCtx,
    ...(slo === undefined ? {} : { sloMs: slo }),
  };
  if (gpuCompare) {
    const rows = await whatifGpusCompat({ ...options, gpuCompare });
    await deliver(rows, flags, () => whatifGpusCompatReport(rows, gpuCompare));
    if (!rows.some((row) => gpuCompare.some((name) => (row[name] as PythonWhatifGpu).slo_met))) {
      process.exitCode = NO_ANSWER;
    }
    return;
  }
  const rows = await whatifCompat({ ...options, gpuShort, gpuLong });
  await deliver(rows, flags, () => whatifCompatReport(rows));
}

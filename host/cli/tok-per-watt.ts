import { Command, Option } from "commander";
import type { PlanningInput } from "../planners/planning-requests.js";
import {
  DEFAULT_WATT_GPUS,
  DEFAULT_WATT_MAX_CTX,
  DEFAULT_WATT_RATE_RPS,
  RHO_SWEEP,
  tokensPerWatt,
  twoPoolTokensPerWatt,
} from "../planners/tok-per-watt.js";
import { tokensPerWattCompat, twoPoolTokensPerWattCompat } from "../planners/tok-per-watt-compat.js";
import { fleetWattsPage, wattsPage } from "../reports/html/watts-page.js";
import {
  fleetWattsCompatReport,
  fleetWattsReport,
  wattsCompatReport,
  wattsReport,
} from "../reports/tok-per-watt-report.js";
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
  gpus?: string[];
  maxCtx: number;
  rhoSweep?: true | number[];
  bShort?: number;
  gpuShort?: string;
  gpuLong?: string;
}

const EXAMPLES = `
One pool of each GPU, with the fewest replicas that meet the objective by simulation: output tokens a second over the watts that all
its GPUs draw at the batches they were simulated to have. Fuller replicas give more tokens a watt, and longer waits: --rho-sweep
shows how. With --b-short, --gpu-short and --gpu-long, two pools are compared with one of the long pool's GPUs. Requests
come at ${DEFAULT_WATT_RATE_RPS} a second, unless --lam says otherwise or they have a rate of their own.

Examples:
  $ vllm-sr-sim tok-per-watt --workload azure
  $ vllm-sr-sim tok-per-watt --cdf azure_cdf.json --lam 100 --gpus h100 a100 --rho-sweep --out watts.json
  $ vllm-sr-sim tok-per-watt --workload azure --b-short 4096 --gpu-short a100 --gpu-long h100
  $ vllm-sr-sim tok-per-watt --workload azure-conv --model llama-3.1-70b --tp 4 --gpus h100 h200 b200 --rho-sweep 0.3 0.6

The JSON result has the keys of the Python tool, and more beside them.
Exit codes: 0 answered, 1 no pool or fleet meets the objective, 2 something that was given cannot be used.`;

/** `vllm-sr-sim tok-per-watt`: output tokens a second and watt. */
export function tokPerWattCommand(): Command {
  const command = new Command("tok-per-watt").description(
    "Compare GPUs, or two pools with one, by output tokens a second and watt, and by cost a token.",
  );
  addSizingFlags(
    command.addOption(
      new Option(
        "--gpus <names...>",
        `GPUs to compare, between blanks or commas: ${GPU_HELP} (default: ${DEFAULT_WATT_GPUS.join(" ")})`,
      ).argParser(severalOf((name) => name)),
    ),
  )
    .option("--max-ctx <tokens>", "longest request; longer ones are left out", tokenCount(2), DEFAULT_WATT_MAX_CTX)
    .addOption(
      new Option(
        "--rho-sweep [shares...]",
        `also with as many replicas as have this utilisation by analysis (without shares: ${RHO_SWEEP.join(" ")})`,
      ).argParser(severalOf(number({ above: 0, below: 1 }))),
    )
    .option("--b-short <tokens>", "two pools: where they meet, total tokens", tokenCount())
    .option("--gpu-short <name>", "two pools: GPU of the pool for short requests")
    .option("--gpu-long <name>", "two pools: GPU of the pool for long requests, and of the one pool");
  addCompatFlag(addModelFlags(command));
  addPlanningInput(command);
  return endPlanningCommand(command, EXAMPLES, run);
}

async function run(flags: Flags, command: Command): Promise<void> {
  await checkPlanningOutputs(flags);
  const input = planningInput(flags);
  if (flags.compat) refuseUnderCompat(command, { sloTpot: "--slo-tpot" });
  const pools = twoPools(flags);
  if (pools)
    return flags.compat ? fleetCompat(input, flags, pools) : fleet(input, flags, pools, await openReplicas(command));
  const twice = firstTwice(flags.gpus ?? []);
  if (twice !== undefined) throw new InputError(`--gpus names ${twice} twice.`);
  return flags.compat ? gpusCompat(input, flags) : gpus(input, flags, await openReplicas(command));
}

async function gpus(input: PlanningInput, flags: Flags, replicas: Replicas): Promise<void> {
  const kinds = [...replicas.several("gpus", DEFAULT_WATT_GPUS).values()];
  const progress = showProgress(undefined, "runs");
  const result = await tokensPerWatt({
    ...input,
    ...sizingOptions(flags),
    replicas: kinds,
    maxCtx: flags.maxCtx,
    rhoSweep: rhosOf(flags),
    onRun: progress.update,
  }).finally(progress.stop);
  await deliverHtml(flags, () => wattsPage(result));
  await deliver(result.rows, flags, () => wattsReport(result));
  if (!result.rows.some(({ slo_met }) => slo_met)) process.exitCode = NO_ANSWER;
}

async function fleet(input: PlanningInput, flags: Flags, { bShort }: TwoPools, replicas: Replicas): Promise<void> {
  const [short, long] = replicas.each("gpuShort", "gpuLong");
  const progress = showProgress(undefined, "runs");
  const result = await twoPoolTokensPerWatt({
    ...input,
    ...sizingOptions(flags),
    bShort,
    short: [short!],
    long: [long!],
    maxCtx: flags.maxCtx,
    onRun: progress.update,
  }).finally(progress.stop);
  await deliverHtml(flags, () => fleetWattsPage(result));
  await deliver(result, flags, () => fleetWattsReport(result));
  if (!result.homo.slo_met && !result.routed.slo_met) process.exitCode = NO_ANSWER;
}

async function gpusCompat(input: PlanningInput, flags: Flags): Promise<void> {
  const { gpus: names } = flags;
  const rows = await tokensPerWattCompat({
    ...input,
    ...compatOptions(flags),
    ...(names ? { gpus: names } : {}),
    rhoSweep: rhosOf(flags),
  });
  await deliver(rows, flags, () => wattsCompatReport(rows));
}

async function fleetCompat(input: PlanningInput, flags: Flags, pools: TwoPools): Promise<void> {
  const result = await twoPoolTokensPerWattCompat({ ...input, ...compatOptions(flags), ...pools });
  const { homo, routed } = result;
  await deliver({ homo: homo.summary, routed: routed.summary }, flags, () => fleetWattsCompatReport(result));
}

function compatOptions({ maxCtx, slo }: Flags): { maxCtx: number; sloMs?: number } {
  return { maxCtx, ...(slo === undefined ? {} : { sloMs: slo }) };
}

function rhosOf({ rhoSweep }: Flags): readonly number[] {
  return rhoSweep === true ? RHO_SWEEP : (rhoSweep ?? []);
}

interface TwoPools {
  bShort: number;
  gpuShort: string;
  gpuLong: string;
}

/** The two pools of the flags; `undefined` if they ask for none. */
function twoPools({ bShort, gpuShort, gpuLong, gpus: names, rhoSweep, maxCtx }: Flags): TwoPools | undefined {
  if (bShort === undefined && gpuShort === undefined && gpuLong === undefined) return undefined;
  if (bShort === undefined || gpuShort === undefined || gpuLong === undefined) {
    const missing = bShort === undefined ? "--b-short" : gpuShort === undefined ? "--gpu-short" : "--gpu-long";
    throw new InputError(`two pools take --b-short, --gpu-short and --gpu-long; ${missing} is missing.`);
  }
  if (names ?? rhoSweep) {
    throw new InputError(`${names ? "--gpus" : "--rho-sweep"} is about single pools, but --b-short asks for two.`);
  }
  if (bShort < maxCtx) return { bShort, gpuShort, gpuLong };
  throw new InputError(`--b-short is ${bShort}, but must be less than --max-ctx, ${maxCtx}.`);
}

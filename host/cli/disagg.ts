import { Command, Option } from "commander";
import { disaggCompat, type DisaggCompatOptions } from "../planners/disagg-compat.js";
import { disagg, type DisaggOptions } from "../planners/disagg.js";
import { disaggConstant, type DisaggConstantOptions } from "../planners/disagg/constant-method.js";
import type { ReplicaOption } from "../planners/sizing/replica-option.js";
import { disaggCompatReport, disaggConstantReport } from "../reports/disagg-constant-report.js";
import { disaggAnswer, disaggQuestion, disaggReport } from "../reports/disagg-report.js";
import { fleetFileText } from "../reports/fleet-file-text.js";
import { disaggConstantPage } from "../reports/html/disagg-constant-page.js";
import { disaggPage } from "../reports/html/disagg-page.js";
import { withoutColours } from "../reports/html/tables.js";
import { InputError } from "../specs/input-error.js";
import { addCompatFlag, type CompatFlags, refuseUnderCompat } from "./compat-flags.js";
import {
  addBoundFlags,
  addHandoverFlags,
  addObjectiveFlags,
  addRoleFlags,
  type BoundFlags,
  budgetOf,
  type HandoverFlags,
  handoverChoice,
  METHODS,
  type ObjectiveFlags,
  type RoleFlagValues,
  SIMULATION_FLAGS,
} from "./disagg-flags.js";
import { kindsOfRoles, type Role } from "./disagg-kinds.js";
import { NO_ANSWER } from "./exit-codes.js";
import { oneOf, seedFlag } from "./flags.js";
import { deliverHtml, type HtmlOptions } from "./html-output.js";
import { deliver, type OutputOptions, writeWhole } from "./output.js";
import { addPlanningInput, openPlanningInput, planningInput, type PlanningFlags } from "./planning-input.js";
import { checkPlanningOutputs, endPlanningCommand } from "./planning-outputs.js";
import { showProgress } from "./progress.js";
import { addModelFlags, type ModelFlags, openReplicas } from "./replica-flags.js";
import { Replicas } from "./replicas.js";

interface Flags
  extends
    PlanningFlags,
    ModelFlags,
    CompatFlags,
    OutputOptions,
    HtmlOptions,
    RoleFlagValues,
    HandoverFlags,
    ObjectiveFlags,
    BoundFlags {
  method: (typeof METHODS)[number];
  aggregated: boolean;
  explain?: true;
  fleetOut?: string;
  seed: number;
}

const EXAMPLES = `
Prompts are computed, keys and values cross the link, outputs are decoded: simulated, with the same requests for every pair of
counts, along the edge of what keeps the objective. The answer is confirmed with requests that the search did not see, and stands
beside the best replicas that do both. --method constant answers as the Python tool does: 1.80 times the prefill for the way.

Examples:
  $ vllm-sr-sim disagg --workload azure --lam 200
  $ vllm-sr-sim disagg --trace AzureLLMInferenceTrace_conv.csv --lam 50 --model llama-3.1-70b --tp 4 \\
      --gpu-prefill h100-sxm --gpu-decode h200-sxm --link 25gbe --fleet-out fleet.yaml
  $ vllm-sr-sim disagg --workload azure-conv --lam 70 --model llama-3.1-70b --tp 8 --gpu-prefill h100-sxm,a100-sxm-80gb \\
      --gpu-decode h100-sxm,a100-sxm-80gb --power-cap-decode none,350 --slo-slowdown --goal power --html designs.html
  $ vllm-sr-sim disagg --workload azure-conv --model llama-3.1-8b --gpu-prefill l40s --gpu-decode l40s --tp-prefill 1,2 \\
      --budget-gpus 16 --attainment 0.9 --explain

Exit codes: 0 answered, 1 no pair of pools keeps the objective, 2 something that was given cannot be used.`;

/** `vllm-sr-sim disagg`: a pool that prefills and one that decodes. */
export function disaggCommand(): Command {
  const command = new Command("disagg").description(
    "Size a pool that prefills and one that decodes: how many of each, on which GPUs, over which link, and whether it pays.",
  );
  addRoleFlags(addObjectiveFlags(command));
  addModelFlags(command);
  addBoundFlags(command)
    .option("--no-aggregated", "do not compare with replicas that do both")
    .option("--explain", "tell what formulas say of the answer too: ways to cut a prefill replica, and the link")
    .addOption(
      new Option("--method <name>", "simulate, or constant: the Python tool's factor for the way between the pools")
        .argParser(oneOf(METHODS))
        .default("simulate"),
    )
    .addOption(seedFlag());
  addPlanningInput(addHandoverFlags(addCompatFlag(command)));
  command
    .optionsGroup("Output:")
    .option("--fleet-out <file>", "write the fleet to this file, YAML or (.json) JSON, as replay takes it");
  return endPlanningCommand(command, EXAMPLES, run);
}

async function run(flags: Flags, command: Command): Promise<void> {
  await checkPlanningOutputs(flags);
  if (flags.compat) return runCompat(flags, command);
  if (flags.method === "constant") return runConstant(flags, command);
  if (command.getOptionValueSource("maxRho") === "cli") {
    throw new InputError("--max-rho belongs to --method constant: a simulation has queues in place of it.");
  }
  const replicas = await openReplicas(command);
  const [prefill, decode] = kindsOfRoles(command, replicas, rolesOf(flags));
  const progress = showProgress(undefined, "runs");
  const budget = budgetOf(flags);
  const options: DisaggOptions = {
    opened: await openPlanningInput(flags, flags),
    ...objectiveOf(flags, command, replicas),
    ...boundsOf(flags),
    prefill: prefill!,
    decode: decode!,
    handover: handoverChoice(flags),
    ...(flags.goal === undefined ? {} : { goal: flags.goal }),
    ...(budget === undefined ? {} : { budget }),
    ...(flags.nSimReq === undefined ? {} : { requests: flags.nSimReq }),
    comparesColocated: flags.aggregated,
    explain: flags.explain ?? false,
    seed: flags.seed,
    onRun: progress.update,
  };
  const result = await disagg(options).finally(progress.stop);
  if (flags.fleetOut !== undefined && result.fleet) {
    const said = [`vllm-sr-sim disagg: ${disaggQuestion(result)}.`, `${disaggAnswer(result)}.`].map(withoutColours);
    await writeWhole(flags.fleetOut, fleetFileText(result.fleet, flags.fleetOut, said));
  }
  await deliverHtml(flags, () => disaggPage(result));
  await deliver(result, flags, () => disaggReport(result, flags.fleetOut));
  if (flags.fleetOut !== undefined && !result.fleet) {
    process.stderr.write(`${flags.fleetOut}: no fleet was written, for there is no answer\n`);
  }
  if (result.best === null) process.exitCode = NO_ANSWER;
}

function rolesOf(flags: Flags): Role[] {
  const given = <Value>(key: string, value: Value | undefined) => (value === undefined ? {} : { [key]: value });
  return [
    {
      role: "prefill",
      flags: {
        gpus: flags.gpuPrefill,
        ...given("tps", flags.tpPrefill),
        ...given("pps", flags.ppPrefill),
        ...given("caps", flags.powerCapPrefill),
      },
    },
    {
      role: "decode",
      flags: {
        gpus: flags.gpuDecode,
        ...given("tps", flags.tpDecode),
        ...given("pps", flags.ppDecode),
        ...given("caps", flags.powerCapDecode),
      },
    },
  ];
}

function objectiveOf(flags: Flags, command: Command, replicas: Replicas) {
  const isGiven = (name: string) => command.getOptionValueSource(name) === "cli";
  const at = {
    ...(flags.ttftAt === undefined ? {} : { ttftAt: flags.ttftAt }),
    ...(flags.tpotOver === undefined ? {} : { tpotOver: flags.tpotOver }),
    ...(flags.attainment === undefined ? {} : { attainment: flags.attainment }),
  };
  if (flags.sloReference !== undefined && !flags.sloSlowdown) {
    throw new InputError("--slo-reference belongs to --slo-slowdown, which is not given.");
  }
  if (!flags.sloSlowdown) return { ...at, sloTtftMs: flags.sloTtft, sloTpotMs: flags.sloTpot };
  for (const name of ["sloTtft", "sloTpot"] as const) {
    if (isGiven(name))
      throw new InputError(`--slo-${name.slice(3).toLowerCase()} has no meaning beside --slo-slowdown.`);
  }
  return { ...at, sloSlowdown: referenceOf(flags.sloReference, command, replicas) };
}

/** GPUs of the machine that serves lone requests. */
const REFERENCE_TP = 8;

function referenceOf(gpu: string | undefined, command: Command, replicas: Replicas): true | ReplicaOption {
  if (gpu === undefined) return true;
  const own = replicas.ofFiles.find(({ name }) => name === gpu);
  if (own) return own;
  const { settings } = replicas;
  const tps = settings.model === undefined ? {} : { tps: [REFERENCE_TP] };
  return new Replicas(command, { ...settings, ...tps }, []).named(gpu, "--slo-reference");
}

async function runConstant(flags: Flags, command: Command): Promise<void> {
  for (const [name, flag] of Object.entries(SIMULATION_FLAGS)) {
    if (command.getOptionValueSource(name) !== "cli") continue;
    throw new InputError(`${flag} has no meaning with --method constant: nothing is simulated.`);
  }
  const [prefill, decode] = kindsOfRoles(command, await openReplicas(command), rolesOf(flags)).map((kinds, index) => {
    if (kinds.length === 1) return kinds[0]!;
    throw new InputError(
      `--gpu-${index === 0 ? "prefill" : "decode"} names ${kinds.length} GPUs; --method constant takes one on each side.`,
    );
  });
  const options: DisaggConstantOptions = {
    opened: await openPlanningInput(flags, flags),
    ...boundsOf(flags),
    sloTtftMs: flags.sloTtft,
    sloTpotMs: flags.sloTpot,
    prefill: prefill!,
    decode: decode!,
    maxRho: flags.maxRho,
    comparesAggregated: flags.aggregated,
    seed: flags.seed,
  };
  const result = await disaggConstant(options);
  await deliverHtml(flags, () => disaggConstantPage(result));
  await deliver(result, flags, () => disaggConstantReport(result));
  if (result.best === null) process.exitCode = NO_ANSWER;
}

async function runCompat(flags: Flags, command: Command): Promise<void> {
  refuseUnderCompat(command, { ...SIMULATION_FLAGS, maxRho: "--max-rho", method: "--method" });
  const options: DisaggCompatOptions = {
    ...planningInput(flags),
    ...boundsOf(flags),
    sloTtftMs: flags.sloTtft,
    sloTpotMs: flags.sloTpot,
    gpuPrefill: flags.gpuPrefill.join(),
    gpuDecode: flags.gpuDecode.join(),
  };
  const result = (await disaggCompat(options)) ?? { best: null, pareto: [] };
  await deliver(result, flags, () => disaggCompatReport(result));
  if (result.best === null) process.exitCode = NO_ANSWER;
}

/** What all methods heed. */
function boundsOf(flags: Flags) {
  return {
    maxCtx: flags.maxCtx,
    ...(flags.meanIsl === 0 ? {} : { meanIsl: flags.meanIsl }),
    ...(flags.meanOsl === 0 ? {} : { meanOsl: flags.meanOsl }),
    maxPrefill: flags.maxPrefill,
    maxDecode: flags.maxDecode,
  };
}

import { Command, Option } from "commander";
import { profile, type ProfileResult, type UnfitResult } from "../planners/profile.js";
import { manualProfile, type ManualProfileResult } from "../planners/profile-manual.js";
import { pythonProfileResult, type PythonProfileResult } from "../planners/profile-python.js";
import { profileReport } from "../reports/profile-report.js";
import { gpuProfile } from "../specs/gpu-catalog.js";
import { InputError } from "../specs/input-error.js";
import { readProfileFile } from "../specs/read-profile-file.js";
import { NO_ANSWER } from "./exit-codes.js";
import { addOutputFlags, oneOf } from "./flags.js";
import { checkOutput, deliver, type OutputOptions, refuseInputs, writeWhole } from "./output.js";
import {
  addProfileFlags,
  givenProfileFlags,
  profileFlagNaming,
  type ProfileFlags,
  profileOptions,
} from "./profile-flags.js";

interface Flags extends ProfileFlags, OutputOptions {
  gpu?: string;
  profile?: string;
  compat?: "python";
  explain?: true;
  poolOut?: string;
}

type Answer = ProfileResult | UnfitResult | ManualProfileResult | PythonProfileResult;

const EXAMPLES = `
The time of a decode iteration of n sequences is W + n (a + b context); H is a + b x calibration_ctx. Slots are bounded by memory and
by --max-num-seqs. Prices and watts are those of all GPUs of a replica, tp x pp.

Examples:
  $ vllm-sr-sim profile --hardware h100 --model llama-3.1-70b --tp 8
  $ vllm-sr-sim profile --hardware h200 --model deepseek-v3 --tp 8 --dtype fp8 --explain
  $ vllm-sr-sim profile --hardware l40s --model ./config.json --max-ctx 8192,32768 --pool-out fleet.json
  $ vllm-sr-sim profile --gpu a100

Exit codes: 0 answered, 1 the model does not fit the memory (and what would), 2 something that was given cannot be used.`;

/** `vllm-sr-sim profile`: what one replica can do, and why. */
export function profileCommand(): Command {
  const command = new Command("profile").description(
    "Tell what a replica can do from its hardware and model: iteration time, slots, prefill, power, price.",
  );
  command.optionsGroup("A replica of hardware and model:");
  addProfileFlags(command);
  command
    .optionsGroup("In place of these:")
    .option("--gpu <name>", "constants of a GPU by name: a100, h100, a10g")
    .option("--profile <file>", "constants of a file, JSON or YAML, as the key profile of a fleet file has them")
    .optionsGroup("Output:")
    .option("--explain", "show every figure's derivation: formulas, values, sources")
    .addOption(
      new Option("--compat <tool>", "the formulas of another tool, for comparison: python").argParser(
        oneOf(["python"]),
      ),
    )
    .option("--pool-out <file>", "write a fleet file (JSON) with one such replica, for replay and the planners");
  return addOutputFlags(command).addHelpText("after", EXAMPLES).action(run);
}

async function run(flags: Flags): Promise<void> {
  await checkOutput(flags, [flags.profile, flags.model, flags.catalog]);
  if (flags.poolOut !== undefined)
    await refuseInputs("--pool-out", flags.poolOut, [flags.profile, flags.model, flags.catalog]);
  const answer = await answerOf(flags);
  if (flags.poolOut !== undefined) await writePool(flags.poolOut, answer);
  await deliver(withoutSteps(answer, flags), flags, () => profileReport(answer, { explain: flags.explain === true }));
  if (answer.status === "does_not_fit") process.exitCode = NO_ANSWER;
}

async function answerOf(flags: Flags): Promise<Answer> {
  const constants = constantsFlag(flags);
  if (constants === undefined) {
    const options = await profileOptions(flags);
    return flags.compat === "python" ? pythonProfileResult(options) : profile(options, profileFlagNaming);
  }
  const other = givenProfileFlags(flags).find((flag) => flag !== "--max-ctx");
  if (other !== undefined)
    throw new InputError(`${other} has no meaning with ${constants}, whose constants say it all.`);
  if (flags.compat !== undefined)
    throw new InputError(`--compat has no meaning with ${constants}: the constants are the same.`);
  const given = flags.gpu === undefined ? await readProfileFile(flags.profile!) : gpuProfile(flags.gpu);
  return manualProfile(given, flags.maxCtx);
}

function constantsFlag({ gpu, profile: file }: Flags): "--gpu" | "--profile" | undefined {
  if (gpu !== undefined && file !== undefined)
    throw new InputError("--gpu and --profile are two profiles; give one of them.");
  if (gpu !== undefined) return "--gpu";
  return file === undefined ? undefined : "--profile";
}

/** A list of a hundred steps is for those who ask for it. */
function withoutSteps(answer: Answer, { explain }: Flags): unknown {
  if (explain || !("steps" in answer)) return answer;
  return { ...answer, steps: undefined };
}

/** A model that does not fit has no pool, which the answer says; nothing is written. */
async function writePool(path: string, answer: Answer): Promise<void> {
  if (answer.status === "does_not_fit") return;
  if (answer.kind === "python")
    throw new InputError("--pool-out has no meaning with --compat python: it makes no pool.");
  await writeWhole(path, `${JSON.stringify({ pools: [answer.pool] }, null, 2)}\n`);
}

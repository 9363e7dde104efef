import { Command } from "commander";
import { listProfiles, type ProfileListOptions } from "../planners/profile-list.js";
import { PROFILE_LIMITS } from "../profiles/computed-profile.js";
import { profilesReport } from "../reports/profiles-report.js";
import { InputError } from "../specs/input-error.js";
import { NO_ANSWER } from "./exit-codes.js";
import { addOutputFlags, wholeNumber } from "./flags.js";
import { checkOutput, deliver, type OutputOptions } from "./output.js";
import { profileFlagNaming } from "./profile-flags.js";

interface Flags extends OutputOptions, ProfileListOptions {}

const EXAMPLES = `
With --hardware and --model every size of a tensor-parallel group that fits is listed, with one of them the smallest for each entry of
the other's catalog. H is told for 2,048 tokens; \`vllm-sr-sim profile\` tells all of one.

Examples:
  $ vllm-sr-sim profiles
  $ vllm-sr-sim profiles --hardware h100 --model llama-3.1-70b
  $ vllm-sr-sim profiles --model qwen3-32b --dtype fp8 --max-ctx 32768 --json

Exit codes: 0 answered, 1 nothing that was asked for fits the memory, 2 something that was given cannot be used.`;

/** `vllm-sr-sim profiles`: the profiles that there are. */
export function profilesCommand(): Command {
  const command = new Command("profiles")
    .description("List the profiles given by hand, and those that hardware and model make.")
    .option("--hardware <name>", "GPU of computed profiles (default: all of the catalog, if --model is given)")
    .option("--model <name>", "model of computed profiles (default: all of the catalog, if --hardware is given)")
    .option(
      "--dtype <type>",
      "type of the weights: bf16 (or fp16), fp8, int4, mxfp4 (default: as a model is published)",
    )
    .option(
      "--max-ctx <tokens>",
      "longest request, tokens, for which slots are told (default: 8192)",
      wholeNumber(1, PROFILE_LIMITS.tokens),
    );
  return addOutputFlags(command).addHelpText("after", EXAMPLES).action(run);
}

async function run(flags: Flags): Promise<void> {
  const { hardware, model, dtype, maxCtx } = flags;
  if (dtype !== undefined && hardware === undefined && model === undefined)
    throw new InputError("--dtype belongs to computed profiles: give --hardware, --model or both.");
  await checkOutput(flags, []);
  const options = {
    ...(hardware === undefined ? {} : { hardware }),
    ...(model === undefined ? {} : { model }),
    ...(dtype === undefined ? {} : { dtype }),
    ...(maxCtx === undefined ? {} : { maxCtx }),
  };
  const list = listProfiles(options, profileFlagNaming);
  await deliver(list, flags, () => profilesReport(list));
  if ((hardware ?? model) !== undefined && list.computed.length === 0) process.exitCode = NO_ANSWER;
}

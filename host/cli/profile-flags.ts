import { type Command, Option } from "commander";
import type { ProfileOptions } from "../planners/profile.js";
import { PROFILE_LIMITS } from "../profiles/computed-profile.js";
import { PROFILE_SERVING } from "../profiles/profile-builder.js";
import type { FieldNaming } from "../specs/check.js";
import { InputError } from "../specs/input-error.js";
import { MAX_BLOCK_SIZE } from "../specs/serving-spec.js";
import { addCatalogFlag, resolveNames } from "./catalog-flag.js";
import { listOf, number, wholeNumber } from "./flags.js";

/** Values of {@link addProfileFlags}. */
export interface ProfileFlags {
  catalog?: string;
  hardware?: string;
  model?: string;
  tp?: number;
  pp?: number;
  dtype?: string;
  kvDtype?: string;
  chunk?: number;
  blockSize?: number;
  maxNumSeqs?: number;
  gpuMemoryUtilization?: number;
  meanCtx?: number;
  maxCtx?: number[];
}

/** Flags by the option that they set. */
const FLAGS: Readonly<Record<keyof ProfileFlags, string>> = {
  catalog: "--catalog",
  hardware: "--hardware",
  model: "--model",
  tp: "--tp",
  pp: "--pp",
  dtype: "--dtype",
  kvDtype: "--kv-dtype",
  chunk: "--chunk",
  blockSize: "--block-size",
  maxNumSeqs: "--max-num-seqs",
  gpuMemoryUtilization: "--gpu-memory-utilization",
  meanCtx: "--mean-ctx",
  maxCtx: "--max-ctx",
};

/** Adds the flags that say which replica a profile is of. */
export function addProfileFlags(command: Command): Command {
  const tokens = wholeNumber(1, PROFILE_LIMITS.tokens);
  command
    .option("--hardware <name>", "GPU; `vllm-sr-sim hardware` lists them")
    .option(
      "--model <name>",
      "model; `vllm-sr-sim models` lists them; or the path of a config.json, or owner/name of one on huggingface.co",
    )
    .option("--tp <n>", "GPUs that share every layer (default: 1)", wholeNumber(1, 64))
    .option("--pp <n>", "pipeline stages (default: 1)", wholeNumber(1, 64))
    .option(
      "--dtype <type>",
      "type of the weights: bf16 (or fp16), fp8, int4, mxfp4 (default: as the model is published)",
    )
    .option("--kv-dtype <type>", "type of keys and values: bf16 (or fp16), fp8 (default: bf16)");
  addCatalogFlag(command);
  command
    .option("--chunk <tokens>", `prompt tokens that one iteration prefills (default: ${PROFILE_SERVING.chunk})`, tokens)
    .option(
      "--block-size <tokens>",
      `tokens in a KV block (default: ${PROFILE_SERVING.blockSize})`,
      wholeNumber(1, MAX_BLOCK_SIZE),
    )
    .option(
      "--max-num-seqs <n>",
      `running requests in a replica (default: ${PROFILE_SERVING.maxNumSeqs})`,
      wholeNumber(1, PROFILE_LIMITS.sequences),
    )
    .option(
      "--gpu-memory-utilization <share>",
      "share of memory for weights, activations and KV cache (default: 0.9)",
      number({ above: 0, atMost: 1 }),
    )
    .option(
      "--mean-ctx <tokens>",
      `context of a sequence that H is told for (default: ${PROFILE_SERVING.meanCtx})`,
      tokens,
    );
  return command.addOption(
    new Option(
      "--max-ctx <tokens,...>",
      "longest requests, tokens, for which slots are told (default: powers of two from 2048 to the longest of the model)",
    ).argParser(listOf(tokens)),
  );
}

/** What messages call an option of a profile: its flag. */
export const profileFlagNaming: FieldNaming = ([first, ...rest]) => {
  const flag = FLAGS[first as keyof ProfileFlags] ?? String(first);
  return rest.length === 0 ? flag : `${rest.map(String).join(".")} of ${flag}`;
};

/** The flags that were given, in the words of the command line. */
export function givenProfileFlags(flags: ProfileFlags): string[] {
  return (Object.keys(FLAGS) as (keyof ProfileFlags)[])
    .filter((key) => flags[key] !== undefined)
    .map((key) => FLAGS[key]);
}

/**
 * What the flags ask for. A model that no catalog has is imported.
 *
 * @throws InputError if hardware or model is missing, or the model cannot be imported.
 */
export async function profileOptions(flags: ProfileFlags): Promise<ProfileOptions> {
  const { hardware, model, tp, pp, dtype, kvDtype, chunk, blockSize, maxNumSeqs, meanCtx, maxCtx } = flags;
  const { gpuMemoryUtilization } = flags;
  if (hardware === undefined) throw new InputError("--hardware is missing; `vllm-sr-sim hardware` lists the names.");
  if (model === undefined) throw new InputError("--model is missing; `vllm-sr-sim models` lists the names.");
  const options = { tp, pp, dtype, kvDtype, chunk, blockSize, maxNumSeqs, gpuMemoryUtilization, meanCtx, maxCtx };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...(await resolveNames({ hardware, model }, flags.catalog)), ...given };
}

/** Flags of commands that take one kind of replica by name. */
import { type Command, Option } from "commander";
import { type ReplicaChoice, replicaOptions } from "../planners/sizing/replica-options.js";
import type { ReplicaOption } from "../planners/sizing/replica-option.js";
import { GPU_NAMES } from "../specs/gpu-catalog.js";
import { DTYPES, KV_DTYPES } from "../specs/roofline-spec.js";
import { oneOf, wholeNumber } from "./flags.js";

/** Values of {@link addModelFlags}. */
export interface ModelFlags {
  model?: string;
  tp?: number;
  dtype?: (typeof DTYPES)[number];
  kvDtype?: (typeof KV_DTYPES)[number];
}

/** What the flags that name GPUs take, for their help. */
export const GPU_HELP = `${GPU_NAMES.join(", ")}; with --model any GPU of the catalog of hardware`;

/** Adds `--model`, `--tp`, `--dtype` and `--kv-dtype`. */
export function addModelFlags(command: Command): Command {
  return command
    .option("--model <name>", "model of the catalog that replicas serve; without it GPUs are what their profile says")
    .addOption(
      new Option("--tp <gpus>", "with --model: GPUs that a replica takes (default: the fewest that hold it)").argParser(
        wholeNumber(1, 1024),
      ),
    )
    .addOption(
      new Option("--dtype <type>", "with --model: type of the weights (default: bf16)").argParser(oneOf(DTYPES)),
    )
    .addOption(
      new Option("--kv-dtype <type>", "with --model: type of keys and values (default: bf16)").argParser(
        oneOf(KV_DTYPES),
      ),
    );
}

/**
 * The replica of a GPU under the flags of the model.
 *
 * @param flag What messages call `gpu`.
 * @throws InputError if a name is unknown, or the GPU cannot hold the model.
 */
export function replicaOf(gpu: string, { model, tp, dtype, kvDtype }: ModelFlags, flag: string): ReplicaOption {
  const choice: ReplicaChoice = {
    gpus: [gpu],
    ...(model === undefined ? {} : { model }),
    ...(tp === undefined ? {} : { tps: [tp] }),
    ...(dtype === undefined ? {} : { dtype }),
    ...(kvDtype === undefined ? {} : { kvDtype }),
  };
  return replicaOptions(choice, (field) => FLAGS[field] ?? flag)[0]!;
}

const FLAGS: Readonly<Record<string, string>> = {
  model: "--model",
  tps: "--tp",
  dtype: "--dtype",
  kvDtype: "--kv-dtype",
};

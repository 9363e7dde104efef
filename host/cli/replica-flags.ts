/** Flags that say what replicas are, and the kinds of replica that they stand for. */
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { readReplicaFile } from "../planners/sizing/replica-file.js";
import type { ReplicaChoice } from "../planners/sizing/replica-options.js";
import { foundModel, type ModelChoice } from "../planners/sizing/named-facts.js";
import { BUILT_IN_CATALOG, type Catalog, readCatalogFile } from "../specs/catalog.js";
import { GPU_NAMES } from "../specs/gpu-catalog.js";
import { importModel, isImportable } from "../specs/hugging-face.js";
import { InputError } from "../specs/input-error.js";
import { DTYPES, KV_DTYPES } from "../specs/roofline-spec.js";
import { addCatalogFlag } from "./catalog-flag.js";
import { number, oneOf, wholeNumber } from "./flags.js";
import { type ReplicaFile, Replicas, type ReplicaSettings } from "./replicas.js";

/** Values of {@link addModelFlags}. */
export interface ModelFlags {
  model?: string;
  catalog?: string;
  tp?: number;
  dtype?: (typeof DTYPES)[number];
  kvDtype?: (typeof KV_DTYPES)[number];
  gpuMemoryUtilization?: number;
  maxNumSeqs?: number;
  maxNumBatchedTokens?: number;
  enablePrefixCaching?: true;
  /** Files. */
  replica?: string[];
}

/** The flags of {@link addModelFlags} by the names of their values. */
export const REPLICA_FLAGS: Readonly<Record<keyof ModelFlags, string>> = {
  model: "--model",
  catalog: "--catalog",
  tp: "--tp",
  dtype: "--dtype",
  kvDtype: "--kv-dtype",
  gpuMemoryUtilization: "--gpu-memory-utilization",
  maxNumSeqs: "--max-num-seqs",
  maxNumBatchedTokens: "--max-num-batched-tokens",
  enablePrefixCaching: "--enable-prefix-caching",
  replica: "--replica",
};

/** What the flags that name GPUs take, for their help. */
export const GPU_HELP = `${GPU_NAMES.join(", ")}; with --model any GPU of the catalog of hardware or of --catalog; or a name of --replica`;

/** Adds the flags of the model, of the engine that serves it, and `--catalog` and `--replica`. */
export function addModelFlags(command: Command): Command {
  command
    .option(
      "--model <name>",
      "model that replicas serve, of the catalog or of --catalog; or the path of a config.json, or owner/name of one on huggingface.co; without it GPUs are what their profile says",
    )
    .addOption(
      new Option("--tp <gpus>", "with --model: GPUs that a replica takes (default: the fewest that hold it)").argParser(
        wholeNumber(1, 1024),
      ),
    )
    .addOption(
      new Option("--dtype <type>", "with --model: type of the weights (default: as the model is published)").argParser(
        oneOf(DTYPES),
      ),
    )
    .addOption(
      new Option("--kv-dtype <type>", "with --model: type of keys and values (default: bf16)").argParser(
        oneOf(KV_DTYPES),
      ),
    )
    .option(
      "--gpu-memory-utilization <share>",
      "with --model: share of memory for weights, activations and KV cache, above 0, at most 1 (default: 0.9)",
      number({ above: 0, atMost: 1 }),
    );
  addServingFlags(command);
  addCatalogFlag(command);
  return command.option(
    "--replica <file>",
    "a kind of replica: a pool of a fleet file without id, size and max_ctx, JSON or YAML; its name, or else that of the file, stands for it where GPUs are named; again for several",
    (file: string, before: string[] | undefined) => [...(before ?? []), file],
  );
}

function addServingFlags(command: Command): void {
  command
    .option(
      "--max-num-seqs <n>",
      "running requests in a replica, 1 to 1048576 (default: those of the profile, with --model 256)",
      wholeNumber(1, 2 ** 20),
    )
    .option(
      "--max-num-batched-tokens <tokens>",
      "tokens in one iteration, from 1 (default: chunk + running requests of the profile, with --model 8192)",
      wholeNumber(1, 2 ** 31 - 1),
    )
    .option(
      "--enable-prefix-caching",
      "keep the KV blocks of prompts for requests that begin alike, of a --trace with block ids",
    );
}

/** Files that the flags name, which no output may replace. */
export function replicaFiles({ catalog, model, replica = [] }: ModelFlags): (string | undefined)[] {
  return [catalog, model, ...replica];
}

/**
 * Reads what the flags of {@link addModelFlags} name.
 *
 * @throws InputError if a file cannot be read or used, a name is unknown, or a flag would do nothing.
 */
export async function openReplicas(command: Command): Promise<Replicas> {
  const flags = command.opts<ModelFlags & { engine?: string; trace?: string }>();
  const { tp, dtype, kvDtype, gpuMemoryUtilization } = flags;
  const catalog = flags.catalog === undefined ? BUILT_IN_CATALOG : await readCatalogFile(flags.catalog);
  const serving = servingOf(flags);
  const settings: ReplicaSettings = {
    catalog,
    ...(flags.model === undefined ? {} : { model: await modelOf(flags.model, catalog) }),
    ...(tp === undefined ? {} : { tps: [tp] }),
    ...(dtype === undefined ? {} : { dtype }),
    ...(kvDtype === undefined ? {} : { kvDtype }),
    ...(gpuMemoryUtilization === undefined ? {} : { gpuMemoryUtilization }),
    ...(serving === undefined ? {} : { serving }),
  };
  return new Replicas(command, settings, await filesOf(flags));
}

/** A model that no catalog has is imported. */
async function modelOf(model: string, catalog: Catalog): Promise<ModelChoice> {
  if (!catalog.findModel(model) && isImportable(model)) return (await importModel(model)).facts;
  foundModel(model, catalog, REPLICA_FLAGS.model);
  return model;
}

function servingOf(flags: ModelFlags & { engine?: string; trace?: string }): ReplicaChoice["serving"] {
  const { maxNumSeqs, maxNumBatchedTokens, enablePrefixCaching, engine, trace } = flags;
  const given = { maxNumSeqs, maxNumBatchedTokens, enablePrefixCaching };
  const first = (Object.keys(given) as (keyof typeof given)[]).find((key) => given[key] !== undefined);
  if (first === undefined) return undefined;
  if (engine === "slots") {
    throw new InputError(`${REPLICA_FLAGS[first]} belongs to the engine iterations, but --engine is slots.`);
  }
  if (enablePrefixCaching && trace === undefined) {
    throw new InputError(
      `${REPLICA_FLAGS.enablePrefixCaching} needs a --trace with block ids: requests that are drawn have no prompts in common.`,
    );
  }
  return {
    ...(maxNumSeqs === undefined ? {} : { max_num_seqs: maxNumSeqs }),
    ...(maxNumBatchedTokens === undefined ? {} : { max_num_batched_tokens: maxNumBatchedTokens }),
    ...(enablePrefixCaching ? { enable_prefix_caching: true } : {}),
  };
}

async function filesOf({ replica = [], catalog }: ModelFlags): Promise<ReplicaFile[]> {
  const files: ReplicaFile[] = [];
  for (const path of replica) {
    const option = await readReplicaFile(path, catalog === undefined ? undefined : resolve(catalog));
    const other = files.find((file) => file.option.name === option.name);
    if (other) {
      throw new InputError(`--replica ${other.path} and ${path} are both called ${option.name}: name one of them.`);
    }
    files.push({ path, option });
  }
  return files;
}

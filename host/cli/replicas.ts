/** The kinds of replica that flags stand for. */
import type { Command } from "commander";
import type { ReplicaOption } from "../planners/sizing/replica-option.js";
import { type ReplicaChoice, replicaOptions } from "../planners/sizing/replica-options.js";
import type { Catalog } from "../specs/catalog.js";
import { InputError } from "../specs/input-error.js";

/** Flags by what of a choice they set. */
const FLAG_OF: Readonly<Record<string, string>> = {
  model: "--model",
  tps: "--tp",
  dtype: "--dtype",
  kvDtype: "--kv-dtype",
  gpuMemoryUtilization: "--gpu-memory-utilization",
  "serving.max_num_seqs": "--max-num-seqs",
  "serving.max_num_batched_tokens": "--max-num-batched-tokens",
};

/** A choice of kinds of replica but for the GPUs. */
export type ReplicaSettings = Omit<ReplicaChoice, "gpus"> & { catalog: Catalog };

/** A kind of replica of `--replica`. */
export interface ReplicaFile {
  path: string;
  option: ReplicaOption;
}

/** The kinds of replica that the flags of a command stand for. */
export class Replicas {
  constructor(
    private readonly command: Command,
    /** What the flags say of all GPUs that are named. */
    readonly settings: ReplicaSettings,
    private readonly files: readonly ReplicaFile[],
  ) {}

  /** Those of `--replica`. */
  get ofFiles(): readonly ReplicaOption[] {
    return this.files.map(({ option }) => option);
  }

  /**
   * The kind of replica that each of some flags names, which take one GPU. A flag that is left out stands for the one of `--replica`, where there is one.
   *
   * @param keys The flags by the names of their values.
   * @throws InputError if a name is unknown, a GPU cannot hold the model, or a file is not used.
   */
  each(...keys: readonly string[]): ReplicaOption[] {
    const picked = keys.map((key) => this.one(key));
    const unused = this.files.find(({ option }) => !picked.includes(option));
    if (unused) {
      const flags = keys.map((key) => this.flagOf(key)).join(" or ");
      throw new InputError(`--replica ${unused.path} is not used: ${flags} must name it, ${unused.option.name}.`);
    }
    return this.checked(picked);
  }

  /**
   * The kinds of replica that a flag names, which takes several GPUs, and those of `--replica`; by the names that they were given.
   *
   * @param key The flag by the name of its value.
   * @param names GPUs where the flag is left out, and there is no file.
   * @throws InputError if a name is unknown, or a GPU cannot hold the model.
   */
  several(key: string, names: readonly string[] = []): Map<string, ReplicaOption> {
    const given = this.command.getOptionValue(key) as readonly string[] | undefined;
    const named = given ?? (this.files.length > 0 ? [] : names);
    const picked = new Map(named.map((name) => [name, this.named(name, this.flagOf(key))]));
    for (const option of this.ofFiles) picked.set(option.name, option);
    this.checked([...picked.values()]);
    return picked;
  }

  /** The kind of replica of a name: of `--replica`, else of the GPU. */
  named(name: string, flag: string): ReplicaOption {
    const own = this.ofFiles.find((option) => option.name === name);
    if (own) return own;
    return replicaOptions({ gpus: [name], ...this.settings }, (field) => FLAG_OF[field] ?? flag)[0]!;
  }

  /**
   * All sizes of replica of GPUs that are named, in place of the smallest of each, and the kinds of `--replica`.
   *
   * @throws InputError as {@link Replicas.several}.
   */
  allOf(names: readonly string[], flag: string): ReplicaOption[] {
    const gpus = names.filter((name) => !this.ofFiles.some((option) => option.name === name));
    const options = gpus.length > 0 ? this.optionsOf(gpus, flag) : [];
    return this.checked([...options, ...this.ofFiles]);
  }

  private optionsOf(gpus: readonly string[], flag: string): ReplicaOption[] {
    return replicaOptions({ gpus, ...this.settings }, (field) => FLAG_OF[field] ?? flag);
  }

  private one(key: string): ReplicaOption {
    const isGiven = this.command.getOptionValueSource(key) === "cli";
    if (isGiven || this.files.length === 0) {
      return this.named(this.command.getOptionValue(key) as string, this.flagOf(key));
    }
    if (this.files.length === 1) return this.files[0]!.option;
    const names = this.ofFiles.map(({ name }) => name).join(", ");
    throw new InputError(`${this.flagOf(key)} is missing; of --replica there are several: ${names}.`);
  }

  private flagOf(key: string): string {
    return this.command.options.find((option) => option.attributeName() === key)?.long ?? key;
  }

  /** Results tell kinds of replica by their names. */
  private checked(picked: readonly ReplicaOption[]): ReplicaOption[] {
    for (const { path, option } of this.files) {
      if (!picked.some((other) => other !== option && other.name === option.name)) continue;
      throw new InputError(`--replica ${path} is called ${option.name}, as a GPU is: give it another name.`);
    }
    return [...picked];
  }
}

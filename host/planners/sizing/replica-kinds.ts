import { InputError } from "../../specs/input-error.js";
import { type ReplicaChoice, replicaOptions } from "./replica-options.js";
import type { ReplicaOption } from "./replica-option.js";

/** Kinds of replica that a pool can have: by the names of their GPUs, or as they are. */
export type ReplicaKinds = ReplicaChoice | readonly ReplicaOption[];

/** Kinds of replica of the two pools of a fleet. */
export interface PoolKinds {
  /** Of the pool for short requests. Default: the profile a100. */
  short?: ReplicaKinds;
  /** Of the pool for long requests. Default: the profile a100. */
  long?: ReplicaKinds;
}

const DEFAULT_KINDS: ReplicaKinds = { gpus: ["a100"] };

/**
 * The options that kinds of replica stand for.
 *
 * @param field What messages call them.
 * @throws InputError if a name is unknown, or there are none.
 */
export function optionsOfKinds(kinds: ReplicaKinds, field: string): readonly ReplicaOption[] {
  const options = "gpus" in kinds ? replicaOptions(kinds, (key) => `${field}.${key}`) : kinds;
  if (options.length > 0) return options;
  throw new InputError(`${field} names no kind of replica.`);
}

/** The options of both pools, and of a single one that takes their place: those of either. */
export function optionsOfPools({ short = DEFAULT_KINDS, long = DEFAULT_KINDS }: PoolKinds): {
  short: readonly ReplicaOption[];
  long: readonly ReplicaOption[];
  either: readonly ReplicaOption[];
} {
  const [shortOptions, longOptions] = [optionsOfKinds(short, "short"), optionsOfKinds(long, "long")];
  const names = new Set(shortOptions.map(({ name }) => name));
  const either = [...shortOptions, ...longOptions.filter(({ name }) => !names.has(name))];
  return { short: shortOptions, long: longOptions, either };
}

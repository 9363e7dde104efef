/** Flags that name a workload to draw from, and what they stand for. */
import type { Command } from "commander";
import { InputError } from "../specs/input-error.js";
import { builtinWorkloads, getBuiltinWorkload } from "../workloads/builtin/catalog.js";
import { cdfToModel, DEFAULT_INPUT_SHARE, readCdfFile } from "../workloads/cdf.js";
import type { WorkloadModel } from "../workloads/models.js";
import { number } from "./flags.js";

/** Values of the flags. */
export interface WorkloadFlags {
  cdf?: string;
  workload?: string;
  inputShare?: number;
}

/** Adds `--cdf` and `--workload`. */
export function addWorkloadFlags(command: Command): Command {
  return command
    .option("--cdf <file>", "workload: CDF of total tokens, as JSON [[tokens, fraction], ...]")
    .option("--workload <name>", `workload: a built-in one, in place of --cdf: ${workloadNames()}`)
    .option(
      "--input-share <share>",
      `share of the tokens of --cdf that is input (default: ${DEFAULT_INPUT_SHARE})`,
      number({ above: 0, atMost: 1 }),
    );
}

/**
 * The workload that the flags name.
 *
 * @throws InputError if none or two are named, or the one named cannot be read.
 */
export async function readWorkload(flags: WorkloadFlags): Promise<WorkloadModel> {
  const workload = await readWorkloadIfAny(flags);
  if (workload) return workload;
  throw new InputError(`no workload: give --cdf FILE, or --workload and one of ${workloadNames()}.`);
}

/** As {@link readWorkload}, but `undefined` if the flags name none. */
async function readWorkloadIfAny({ cdf, workload, inputShare }: WorkloadFlags): Promise<WorkloadModel | undefined> {
  if (cdf !== undefined && workload !== undefined) {
    throw new InputError("--cdf and --workload are both given, but a run draws from one of them.");
  }
  if (cdf !== undefined) return readCdfModel(cdf, inputShare);
  if (inputShare !== undefined) throw new InputError("--input-share belongs to --cdf, which is not given.");
  return workload === undefined ? undefined : getBuiltinWorkload(workload);
}

/** The workload of a CDF file, under the path of that file. */
export async function readCdfModel(path: string, inputShare?: number): Promise<WorkloadModel> {
  return cdfToModel(await readCdfFile(path), path, inputShare === undefined ? {} : { inputShare });
}

/** The names of the built-in workloads, for messages and help. */
export function workloadNames(): string {
  return builtinWorkloads.map(({ name }) => name).join(", ");
}

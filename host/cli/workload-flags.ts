/** Flags that name a workload to draw from, and what they stand for. */
import type { Command } from "commander";
import { InputError } from "../specs/input-error.js";
import { builtinWorkloads, getBuiltinWorkload } from "../workloads/builtin/catalog.js";
import { cdfToModel, readCdfFile } from "../workloads/cdf.js";
import type { WorkloadModel } from "../workloads/models.js";

/** Values of the flags. */
export interface WorkloadFlags {
  cdf?: string;
  workload?: string;
}

/** Adds `--cdf` and `--workload`. */
export function addWorkloadFlags(command: Command): Command {
  return command
    .option("--cdf <file>", "workload: CDF of total tokens, as JSON [[tokens, fraction], ...]; 80 % is taken for input")
    .option("--workload <name>", `workload: a built-in one, in place of --cdf: ${workloadNames()}`);
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
export async function readWorkloadIfAny({ cdf, workload }: WorkloadFlags): Promise<WorkloadModel | undefined> {
  if (cdf !== undefined && workload !== undefined) {
    throw new InputError("--cdf and --workload are both given, but a run draws from one of them.");
  }
  if (cdf !== undefined) return readCdfModel(cdf);
  return workload === undefined ? undefined : getBuiltinWorkload(workload);
}

/** The workload of a CDF file, under the path of that file. */
export async function readCdfModel(path: string): Promise<WorkloadModel> {
  return cdfToModel(await readCdfFile(path), path);
}

function workloadNames(): string {
  return builtinWorkloads.map(({ name }) => name).join(", ");
}

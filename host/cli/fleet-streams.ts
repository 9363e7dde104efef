/** The streams of requests that a fleet file asks for, with their workloads read. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { PoolStream } from "../planners/simulate-fleet.js";
import { shown } from "../specs/check.js";
import type { FleetSpec } from "../specs/fleet-spec.js";
import { InputError } from "../specs/input-error.js";
import { pathBeside } from "../specs/path-beside.js";
import type { PoolWorkload } from "../specs/workload-spec.js";
import { getBuiltinWorkload } from "../workloads/builtin/catalog.js";
import type { WorkloadModel } from "../workloads/models.js";
import { readCdfModel } from "./workload-flags.js";

/**
 * Reads the `workloads` of a fleet file. The path of a CDF is looked for from the folder of that file, then, as the Python
 * tool does, from the working directory.
 *
 * @param note Told where the second place was taken, or where both would do.
 * @throws InputError naming the entry, if its workload cannot be read.
 */
export async function readStreams(spec: FleetSpec, note: (sentence: string) => void): Promise<PoolStream[]> {
  const streams: PoolStream[] = [];
  for (const entry of spec.workloads ?? []) {
    const field = `${spec.file}: workloads.${entry.pool}`;
    streams.push({
      pool: entry.pool,
      workload: await readEntry(entry, field, spec.file, note),
      lamFrac: entry.lamFrac,
    });
  }
  return streams;
}

async function readEntry(
  entry: PoolWorkload,
  field: string,
  fleetFile: string,
  note: (sentence: string) => void,
): Promise<WorkloadModel> {
  try {
    if (entry.cdf === undefined) return getBuiltinWorkload(entry.workload!);
    return await readCdfModel(locateCdf(entry.cdf, `${field}.cdf`, fleetFile, note), entry.inputFrac);
  } catch (error) {
    if (!(error instanceof InputError) || error.message.startsWith(field)) throw error;
    throw new InputError(`${field}: ${error.message}`);
  }
}

function locateCdf(cdf: string, field: string, fleetFile: string, note: (sentence: string) => void): string {
  const beside = pathBeside(fleetFile, cdf);
  if (resolve(beside) === resolve(cdf)) return cdf;
  if (existsSync(beside)) {
    if (existsSync(cdf)) note(`${field}: ${beside} is used, not ${cdf} of the working directory.`);
    return beside;
  }
  if (!existsSync(cdf)) {
    throw new InputError(`${field} is ${shown(cdf)}, but there is neither ${beside} nor ${resolve(cdf)}.`);
  }
  note(`${field}: ${cdf} of the working directory is used; there is no ${beside}.`);
  return cdf;
}

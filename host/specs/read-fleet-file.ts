import { parseFleet, type FleetSpec } from "./fleet-spec.js";
import { readTextFile } from "./read-text-file.js";
import { MAX_FILE_BYTES } from "./document.js";

/**
 * Reads a fleet file. Node only.
 *
 * @throws InputError if the file cannot be read, is larger than 16 MiB or is not UTF-8, and as {@link parseFleet}.
 */
export async function readFleetFile(path: string): Promise<FleetSpec> {
  return parseFleet(await readTextFile(path, MAX_FILE_BYTES), path);
}

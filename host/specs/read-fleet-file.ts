import { MAX_FILE_BYTES, readDocument } from "./document.js";
import { resolveReferences } from "./fleet-references.js";
import { checkFleet, type FleetSpec } from "./fleet-spec.js";
import { InputError } from "./input-error.js";
import { readTextFile } from "./read-text-file.js";

/**
 * Reads a fleet file, and the files that it refers to: its `catalog`, and models given by the path of a `config.json`. Node only.
 *
 * @throws InputError if a file cannot be read, is larger than 16 MiB or is not UTF-8, and as {@link parseFleet}.
 */
export async function readFleetFile(path: string): Promise<FleetSpec> {
  const { value, nameOf } = readDocument(await readTextFile(path, MAX_FILE_BYTES), path);
  if (value === null) throw new InputError(`${path}: the file is empty; it must hold an object with pools.`);
  return { ...checkFleet(await resolveReferences(value, path, nameOf), nameOf), file: path };
}

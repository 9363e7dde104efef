import { MAX_FILE_BYTES, readDocument } from "../../specs/document.js";
import type { FieldNaming } from "../../specs/check.js";
import { resolveReferences } from "../../specs/fleet-references.js";
import { InputError } from "../../specs/input-error.js";
import { isObject } from "../../specs/is-object.js";
import { readTextFile } from "../../specs/read-text-file.js";
import { fleetOf, poolInput, type ReplicaInput, type ReplicaOption } from "./replica-option.js";

/** Keys of a pool that planners choose. */
const CHOSEN = ["id", "n_gpus", "n_replicas", "max_ctx"] as const;

/** Most characters of a name. */
const LONGEST_NAME = 64;

/**
 * Reads a kind of replica from the text of a file, JSON if its name ends in `.json`, else YAML: a pool of a fleet file without `id`, size and window, which planners choose. `name` is what results call it; without one
 * it bears that of the file.
 *
 * @param fileName the file's path as its user gave it.
 * @throws InputError one sentence with file, line, column, field, what was found and what is allowed.
 */
export function parseReplica(text: string, fileName: string): ReplicaOption {
  const { value, nameOf } = readDocument(text, fileName);
  return replicaOption(value, fileName, nameOf);
}

/**
 * Reads a kind of replica from a file, and what that refers to: a `catalog`, and a model given by the path of its `config.json`, relative to the folder of the file. Node only.
 *
 * @param catalog Path of the catalog in whose terms the file is understood where it names none itself.
 * @throws InputError if a file cannot be read, and as {@link parseReplica}.
 */
export async function readReplicaFile(path: string, catalog?: string): Promise<ReplicaOption> {
  const { value, nameOf } = readDocument(await readTextFile(path, MAX_FILE_BYTES), path);
  if (!isObject(value)) return replicaOption(value, path, nameOf);
  const { catalog: own = catalog, ...pool } = value;
  const fleet = { ...(own === undefined ? {} : { catalog: own }), pools: [pool] };
  const inPool: FieldNaming = (at) => nameOf(at[0] === "pools" ? at.slice(2) : at);
  const resolved = (await resolveReferences(fleet, path, inPool)) as { pools: readonly unknown[] };
  return replicaOption(resolved.pools[0], path, nameOf);
}

function replicaOption(value: unknown, fileName: string, nameOf: FieldNaming): ReplicaOption {
  if (!isObject(value)) {
    throw new InputError(`${nameOf([])} must be an object: a pool of a fleet file without ${CHOSEN.join(", ")}.`);
  }
  const chosen = CHOSEN.find((key) => value[key] !== undefined);
  if (chosen !== undefined) {
    throw new InputError(`${nameOf([chosen])} must be left out: planners choose it.`);
  }
  const { name = stemOf(fileName), ...rest } = value;
  if (typeof name !== "string" || name === "" || name.length > LONGEST_NAME || name.includes(",")) {
    throw new InputError(`${nameOf(["name"])} must be text of 1 to ${LONGEST_NAME} characters without a comma.`);
  }
  const kept = Object.entries(rest).filter(([key]) => !key.startsWith("_"));
  const option = { name, replica: Object.fromEntries(kept) as ReplicaInput };
  // Its own size and window are not known: the smallest fits whatever can be at all.
  fleetOf([poolInput(option, { id: "pool", replicas: 1, maxCtx: 1 })], undefined, (path) => nameOf(path.slice(2)));
  return option;
}

function stemOf(fileName: string): string {
  const stem = fileName
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.(json|ya?ml)$/i, "")
    .replaceAll(",", "-");
  return stem.slice(0, LONGEST_NAME) || "replica";
}

import { check } from "./check.js";
import { MAX_FILE_BYTES, readDocument } from "./document.js";
import { type ManualProfile, profileSchema } from "./profile-spec.js";
import { readTextFile } from "./read-text-file.js";

/**
 * Reads constants of a replica, JSON or YAML: the keys of `profile` in a fleet file, or an object that has them under `profile`. Node only.
 *
 * @throws InputError with file, line, column and field if it cannot be read or is none.
 */
export async function readProfileFile(path: string): Promise<ManualProfile> {
  const { value, nameOf } = readDocument(await readTextFile(path, MAX_FILE_BYTES), path);
  const inner = typeof value === "object" && value !== null ? (value as { profile?: unknown }).profile : undefined;
  if (inner === undefined) return check(profileSchema, value, nameOf);
  return check(profileSchema, inner, (field) => nameOf(["profile", ...field]));
}

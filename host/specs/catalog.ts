import * as z from "zod";
import { nameIndex, plainName } from "./catalog-names.js";
import { check, type FieldNaming } from "./check.js";
import { MAX_FILE_BYTES, readDocument } from "./document.js";
import { mistake, objectWith } from "./fields.js";
import {
  findHardware,
  HARDWARE_NAMES,
  hardwareEntry,
  type HardwareEntry,
  readHardwareEntry,
} from "./hardware-catalog.js";
import { InputError } from "./input-error.js";
import { findModel, MODEL_NAMES, modelEntry, type ModelEntry, readModelEntry } from "./model-catalog.js";
import { readTextFile } from "./read-text-file.js";

/** GPUs and models that are known by name. */
export interface Catalog {
  /** In the order in which commands list them. */
  hardware: readonly HardwareEntry[];
  models: readonly ModelEntry[];
  /** The GPU of this name or alias, in any case, "-", "_" and blanks alike; `undefined`: none. */
  findHardware: (name: string) => HardwareEntry | undefined;
  /** The model of this name or alias, ids on huggingface.co among them; `undefined`: none. */
  findModel: (name: string) => ModelEntry | undefined;
}

/** What comes with the package. */
export const BUILT_IN_CATALOG: Catalog = {
  get hardware() {
    return HARDWARE_NAMES.map(hardwareEntry);
  },
  get models() {
    return MODEL_NAMES.map(modelEntry);
  },
  findHardware,
  findModel,
};

/** Most entries of each kind in a file. */
const MAX_ENTRIES = 1000;

const entriesClause = `must be a list of at most ${MAX_ENTRIES} objects`;
const entries = () =>
  z.array(z.unknown(), { error: entriesClause }).max(MAX_ENTRIES, { error: entriesClause, abort: true }).default([]);

const fileSchema = objectWith("an object with hardware, models or both", {
  hardware: entries().describe("GPUs"),
  models: entries().describe("models"),
  derived: z.unknown().optional().describe("what commands add to what they write; not read"),
}).superRefine((file, context) => {
  if (file.hardware.length + file.models.length === 0)
    mistake(context, [], "must have at least one entry under hardware or models");
});

/**
 * Reads a catalog of one's own from the text of a file, JSON if its name ends in `.json`, else YAML: `hardware` and `models`, lists of entries in the keys that fleet files
 * have for facts, each with a `name`, and as one likes `aliases`, a `source`, and `{ value, source }` in place of a value.
 *
 * What it has comes before what is built in, which stays; an entry with the name of a built-in one takes its place.
 *
 * @throws InputError one sentence with file, line, column, field, what was found and what is allowed.
 */
export function parseCatalog(text: string, fileName: string): Catalog {
  const { value, nameOf } = readDocument(text, fileName);
  const file = check(fileSchema, value ?? {}, nameOf);
  const defaultSource = `${fileName}, which says no more`;
  const read = <Entry extends { name: string; aliases: readonly string[] }>(
    list: "hardware" | "models",
    readEntry: (input: unknown, entryName: FieldNaming, source: string) => Entry,
  ) => {
    const own = file[list].map((entry, index) =>
      readEntry(entry, (path) => nameOf([list, index, ...path]), defaultSource),
    );
    refuseTwins(own, (index) => nameOf([list, index]));
    return own;
  };
  return joined(read("hardware", readHardwareEntry), read("models", readModelEntry));
}

/**
 * Reads a catalog of one's own from a file. Node only.
 *
 * @throws InputError if it cannot be read, and as {@link parseCatalog}.
 */
export async function readCatalogFile(path: string): Promise<Catalog> {
  return parseCatalog(await readTextFile(path, MAX_FILE_BYTES), path);
}

function refuseTwins(own: readonly { name: string; aliases: readonly string[] }[], placeOf: (index: number) => string) {
  const taken = new Map<string, number>();
  for (const [index, entry] of own.entries()) {
    for (const name of new Set([entry.name, ...entry.aliases].map(plainName))) {
      const other = taken.get(name);
      if (other !== undefined)
        throw new InputError(`${placeOf(index)} goes by ${JSON.stringify(name)}, as entry ${other + 1} does already.`);
      taken.set(name, index);
    }
  }
}

function joined(hardware: readonly HardwareEntry[], models: readonly ModelEntry[]): Catalog {
  const ownHardware = nameIndex(hardware);
  const ownModels = nameIndex(models);
  const isNew =
    <Entry>(index: ReadonlyMap<string, Entry>) =>
    ({ name }: { name: string }) =>
      !index.has(plainName(name));
  return {
    hardware: [...hardware, ...BUILT_IN_CATALOG.hardware.filter(isNew(ownHardware))],
    models: [...models, ...BUILT_IN_CATALOG.models.filter(isNew(ownModels))],
    findHardware: (name) => ownHardware.get(plainName(name)) ?? findHardware(name),
    findModel: (name) => ownModels.get(plainName(name)) ?? findModel(name),
  };
}

import { activeParameterCount, attentionShard, parameterCount } from "../profiles/model-shape.js";
import { BUILT_IN_CATALOG, type Catalog } from "../specs/catalog.js";
import { mustBeKnown } from "../specs/catalogued.js";
import { writtenHardware, writtenModel, type WrittenEntry } from "../specs/catalog-writer.js";
import { type ImportOptions, importModel, isImportable } from "../specs/hugging-face.js";
import { InputError } from "../specs/input-error.js";
import type { ModelEntry } from "../specs/model-catalog.js";

/** GPUs of a catalog, in the form of a catalog file. */
export interface HardwareListing {
  hardware: WrittenEntry[];
}

/** Models of a catalog, in the form of a catalog file, and what follows from their shapes. */
export interface ModelListing {
  models: WrittenEntry[];
  derived: Record<string, ModelDerived>;
}

/** What follows from the shape of a model. */
export interface ModelDerived {
  parameters: number;
  /** Parameters that a token passes through, embeddings and output projection included. */
  active_parameters: number;
  /** Keys and values of a token in bf16, in all layers; layers with a window keep those of the last tokens alone. */
  kv_bytes_per_token: number;
}

/**
 * GPUs of a catalog with every figure and its source.
 *
 * @param name one of them, by name or alias; all unless given.
 * @throws InputError for a name that the catalog does not have.
 */
export function listHardware(name?: string, catalog: Catalog = BUILT_IN_CATALOG): HardwareListing {
  if (name === undefined) return { hardware: catalog.hardware.map(writtenHardware) };
  const entry = catalog.findHardware(name);
  if (entry === undefined) throw unknown("hardware", name, catalog);
  return { hardware: [writtenHardware(entry)] };
}

/** Models of a catalog with every figure and its source. */
export function listModels(catalog: Catalog = BUILT_IN_CATALOG): ModelListing {
  return listing(catalog.models);
}

/**
 * One model with every figure and its source.
 *
 * @param source a name or alias of the catalog; else the path of a `config.json`, or the id of a repository on huggingface.co, as {@link importModel} takes it.
 * @throws InputError if it is none of these, and as {@link importModel}.
 */
export async function showModel(
  source: string,
  { catalog = BUILT_IN_CATALOG, ...options }: ImportOptions & { catalog?: Catalog } = {},
): Promise<ModelListing> {
  const known = catalog.findModel(source);
  if (known !== undefined) return listing([known]);
  if (!isImportable(source)) throw unknown("models", source, catalog);
  return listing([await importModel(source, options)]);
}

function listing(entries: readonly ModelEntry[]): ModelListing {
  return {
    models: entries.map(writtenModel),
    derived: Object.fromEntries(entries.map((entry) => [entry.name, derived(entry)])),
  };
}

function derived({ facts }: ModelEntry): ModelDerived {
  return {
    parameters: parameterCount(facts),
    active_parameters: activeParameterCount(facts),
    kv_bytes_per_token: 2 * attentionShard(facts, 1).kvWidth * facts.layers,
  };
}

function unknown(kind: "hardware" | "models", name: string, catalog: Catalog): InputError {
  const names = catalog[kind].flatMap((entry) => [entry.name, ...entry.aliases]);
  const clause = mustBeKnown(kind, names, name).replace(
    "an object with the facts",
    kind === "models" ? "the path of a config.json, or a repository, owner/name" : "one of a file given by --catalog",
  );
  return new InputError(`the name ${JSON.stringify(name.slice(0, 100))} ${clause}.`);
}

import { BUILT_IN_CATALOG, type Catalog } from "../../specs/catalog.js";
import { mustBeKnown } from "../../specs/catalogued.js";
import { check, pathText, shown } from "../../specs/check.js";
import { type HardwareFacts, hardwareSchema } from "../../specs/hardware-catalog.js";
import { hardwareKeys } from "../../specs/hardware/hardware-keys.js";
import { InputError } from "../../specs/input-error.js";
import { type ModelFacts, modelSchema } from "../../specs/model-catalog.js";
import { modelKeys } from "../../specs/models/model-keys.js";

/** A GPU by a name of a catalog, or by its facts: as code has them, or in the keys of a fleet file. */
export type GpuChoice = string | HardwareFacts | Readonly<Record<string, unknown>>;

/** A model by a name of a catalog, or by its facts: as code has them (`importModel`), or in the keys of a fleet file. */
export type ModelChoice = string | ModelFacts | Readonly<Record<string, unknown>>;

/** What was chosen, and what a fleet file has for it: a name that everyone knows stays one. */
export interface Found<Facts> {
  facts: Facts;
  input: string | Readonly<Record<string, unknown>>;
}

/**
 * Facts of a GPU.
 *
 * @param field What messages call it.
 * @throws InputError if no catalog has the name, or the facts cannot be.
 */
export function foundHardware(gpu: GpuChoice, catalog: Catalog, field: string): Found<HardwareFacts> {
  if (typeof gpu !== "string") {
    const input = "peakBf16Flops" in gpu ? hardwareKeys(gpu as HardwareFacts) : gpu;
    return { facts: check(hardwareSchema, input, (path) => fieldOf(field, path)), input };
  }
  const entry = catalog.findHardware(gpu);
  if (!entry) throw unknown(field, "hardware", gpu, catalog.hardware);
  return { facts: entry.facts, input: entry === BUILT_IN_CATALOG.findHardware(gpu) ? gpu : hardwareKeys(entry.facts) };
}

/**
 * Facts of a model.
 *
 * @param field What messages call it.
 * @throws InputError if no catalog has the name, or the facts cannot be.
 */
export function foundModel(model: ModelChoice, catalog: Catalog, field: string): Found<ModelFacts> {
  if (typeof model !== "string") {
    const input = "tiedEmbeddings" in model ? modelKeys(model as ModelFacts) : model;
    return { facts: check(modelSchema, input, (path) => fieldOf(field, path)), input };
  }
  const entry = catalog.findModel(model);
  if (!entry) throw unknown(field, "models", model, catalog.models);
  return { facts: entry.facts, input: entry === BUILT_IN_CATALOG.findModel(model) ? model : modelKeys(entry.facts) };
}

function fieldOf(field: string, path: readonly PropertyKey[]): string {
  return path.length === 0 ? field : `${pathText(path, "")} of ${field}`;
}

function unknown(
  field: string,
  kind: "hardware" | "models",
  name: string,
  entries: readonly { name: string; aliases: readonly string[] }[],
): InputError {
  const names = entries.flatMap((entry) => [entry.name, ...entry.aliases]);
  return new InputError(`${field} is ${shown(name)}, but ${mustBeKnown(kind, names, name)}.`);
}

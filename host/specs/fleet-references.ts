import { readCatalogFile, type Catalog } from "./catalog.js";
import type { FieldNaming } from "./check.js";
import { MAX_POOLS } from "./fleet-spec.js";
import { hardwareKeys } from "./hardware/hardware-keys.js";
import { findHardware } from "./hardware-catalog.js";
import { importModel } from "./hugging-face.js";
import { InputError } from "./input-error.js";
import { isObject } from "./is-object.js";
import { findModel } from "./model-catalog.js";
import { modelKeys } from "./models/model-keys.js";
import { pathBeside } from "./path-beside.js";

/**
 * Puts facts in the place of what a fleet file refers to: names of the `catalog` that it names, and models given by the path of their `config.json`. Paths are relative to
 * the folder of the file. Everything else is left for the check of the fleet. Node only.
 *
 * @param fleet what the file holds; not changed.
 * @throws InputError where a file that it refers to cannot be read or used.
 */
export async function resolveReferences(fleet: unknown, fileName: string, nameOf: FieldNaming): Promise<unknown> {
  if (!isObject(fleet)) return fleet;
  const { catalog: path, ...rest } = fleet;
  if (path !== undefined && (typeof path !== "string" || path === ""))
    throw new InputError(`${nameOf(["catalog"])} must be the path of a catalog file.`);
  const references: References = {
    fileName,
    catalog: path === undefined ? undefined : await readCatalogFile(pathBeside(fileName, path)),
    imported: new Map(),
  };
  // More pools than a fleet may have are refused by its check.
  if (!Array.isArray(fleet["pools"]) || fleet["pools"].length > MAX_POOLS) return rest;
  const pools: unknown[] = [];
  for (const pool of fleet["pools"] as unknown[]) pools.push(await resolvePool(pool, references));
  return { ...rest, pools };
}

interface References {
  fileName: string;
  catalog: Catalog | undefined;
  /** Facts of configurations by path: pools often share one. */
  imported: Map<string, Record<string, unknown>>;
}

async function resolvePool(pool: unknown, references: References): Promise<unknown> {
  if (!isObject(pool) || !isObject(pool["iteration_model"])) return pool;
  const { hardware, model, ...rest } = pool["iteration_model"];
  const resolved = {
    ...rest,
    ...(hardware === undefined ? {} : { hardware: resolveHardware(hardware, references) }),
    ...(model === undefined ? {} : { model: await resolveModel(model, references) }),
  };
  return { ...pool, iteration_model: resolved };
}

function resolveHardware(hardware: unknown, { catalog }: References): unknown {
  if (typeof hardware !== "string") return hardware;
  const entry = catalog?.findHardware(hardware);
  // What is built in keeps its name, so that messages are about what was written.
  return entry === undefined || entry === findHardware(hardware) ? hardware : hardwareKeys(entry.facts);
}

async function resolveModel(model: unknown, { catalog, fileName, imported }: References): Promise<unknown> {
  if (typeof model !== "string") return model;
  const entry = catalog?.findModel(model);
  if (entry !== undefined && entry !== findModel(model)) return modelKeys(entry.facts);
  if (!/\.json$/i.test(model)) return model;
  const path = pathBeside(fileName, model);
  let facts = imported.get(path);
  if (facts === undefined) {
    facts = modelKeys((await importModel(path)).facts);
    imported.set(path, facts);
  }
  return facts;
}

/** The flag of commands that take hardware and models by name. */
import type { Command } from "commander";
import { BUILT_IN_CATALOG, readCatalogFile } from "../specs/catalog.js";
import { hardwareKeys } from "../specs/hardware/hardware-keys.js";
import { importModel, isImportable } from "../specs/hugging-face.js";
import { modelKeys } from "../specs/models/model-keys.js";

/** Adds `--catalog`. */
export function addCatalogFlag(command: Command): Command {
  return command.option("--catalog <file>", "also hardware and models of this file, JSON or YAML; they come first");
}

/**
 * Hardware and model of a roofline by names: those of the built-in catalog stay names, those of the file become facts in the keys of a fleet file, and so does a model that
 * no catalog has and that is the path of a `config.json` or a repository of huggingface.co.
 *
 * @throws InputError if the catalog or the model cannot be read.
 */
export async function resolveNames(
  { hardware, model }: { hardware: string; model: string },
  file: string | undefined,
): Promise<{ hardware: unknown; model: unknown }> {
  const catalog = file === undefined ? BUILT_IN_CATALOG : await readCatalogFile(file);
  const gpu = catalog.findHardware(hardware);
  const shape = catalog.findModel(model);
  const isOwnGpu = gpu !== undefined && gpu !== BUILT_IN_CATALOG.findHardware(hardware);
  const isOwnModel = shape !== undefined && shape !== BUILT_IN_CATALOG.findModel(model);
  const isElsewhere = shape === undefined && isImportable(model);
  const own = isElsewhere ? await importModel(model) : isOwnModel ? shape : undefined;
  return {
    hardware: isOwnGpu ? hardwareKeys(gpu.facts) : hardware,
    model: own === undefined ? model : modelKeys(own.facts),
  };
}

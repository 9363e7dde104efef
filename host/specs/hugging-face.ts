import { isNode } from "./is-node.js";
import { InputError } from "./input-error.js";
import { readDocument } from "./document.js";
import { fetchConfig, type FetchOptions, isRepositoryId, isSameSite, SITE } from "./hugging-face/fetch-config.js";
import { modelFromConfig } from "./hugging-face/read-config.js";
import { readTextFile } from "./read-text-file.js";
import type { ModelEntry } from "./model-catalog.js";

export { modelFromConfig, type ConfigReading } from "./hugging-face/read-config.js";
export type { FetchOptions } from "./hugging-face/fetch-config.js";

/** Most bytes of a `config.json`. */
const MAX_BYTES = 1024 * 1024;

/** Whether a name that no catalog has is one that {@link importModel} takes: a path, or the id of a repository. */
export function isImportable(name: string): boolean {
  return /[/\\]|\.json$/i.test(name);
}

/** How a model is imported. */
export interface ImportOptions extends FetchOptions {
  /** What it is called; by default the name of its folder, file or repository, or what the configuration says. */
  name?: string;
}

/**
 * Facts of a model from its Hugging Face configuration.
 *
 * @param source a mapping (what `config.json` holds), the path of a `config.json` (Node only), or the id of a repository (`owner/name`), whose `config.json` is then fetched
 *   from huggingface.co; `HF_TOKEN` and `HF_ENDPOINT` in the environment are heeded in Node. That token goes to huggingface.co and to the site that `HF_ENDPOINT` names, never to another
 *   `endpoint` of the options: such a one gets the `token` of the options or none.
 * @throws InputError one sentence: the file or repository cannot be read, or as {@link modelFromConfig}.
 */
export async function importModel(
  source: string | Readonly<Record<string, unknown>>,
  options: ImportOptions = {},
): Promise<ModelEntry> {
  const named = options.name === undefined ? {} : { name: options.name };
  if (typeof source !== "string") return modelFromConfig(source, { source: "config.json", ...named });
  if (isRepositoryId(source)) {
    const text = await fetchConfig(source, { ...environment(options.endpoint), ...options });
    const where = `config.json of ${source}`;
    const { value, nameOf } = readDocument(text, `${source}/config.json`);
    return modelFromConfig(value, { source: where, name: source.split("/")[1]!, nameOf, ...named });
  }
  if (!/\.json$/i.test(source))
    throw new InputError(
      `${JSON.stringify(source.slice(0, 200))} is neither the path of a .json file nor the id of a repository, owner/name.`,
    );
  const { value, nameOf } = readDocument(await readTextFile(source, MAX_BYTES), source);
  return modelFromConfig(value, { source, nameOf, ...named, ...nameFromPath(value, source, options.name) });
}

/** A file that says nothing of its name bears that of its folder if it is called `config.json`, else its own. */
function nameFromPath(config: unknown, path: string, name: string | undefined): { name?: string } {
  const says = (config as { _name_or_path?: unknown } | null)?._name_or_path;
  if (name !== undefined || (typeof says === "string" && says !== "")) return {};
  const parts = path.split(/[/\\]/).filter((part) => part !== "" && part !== "." && part !== "..");
  const stem = parts.at(-1)?.replace(/\.json$/i, "");
  const own = stem === "config" ? (parts.at(-2) ?? stem) : stem;
  return own === undefined || own === "" ? {} : { name: own };
}

/** What the environment says for the site that the caller names, or for its own. */
function environment(named: string | undefined): FetchOptions {
  if (!isNode()) return {};
  const { HF_TOKEN: token, HF_ENDPOINT: own } = process.env;
  // Whoever set the token trusts these sites with it, not one that a caller's input may have named.
  const isTrusted = named === undefined || [SITE, own].some((site) => site && isSameSite(site, named));
  return { ...(token !== undefined && isTrusted ? { token } : {}), ...(own ? { endpoint: own } : {}) };
}

import { nameIndex, plainName } from "./catalog-names.js";
import { catalogued } from "./catalogued.js";
import { type FieldNaming, pathText } from "./check.js";
import { readCited } from "./cited.js";
import { DEEPSEEK } from "./models/deepseek.js";
import { GEMMA } from "./models/gemma.js";
import { LLAMA } from "./models/llama.js";
import { MISTRAL } from "./models/mistral.js";
import type { ModelFacts } from "./models/model-facts.js";
import { inlineModel } from "./models/model-fields.js";
import { OTHERS } from "./models/others.js";
import { QWEN } from "./models/qwen.js";

export {
  type LatentAttention,
  type ModelFacts,
  type SlidingWindow,
  WEIGHT_DTYPES,
  type WeightDtype,
} from "./models/model-facts.js";

/** A model of a catalog: its facts, and where they come from. */
export interface ModelEntry {
  name: string;
  /** Other names that it goes by, ids on huggingface.co among them. */
  aliases: readonly string[];
  facts: ModelFacts;
  /** Where figures come from that have no source of their own. */
  source: string;
  /** Where each figure that is written in the entry comes from, by its key there. */
  sources: Readonly<Record<string, string>>;
}

const ENTRIES = [...LLAMA, ...QWEN, ...MISTRAL, ...DEEPSEEK, ...GEMMA, ...OTHERS] as const;

/** A model of the catalog. */
export type ModelName = (typeof ENTRIES)[number]["name"];

/** Models whose facts are known, as fleet files name them. */
export const MODEL_NAMES = ENTRIES.map(({ name }) => name) as [ModelName, ...ModelName[]];

const INDEX = nameIndex<(typeof ENTRIES)[number]>(ENTRIES);
const checked = new Map<string, ModelEntry>();

/** The model of the built-in catalog with this name or alias, in any case, "-", "_" and blanks alike; `undefined`: none. */
export function findModel(name: string): ModelEntry | undefined {
  const written = INDEX.get(plainName(name));
  if (written === undefined) return undefined;
  let entry = checked.get(written.name);
  if (entry === undefined) {
    const nameOf: FieldNaming = (path) => `${written.name} of the catalog: ${pathText(path, "the entry")}`;
    entry = readModelEntry(written, nameOf, "");
    checked.set(written.name, entry);
  }
  return entry;
}

/** A model of the built-in catalog with its sources. */
export function modelEntry(name: ModelName): ModelEntry {
  return findModel(name)!;
}

/** Facts of a model of the built-in catalog. */
export function modelFacts(name: ModelName): ModelFacts {
  return modelEntry(name).facts;
}

/**
 * Checks the entry of a model in a catalog, built in or not.
 *
 * @param defaultSource where figures come from that have none of their own in an entry without one.
 * @throws InputError one sentence about one mistake.
 */
export function readModelEntry(input: unknown, nameOf: FieldNaming, defaultSource: string): ModelEntry {
  const { aliases, source, sources, facts } = readCited(inlineModel, input, { nameOf, defaultSource });
  return { name: facts.name, aliases, facts, source, sources };
}

/** The key `model` of a roofline: a name of the catalog, or the facts themselves. */
export const modelSchema = catalogued({
  kind: "models",
  names: [...INDEX.keys()],
  find: (name) => findModel(name)?.facts,
  inline: inlineModel,
});

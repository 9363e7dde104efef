/**
 * The model catalog of the Python `vllm-sr-sim` 0.1.0 (module `models/catalog.py`), figure for figure, faults included (docs/reference/python-compat.md). For
 * comparison only; the project's own facts are in `host/specs`.
 */
import { mustBeOneOf } from "../../specs/fields.js";
import { InputError } from "../../specs/input-error.js";
import type { PythonModel } from "./model-shape.js";

type Row = readonly [name: string, aliases: readonly string[], dense: readonly number[], moe?: readonly number[]];

/** Dense: layers, heads, KV heads, hidden, intermediate, vocabulary, positions. MoE: width of an expert, experts, of which a token takes, shared ones. */
const ROWS: readonly Row[] = [
  ["llama-3.1-8b", ["meta-llama/Meta-Llama-3.1-8B"], [32, 32, 8, 4096, 14336, 128256, 131072]],
  ["llama-3.1-70b", ["meta-llama/Meta-Llama-3.1-70B"], [80, 64, 8, 8192, 28672, 128256, 131072]],
  ["llama-3.1-405b", ["meta-llama/Meta-Llama-3.1-405B"], [126, 128, 8, 16384, 53248, 128256, 131072]],
  ["mistral-7b", ["mistralai/Mistral-7B-v0.3"], [32, 32, 8, 4096, 14336, 32000, 32768]],
  ["mixtral-8x7b", ["mistralai/Mixtral-8x7B-v0.1"], [32, 32, 8, 4096, 14336, 32000, 32768], [14336, 8, 2, 0]],
  ["qwen3-8b", ["Qwen/Qwen3-8B"], [36, 32, 8, 4096, 12288, 151936, 40960]],
  ["qwen3-32b", ["Qwen/Qwen3-32B"], [64, 40, 8, 5120, 27648, 151936, 40960]],
  ["qwen3-235b-a22b", ["qwen3-235b", "Qwen/Qwen3-235B-A22B"], [94, 64, 4, 4096, 0, 151936, 40960], [1536, 128, 8, 0]],
  ["qwen3-30b-a3b", ["qwen3-30b", "Qwen/Qwen3-30B-A3B"], [48, 16, 4, 2048, 0, 151936, 40960], [768, 128, 8, 0]],
  ["deepseek-v3", ["deepseek-ai/DeepSeek-V3"], [61, 128, 128, 7168, 0, 129280, 163840], [2048, 256, 8, 1]],
];

/** All models of the tool's catalog. */
export const PYTHON_MODELS: readonly PythonModel[] = ROWS.map(([name, aliases, dense, moe = [0, 0, 0, 0]]) => ({
  name,
  layers: dense[0]!,
  heads: dense[1]!,
  kvHeads: dense[2]!,
  hidden: dense[3]!,
  intermediate: dense[4]!,
  vocab: dense[5]!,
  maxPosition: dense[6]!,
  moeIntermediate: moe[0]!,
  experts: moe[1]!,
  topK: moe[2]!,
  sharedExperts: moe[3]!,
  aliases,
}));

/**
 * A model by name or alias, as `models.get` finds it: in any case, underscores and spaces as hyphens.
 *
 * @throws InputError for an unknown name; lists those that exist.
 */
export function pythonModel(name: string): PythonModel {
  const wanted = normalized(name);
  const found = PYTHON_MODELS.find((model) => [model.name, ...model.aliases].some((key) => normalized(key) === wanted));
  if (found) return found;
  const names = PYTHON_MODELS.map((model) => model.name);
  throw new InputError(`The Python tool's model is ${JSON.stringify(name)}, but ${mustBeOneOf(name, names)}.`);
}

function normalized(name: string): string {
  return name.toLowerCase().replaceAll(/[_ ]/g, "-");
}

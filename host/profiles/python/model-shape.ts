import { pythonDisplayName } from "./display-name.js";

/** What the Python tool knows of a model. */
export interface PythonModel {
  name: string;
  layers: number;
  heads: number;
  kvHeads: number;
  hidden: number;
  /** Width of the dense feed-forward layer; 0 where the catalog has none. */
  intermediate: number;
  vocab: number;
  maxPosition: number;
  /** Width of an expert; 0 without experts. */
  moeIntermediate: number;
  experts: number;
  topK: number;
  sharedExperts: number;
  aliases: readonly string[];
}

/** Width of a head as the tool has it, `floor(hidden / heads)`, whatever the model's own configuration says. */
export function pythonHeadDim({ hidden, heads }: PythonModel): number {
  return Math.floor(hidden / heads);
}

/** Whether the tool takes the model for a mixture of experts. */
export function pythonIsMoe({ experts, moeIntermediate }: PythonModel): boolean {
  return experts > 0 || moeIntermediate > 0;
}

/** Keys and values of a token over all layers and heads, bytes; `bytes` those of a number. */
export function pythonKvBytesPerToken(model: PythonModel, bytes = 2): number {
  return 2 * model.layers * model.kvHeads * pythonHeadDim(model) * bytes;
}

/** Parameters: one table of embeddings, attention, feed-forward. No output projection, no norms. */
export function pythonParameters(model: PythonModel): number {
  return countWith(model, model.experts);
}

/** Parameters that a token passes through: with `topK` experts instead of all. */
export function pythonActiveParameters(model: PythonModel): number {
  return countWith(model, model.topK);
}

function countWith(model: PythonModel, expertsCounted: number): number {
  const { layers, hidden, vocab, kvHeads, intermediate, moeIntermediate, sharedExperts } = model;
  const attention = 2 * hidden * hidden + 2 * hidden * kvHeads * pythonHeadDim(model);
  // A shared expert is counted with the width of the dense layer, which is 0 for deepseek-v3.
  const width = pythonIsMoe(model) ? expertsCounted * moeIntermediate + sharedExperts * intermediate : intermediate;
  return vocab * hidden + layers * attention + layers * 3 * hidden * width;
}

/** Weights of each of `tp` GPUs, bytes; `bytes` those of a number. */
export function pythonWeightBytes(model: PythonModel, tp: number, bytes: number): number {
  return (pythonParameters(model) * bytes) / tp;
}

/** The model as the tool's names of profiles show it. */
export function pythonModelDisplayName(model: PythonModel): string {
  return pythonDisplayName(model.name);
}

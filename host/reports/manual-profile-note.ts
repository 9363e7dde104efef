/** Profiles whose constants are those of more GPUs than they count. */
const MANUAL = ["A100-80GB", "H100-80GB"];

/** What a reader must know where such profiles are told of. */
export function manualProfileNote(replicas: Iterable<string>): string[] {
  if (![...replicas].some((name) => MANUAL.includes(name))) return [];
  return [
    "the constants of a100 and h100 are those of Llama-3-70B on eight GPUs, price and power those of one, as in the Python tool: GPUs, dollars and watts are an eighth of the real ones. --model names a model, and counts its GPUs",
  ];
}

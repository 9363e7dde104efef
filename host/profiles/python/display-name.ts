/**
 * How the Python tool shows a model: what follows the last slash, as it is if it has a capital; otherwise part by part (`_humanize_name` of `models/spec.py`):
 * `qwen3-235b-a22b` becomes `Qwen3-235B-A22B`, `llama-3.1-70b` becomes `Llama-3.1-70B`, `mixtral-8x7b` becomes `Mixtral-8X7B`.
 */
export function pythonDisplayName(name: string): string {
  const base = name.slice(name.lastIndexOf("/") + 1);
  if (/\p{Lu}/u.test(base)) return base;
  return base.replaceAll("_", "-").split("-").map(shownPart).join("-");
}

function shownPart(raw: string): string {
  const part = raw.trim();
  if (part === "deepseek") return "DeepSeek";
  if (part.startsWith("qwen")) return capitalized(part);
  if (/^v\d+$/.test(part)) return part.toUpperCase();
  if (/\d/.test(part) && /\p{L}/u.test(part)) return part.toUpperCase();
  return capitalized(part);
}

function capitalized(part: string): string {
  return part.charAt(0).toUpperCase() + part.slice(1);
}

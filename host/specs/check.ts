import type { z } from "zod";
import { InputError } from "./input-error.js";

/** Where a field is: keys and indices from the root. */
export type FieldPath = readonly PropertyKey[];

/**
 * What a message calls a field: for a file its place and path (`fleet.json:3:14: pools[0].n_gpus`), for the command line the flag.
 */
export type FieldNaming = (path: FieldPath) => string;

/**
 * Checks a value against a schema.
 *
 * @returns the value with defaults filled in.
 * @throws InputError one sentence about one mistake. An unknown key comes first, since a misspelt key often is the reason that
 *   another one is missing.
 */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown, nameOf: FieldNaming): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InputError(sentence(firstIssue(result.error.issues), value, nameOf));
}

/** `pools[0].n_gpus`; the root is called `root`. */
export function pathText(path: FieldPath, root: string): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (/^[A-Za-z_]\w*$/.test(String(key))) text += text === "" ? String(key) : `.${String(key)}`;
    else text += `[${shown(String(key))}]`;
  }
  return text === "" ? root : text;
}

/** A value as a message shows it: short, on one line. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

type Issue = z.core.$ZodIssue;

function firstIssue(issues: readonly Issue[]): Issue {
  const leaves = issues.map(deepest);
  return leaves.find((issue) => issue.code === "unrecognized_keys") ?? leaves[0]!;
}

/** A union fails with a list of issues for each of its members: the one meant is the one that got furthest. */
function deepest(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  let best: Issue = issue;
  let bestDepth = 0;
  for (const branch of issue.errors) {
    if (branch.length === 0) continue;
    const leaf = firstIssue(branch);
    const depth = leaf.path.length + (leaf.code === "unrecognized_keys" ? 1 : 0);
    if (best === issue || depth > bestDepth) {
      best = { ...leaf, path: [...issue.path, ...leaf.path] };
      bestDepth = depth;
    }
  }
  return best;
}

function sentence(issue: Issue, root: unknown, nameOf: FieldNaming): string {
  if (issue.code === "unrecognized_keys") return `${nameOf([...issue.path, issue.keys[0]!])} ${issue.message}.`;
  const name = nameOf(issue.path);
  const value = valueAt(root, issue.path);
  if (value === undefined) return `${name} is missing; it ${issue.message}.`;
  if (issue.code === "custom" && typeof value === "object") return `${name} ${issue.message}.`;
  return `${name} is ${shown(value)}, but ${issue.message}.`;
}

function valueAt(root: unknown, path: FieldPath): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

import { shown } from "../specs/check.js";
import { InputError } from "../specs/input-error.js";

/** One request, as a user's own function sees it. */
export interface RequestView {
  arrivalS: number;
  inputTokens: number;
  outputTokens: number;
  /** Its label in the trace; empty = none. */
  label: string;
  /** Its category in the trace; empty = none. */
  category: string;
}

/** Names the pool (by id) of a request; `undefined`: the router's default pool. Called on the host, a chunk at a time. */
export type Classify = (request: RequestView) => string | undefined;

/**
 * Calls a user's function for the request of a number, from 1.
 *
 * @throws InputError with the request, if the function throws or answers neither text nor `undefined`.
 */
export function callClassify(classify: Classify, request: RequestView, number: number): string | undefined {
  let answer: unknown;
  try {
    answer = classify(request);
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
    throw new InputError(`classify threw ${reason.replaceAll(/\s+/g, " ")} for ${describe(request, number)}.`);
  }
  if (answer === undefined || typeof answer === "string") return answer;
  const found = answer instanceof Promise ? "a promise (it must not be async)" : shown(answer);
  throw new InputError(
    `classify answered ${found} for ${describe(request, number)}; allowed is the id of a pool, or undefined.`,
  );
}

/**
 * The default export of a user's ES module. Node only.
 *
 * @param path Of the file, against the working directory.
 * @throws InputError if the module cannot be loaded or exports no function.
 */
export async function loadClassify(path: string): Promise<Classify> {
  const { pathToFileURL } = await import("node:url");
  const { existsSync } = await import("node:fs");
  if (!existsSync(path))
    throw new InputError(`${path}: there is no such file; it must be an ES module with a default export.`);
  let exported: { default?: unknown };
  try {
    exported = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
    throw new InputError(`${path}: cannot be loaded as an ES module: ${reason.replaceAll(/\s+/g, " ")}.`);
  }
  const { default: classify } = exported;
  if (typeof classify === "function") return classify as Classify;
  throw new InputError(
    `${path}: its default export is ${shown(classify)}; allowed is a function (request) => id of a pool.`,
  );
}

function describe({ arrivalS, inputTokens, outputTokens, label, category }: RequestView, number: number): string {
  const named = `${label === "" ? "" : `, label ${shown(label)}`}${category === "" ? "" : `, category ${shown(category)}`}`;
  return `request ${number} (arrival ${arrivalS} s, ${inputTokens} input and ${outputTokens} output tokens${named})`;
}

import * as z from "zod";
import { nearestName } from "./nearest-name.js";

/** A catalog whose entries a field may name. */
export interface Cataloguing<Facts> {
  /** What it lists: also the command that shows it. */
  kind: "hardware" | "models";
  /** Every name that it knows: one of them may have been meant. */
  names: readonly string[];
  find: (name: string) => Facts | undefined;
  /** Checks facts that are written out. */
  inline: z.ZodType<Facts>;
}

/**
 * A name of a catalog, in any case and spelling that it knows, or the facts themselves. A name that is unknown is refused with the one that was most likely meant.
 */
export function catalogued<Facts>({ kind, names, find, inline }: Cataloguing<Facts>) {
  const named = z
    .string({ error: mustBeKnown(kind, names) })
    .refine((name) => find(name) !== undefined, {
      error: (issue) => mustBeKnown(kind, names, String(issue.input)),
      abort: true,
    })
    .transform((name) => find(name)!);
  return z.union([named, inline]);
}

/** The clause for a name that is not in the catalog; the whole list would fill the screen. */
export function mustBeKnown(kind: "hardware" | "models", names: readonly string[], found?: string): string {
  const nearest = found === undefined ? undefined : likelyName(found, names);
  const hint = nearest === undefined ? "" : `did you mean ${nearest}? `;
  const list = `${hint}\`vllm-sr-sim ${kind}\` lists them`;
  return `must be a name of the catalog of ${kind} (${list}), or an object with the facts`;
}

/** Shortest beginning of a name that stands for the name. */
const SHORTEST_BEGINNING = 2;

/** Whoever writes `h100-sx` means `h100-sxm`, though another may take fewer changes. */
function likelyName(found: string, names: readonly string[]): string | undefined {
  const begun = names.find((name) => found.length >= SHORTEST_BEGINNING && name.startsWith(found.toLowerCase()));
  return begun ?? nearestName(found, names);
}

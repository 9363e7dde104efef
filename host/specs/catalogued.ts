import * as z from "zod";
import { mustBeOneOf } from "./fields.js";

/**
 * A name of a catalog, in any case, or the facts themselves: `find` gives the facts of a name, `inline` checks those that are written out.
 * A name that is unknown is refused with the list and the one that was most likely meant.
 */
export function catalogued<Name extends string, Facts>(
  names: readonly [Name, ...Name[]],
  find: (name: Name) => Facts,
  inline: z.ZodType<Facts>,
) {
  const known = (name: string) => names.find((one) => one === name.toLowerCase());
  const named = z
    .string({ error: `${mustBeOneOf(undefined, names)}, or an object with the facts` })
    .refine((name) => known(name) !== undefined, {
      error: (issue) => `${unknownName(String(issue.input), names)}, or an object with the facts`,
      abort: true,
    })
    .transform((name) => find(known(name)!));
  return z.union([named, inline]);
}

/** Shortest beginning of a name that stands for the name. */
const SHORTEST_BEGINNING = 2;

/** Whoever writes `a100` means `a100-sxm-80gb`, though `a10g` takes fewer changes. */
function unknownName(found: string, names: readonly string[]): string {
  const begun = names.find((name) => found.length >= SHORTEST_BEGINNING && name.startsWith(found.toLowerCase()));
  return begun === undefined ? mustBeOneOf(found, names) : `${mustBeOneOf(undefined, names)} (did you mean ${begun}?)`;
}

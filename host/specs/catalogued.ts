import * as z from "zod";
import { mustBeOneOf } from "./fields.js";

/**
 * A name of a catalog, in any case, or the facts themselves: `find` gives the facts of a name, `inline` checks those that are written out.
 * A name that is unknown is refused with the list and the nearest.
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
      error: (issue) => `${mustBeOneOf(issue.input, names)}, or an object with the facts`,
      abort: true,
    })
    .transform((name) => find(known(name)!));
  return z.union([named, inline]);
}

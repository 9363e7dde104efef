import * as z from "zod";
import { check, type FieldNaming } from "./check.js";
import { mistake, objectWith, text } from "./fields.js";

/** What an entry says beside its figures. */
export interface CitedHeader {
  aliases: readonly string[];
  /** Where figures come from that have no source of their own. */
  source: string;
  /** Where each figure comes from, by its key in the entry. */
  sources: Readonly<Record<string, string>>;
}

/** Most names that one entry goes by. */
const MAX_ALIASES = 64;
const LONGEST_NAME = 128;
const LONGEST_SOURCE = 600;

const aliasesError = `must be a list of at most ${MAX_ALIASES} names`;

const headerSchema = z.looseObject(
  {
    aliases: z
      .array(text(LONGEST_NAME), { error: aliasesError })
      .max(MAX_ALIASES, { error: aliasesError, abort: true })
      .default([]),
    source: text(LONGEST_SOURCE).optional(),
  },
  { error: "must be an object with a name and figures" },
);

const citedFigure = objectWith("an object with value and source", { value: z.unknown(), source: text(LONGEST_SOURCE) });

/**
 * Checks an entry of a catalog as it is written: each figure is a value, or `{ value, source }`; `source` says where all others come from. `name` and `aliases` are no figures. `figures` checks its values as if they were written plainly.
 *
 * @param defaultSource where figures come from that have none of their own in an entry without one.
 * @throws InputError one sentence about one mistake.
 */
export function readCited<Facts>(
  figures: z.ZodType<Facts>,
  input: unknown,
  { nameOf, defaultSource }: { nameOf: FieldNaming; defaultSource: string },
): CitedHeader & { facts: Facts } {
  const { aliases, source = defaultSource, ...rest } = check(headerSchema, input, nameOf);
  const plain = Object.create(null) as Record<string, unknown>;
  const sources: Record<string, string> = {};
  for (const [key, written] of Object.entries(rest)) {
    if (!isCited(written)) {
      plain[key] = written;
      if (key !== "name") sources[key] = source;
      continue;
    }
    const figure = check(citedFigure, written, (path) => nameOf([key, ...path]));
    plain[key] = figure.value;
    sources[key] = figure.source;
  }
  return { aliases, source, sources, facts: check(withName(figures), plain, nameOf) };
}

/** An entry without a name could not be found again. */
function withName<Facts>(figures: z.ZodType<Facts>) {
  return z
    .unknown()
    .superRefine((entry, context) => {
      if (!Object.hasOwn(entry as object, "name")) mistake(context, ["name"], "must be text of 1 to 64 characters");
    })
    .pipe(figures);
}

function isCited(value: unknown): value is { value: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, "value");
}

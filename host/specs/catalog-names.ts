/**
 * How names of a catalog are compared: in any case, with "-", "_" and blanks alike, as the Python tool looks them up.
 */
export function plainName(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[_\s]/g, "-");
}

/** What can be found by its name or by others that it goes by. */
export interface Named {
  name: string;
  aliases: readonly string[];
}

/** Entries by every name that they go by; where two share one, the first has it. */
export function nameIndex<Entry extends Named>(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const index = new Map<string, Entry>();
  // Names before aliases: no alias takes the name of another.
  for (const entry of entries) add(index, entry.name, entry);
  for (const entry of entries) for (const alias of entry.aliases) add(index, alias, entry);
  return index;
}

function add<Entry>(index: Map<string, Entry>, name: string, entry: Entry): void {
  const key = plainName(name);
  if (!index.has(key)) index.set(key, entry);
}

import { shown } from "../specs/check.js";
import { mustBeOneOf } from "../specs/fields.js";
import { InputError } from "../specs/input-error.js";
import { findLink, LINK_NAMES, type LinkEntry, LINKS } from "../specs/link-catalog.js";

/** A link of the catalog, in the keys of results. */
export interface LinkRow {
  name: string;
  /** Other names that it goes by. */
  aliases: readonly string[];
  /** What one of it carries in one direction, decimal GB/s, by its standard or data sheet. */
  bandwidth_GBps: number;
  /** What has one of it. */
  per: LinkEntry["per"];
  source: string;
}

/** Links that the `link` of a pool may name. */
export interface LinkListing {
  links: LinkRow[];
}

const GB = 1e9;

/**
 * Links between replicas that are known by name, each with its source.
 *
 * @param name one of them, by name or alias; all unless given.
 * @throws InputError for a name that the catalog does not have.
 */
export function listLinks(name?: string): LinkListing {
  if (name === undefined) return { links: LINKS.map(row) };
  const link = findLink(name);
  if (link !== undefined) return { links: [row(link)] };
  throw new InputError(`the name of a link is ${shown(name)}, but ${mustBeOneOf(name, LINK_NAMES)}.`);
}

function row({ name, aliases, bytesPerS, per, source }: LinkEntry): LinkRow {
  return { name, aliases, bandwidth_GBps: bytesPerS / GB, per, source };
}

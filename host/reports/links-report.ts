import type { LinkListing, LinkRow } from "../planners/link-list.js";
import { paragraph } from "./paragraph.js";
import { given } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
const NAME_WIDTH = 10;
const BANDWIDTH_WIDTH = 11;
const PER_WIDTH = 10;
/** Where sources begin. */
const SOURCE_COLUMN = NAME_WIDTH + BANDWIDTH_WIDTH + PER_WIDTH + 2;

const PER: Readonly<Record<LinkRow["per"], string>> = { gpu: "a GPU", server: "a server" };

/** Links with what one of each carries, and where that is from. */
export function linksReport({ links }: LinkListing): string {
  return [
    ...links.flatMap(linkLines),
    "",
    ...paragraph(
      "GB/s:",
      "in one direction, decimal, by the standard or the data sheet; a fleet takes a share of it (efficiency). A replica has one for each of its GPUs, or one where it says a server, unless nics of its link says otherwise. A link of type none has no limit; bandwidth_GBps gives one that is not here.",
      0,
      WIDTH,
    ),
  ].join("\n");
}

function linkLines({ name, aliases, bandwidth_GBps: bandwidth, per, source }: LinkRow): string[] {
  const bytes = `${given(bandwidth)} GB/s`.padStart(BANDWIDTH_WIDTH);
  const label = `${name.padEnd(NAME_WIDTH)}${bytes}  ${PER[per].padEnd(PER_WIDTH)}`;
  const others = aliases.length === 0 ? "" : ` (also ${aliases.join(", ")})`;
  return paragraph(label, source + others, SOURCE_COLUMN, WIDTH);
}

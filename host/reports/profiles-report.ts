import colours from "picocolors";
import type { ProfileList, ProfileRow } from "../planners/profile-list.js";
import { type Column, columnTable } from "./column-table.js";
import { count, dollars, NONE, significant } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;

/** The profiles that there are, on a page of 100 columns. */
export function profilesReport({ manual, computed }: ProfileList): string {
  const byHand = [
    colours.bold("given by hand"),
    ...columnTable([{ title: "gpu", cell: ({ gpu }) => gpu }, ...COLUMNS], manual, WIDTH),
  ];
  if (computed.length === 0) return byHand.join("\n");
  return [colours.bold("computed"), ...columnTable(COLUMNS, computed, WIDTH), "", ...byHand].join("\n");
}

const COLUMNS: Column<ProfileRow>[] = [
  { title: "profile", cell: ({ name }) => name },
  { title: "GPUs", cell: ({ gpus_per_replica: gpus }) => count(gpus) },
  { title: "$/h", cell: ({ cost_per_hr: cost }) => (cost === 0 ? NONE : dollars(cost)) },
  { title: "W ms", cell: ({ W_s }) => significant(W_s * 1e3) },
  { title: "H ms", cell: ({ H_s }) => significant(H_s * 1e3) },
  { title: "at tokens", cell: ({ calibration_ctx: context }) => count(context), rank: 1 },
  { title: "KV blocks", cell: ({ total_kv_blks: blocks }) => count(blocks), rank: 2 },
  { title: "slots", cell: ({ n_slots: slots, max_ctx: context }) => `${count(slots)} of ${count(context)}` },
];

import { count, percent } from "./quantities.js";

/** What of the requests no fleet takes, as results of planners have it. */
export interface TooLong {
  too_long_share: number;
  least_max_ctx: number | null;
}

/**
 * That requests are longer than the largest window, and what follows.
 *
 * @param windowFlag The flag that sets that window.
 */
export function tooLongNotes({ too_long_share: share, least_max_ctx: needed }: TooLong, windowFlag: string): string[] {
  if (share === 0) return [];
  const turnedAway = `${percent(share)} of the requests are longer than the largest window: every fleet turns them away`;
  if (needed === null) return [`${turnedAway}.`];
  return [
    `${turnedAway}, which is more than a P99 leaves, so that none keeps the objective. ${windowFlag} ${count(needed).replaceAll(",", "")} is the least that could.`,
  ];
}

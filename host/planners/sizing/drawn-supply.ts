import { clipTotals } from "../../workloads/clip-totals.js";
import { coreDraw, type DrawnRequests, feedDrawn } from "../feed.js";
import { type PoolRequests, type RequestSupply, ROWS_AT_ONCE, type TotalsRange } from "./request-supply.js";

/**
 * Requests of a workload that does not vary in time, part by part: each part is drawn by the core from the law that its requests have, and at their rate, without those that do not belong to it. `undefined` for
 * other workloads.
 */
export function drawnSupply(drawn: DrawnRequests): RequestSupply | undefined {
  const { model, process, rateRps } = drawn;
  if (process.type !== "poisson" || !clipTotals(model, 0, Infinity)) return undefined;
  return {
    part: async ({ above, upTo }: TotalsRange, count: number): Promise<PoolRequests> => {
      const clipped = clipTotals(model, above, upTo);
      if (!clipped) return { count: 0, lookedAt: 0, spanS: 0, feed: async () => {} };
      const part = { ...drawn, model: clipped.model, rateRps: rateRps * clipped.share, count };
      return {
        count,
        lookedAt: Math.ceil(count / clipped.share),
        spanS: count / part.rateRps,
        draw: coreDraw(part),
        feed: (simulation, fleet, isEnough) =>
          feedDrawn(simulation, part, { fleet, ...(isEnough ? { isEnough, chunkRows: ROWS_AT_ONCE } : {}) }),
      };
    },
  };
}

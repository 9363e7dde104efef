import type { LengthLaw } from "../../workloads/length-law/length-law.js";
import { type LengthNodes, NodeList } from "../../workloads/length-law/node-list.js";
import type { ReplicaOption } from "./replica-option.js";
import type { TotalsRange } from "./request-supply.js";

/** Shortening of requests just above a boundary, so that they fit the pool below it: the router compress_route. */
export interface Compression {
  /** Requests of up to `gamma` times the boundary may be shortened. */
  gamma: number;
  /** Share of all requests whose category lets them be shortened. */
  safeShare: number;
  /** Probability that one of those is. */
  pCompress: number;
}

/** The part of a workload that one pool of a fleet serves. Pools behind a router by length do not meet: each can be sized by itself. */
export interface Segment {
  /** Requests longer than this ... */
  above: number;
  /** ... and up to this, which is the window of the pool: `max_ctx`. */
  upTo: number;
  /** Where requests between this pool and the other one of a fleet of two may be compressed: which of the two this is. */
  compression?: Compression & { side: "below" | "above"; boundary: number; otherMaxCtx: number };
  /** What its replicas can be. */
  options: readonly ReplicaOption[];
}

/** Which requests may reach the pool of a segment. */
export function reachOf({ above, upTo, compression }: Segment): TotalsRange {
  if (compression?.side !== "below") return { above, upTo };
  return { above, upTo: Math.min(highestCompressed(compression), compression.otherMaxCtx) };
}

/** Longest request that may be shortened. */
function highestCompressed({ gamma, boundary }: { gamma: number; boundary: number }): number {
  return Math.floor(gamma * boundary);
}

/** Equal for segments that are the same, whatever fleets they are in. */
export function segmentKey({ above, upTo, compression, options }: Segment): string {
  const names = options.map(({ name }) => name).join();
  if (!compression) return `${above}-${upTo} ${names}`;
  const { side, boundary, gamma, pCompress, otherMaxCtx } = compression;
  return `${above}-${upTo} ${names} ${side} ${boundary} ${gamma} ${pCompress} ${otherMaxCtx}`;
}

/** Share of all requests that the pool of a segment serves, compressed ones included. */
export function segmentShare(law: LengthLaw, { above, upTo, compression }: Segment): number {
  const own = law.share(above, upTo);
  if (!compression) return own;
  const { boundary, side, otherMaxCtx, safeShare, pCompress } = compression;
  const reach = Math.min(highestCompressed(compression), Math.max(upTo, otherMaxCtx));
  const band = safeShare * pCompress * law.share(boundary, reach);
  return side === "below" ? own + band : own - band;
}

/**
 * Lengths of what the pool of a segment serves, with weights that sum to {@link segmentShare}. A compressed request has the boundary's total; those whose output alone is as long stay as they
 * are, and are few: they are counted on both sides.
 *
 * @param chunk Prompt tokens of a prefill iteration: no node stands for prompts that take different numbers of them.
 */
export function segmentNodes(law: LengthLaw, segment: Segment, chunk?: number): LengthNodes {
  const split = chunk === undefined ? {} : { chunk };
  const { above, upTo, compression } = segment;
  const own = law.nodes(above, upTo, split);
  if (!compression) return own;
  const { boundary, side, otherMaxCtx, safeShare, pCompress } = compression;
  const reach = Math.min(highestCompressed(compression), Math.max(upTo, otherMaxCtx));
  const share = safeShare * pCompress;
  const nodes = new NodeList();
  const add = ({ input, output, weight }: LengthNodes, factor: number, total?: number) => {
    for (let i = 0; i < weight.length; i++) {
      const prompt = total === undefined ? input[i]! : Math.max(1, total - output[i]!);
      nodes.add(prompt, output[i]!, weight[i]! * factor);
    }
  };
  const band = law.nodes(boundary, reach, split);
  if (side === "below") {
    add(own, 1);
    add(band, share, boundary);
  } else {
    add(band, 1 - share);
    add(law.nodes(reach, upTo, split), 1);
  }
  return nodes.columns();
}

import type { FleetInput } from "../../specs/fleet-spec.js";
import { type Compression, type Segment } from "./segment.js";
import type { ReplicaOption } from "./replica-option.js";

/** A way to cut a workload into pools. */
export interface FleetCandidate {
  /** Where pools meet, total tokens, ascending; none: one pool for all. */
  boundaries: readonly number[];
  /** There if requests above the only boundary may be compressed. */
  compression?: Compression;
  /** From the shortest requests to the longest. */
  segments: readonly Segment[];
}

/** What {@link fleetCandidate} is made of. */
export interface CandidateOptions {
  boundaries: readonly number[];
  /** Window of the last pool, tokens. */
  maxCtx: number;
  compression?: Compression;
  /** What the replicas of pool `index` of `pools` can be. */
  optionsOf: (index: number, pools: number) => readonly ReplicaOption[];
}

/** A candidate of one pool more than there are boundaries. */
export function fleetCandidate({ boundaries, maxCtx, compression, optionsOf }: CandidateOptions): FleetCandidate {
  const edges = [0, ...boundaries, maxCtx];
  const pools = edges.length - 1;
  const segments = edges.slice(1).map((upTo, index): Segment => {
    const segment = { above: edges[index]!, upTo, options: optionsOf(index, pools) };
    if (!compression) return segment;
    const side = index === 0 ? ("below" as const) : ("above" as const);
    const otherMaxCtx = index === 0 ? maxCtx : boundaries[0]!;
    return { ...segment, compression: { ...compression, side, boundary: boundaries[0]!, otherMaxCtx } };
  });
  return { boundaries, ...(compression ? { compression } : {}), segments };
}

/** Names of pools, from the shortest requests on. */
export function poolIds(pools: number): string[] {
  if (pools === 1) return ["all"];
  if (pools === 2) return ["short", "long"];
  return Array.from({ length: pools }, (_, index) => `pool-${index + 1}`);
}

/** The router of a candidate, in the keys of a fleet file. */
export function routerInput({ boundaries, compression }: FleetCandidate): NonNullable<FleetInput["router"]> {
  if (!compression) return "length";
  const { gamma, pCompress } = compression;
  return { type: "compress_route", b_short: boundaries[0]!, gamma, p_compress: pCompress };
}

import {
  fifoLinkWaitS,
  layerwiseVisibleS,
  sharedLinkS,
  transferMoments,
  transferS,
} from "../../queueing/kv-transfer.js";
import type { Pool } from "../../specs/fleet.js";
import { kvBytesOf } from "../../specs/kv-bytes.js";
import type { LinkMode } from "../../specs/link-spec.js";
import type { PrefillStage, StageLink } from "../../specs/pool-stage.js";
import type { LengthNodes } from "../../workloads/length-law/node-list.js";

/** The links of one side, all alike, by themselves. Times in seconds; `null`: a link cannot keep up. */
export interface ExplainedLink {
  side: "prefill" | "decode";
  /** Name of the catalog, `none` or `custom`. */
  link: string;
  nics: number;
  /** What the link of a replica really carries, bytes/s; `null`: no limit. */
  bytes_per_s: number | null;
  replicas: number;
  /** Transfers a second of one link. */
  rate_rps: number;
  /** How long a transfer occupies it, on average: one after the other, a transfer occupies both of its links at the pace of the slower one. */
  occupied_s: number;
  /** Share of time that it is busy. */
  rho: number;
  /** Transfers a second that fill it; `null`: nothing does. */
  saturation_rps: number | null;
  /** The same of all links of the side. */
  saturation_of_side_rps: number | null;
  /** What others on the link add where transfers go one after the other, on average: M/G/1. */
  fifo_wait_s: number | null;
  /** What others on the link add where they share it, on average: processor sharing. */
  shared_wait_s: number | null;
}

/** What the way from prefill to decode takes. Times in seconds. */
export interface LinkExplanation {
  /** Bytes of a request that is handed over, on average. */
  mean_bytes: number;
  /** Squared coefficient of variation of bytes. */
  bytes_cv2: number;
  mode: "serial" | "layerwise";
  sharing: "fifo" | "shared";
  /** That of the mode in use, in the figure below that it belongs to. */
  latency_s: number;
  /** From the end of the prompt to landing on free links where all layers cross after it, on average. */
  serial_s: number;
  /** The same layer by layer, for a request of mean size. */
  layerwise_s: number;
  /** Share of all requests that are handed over. */
  handed_over_share: number;
  /** The side whose links are busier. */
  narrow: "prefill" | "decode";
  sides: ExplainedLink[];
}

/** What a pair of pools is asked. */
export interface LinkQuestion {
  prefill: Pool;
  stage: PrefillStage;
  /** What a transfer takes beside its bytes in either mode, s. */
  latencyS: Readonly<Record<LinkMode, number>>;
  decode: Pool;
  /** Requests a second of the whole prefill pool. */
  rateRps: number;
  lengths: LengthNodes;
  /** What a prompt takes alone, on average, s. */
  executionS: number;
}

/**
 * The way of keys and values in closed form: docs/reference/queueing.md, section Transfer. Requests are spread evenly over the replicas of either side, and memory of the decode side is never what they wait for.
 *
 * @returns `null` where nothing is handed over.
 */
export function explainLink(question: LinkQuestion): LinkExplanation | null {
  const { prefill, stage, decode, lengths, executionS, latencyS } = question;
  const decodeLink = decode.stage?.link ?? stage.link;
  const narrowest = Math.min(stage.link.bytesPerS, decodeLink.bytesPerS);
  const { bytes, weights, share } = handedOver(stage, lengths);
  if (share === 0) return null;
  // As times over a link of one byte a second.
  const { meanS: meanBytes, cv2 } = transferMoments(bytes, weights, 1);
  const crossing = { meanBytes, cv2, narrowest, sharing: stage.sharing, rateRps: question.rateRps * share };
  const before = explainSide({ side: "prefill", link: stage.link, replicas: prefill.replicas }, crossing);
  const after = explainSide({ side: "decode", link: decodeLink, replicas: decode.replicas }, crossing);
  const alone = transferS(meanBytes, narrowest);
  return {
    mean_bytes: meanBytes,
    bytes_cv2: cv2,
    mode: stage.mode,
    sharing: stage.sharing,
    latency_s: latencyS[stage.mode],
    serial_s: alone + latencyS.serial,
    layerwise_s: layerwiseVisibleS({
      transferS: alone,
      prefillS: executionS,
      layers: stage.layers,
      syncS: latencyS.layerwise,
    }),
    handed_over_share: share,
    narrow: before.rho > after.rho ? "prefill" : "decode",
    sides: [before, after],
  };
}

interface Side {
  side: "prefill" | "decode";
  link: StageLink;
  replicas: number;
}

interface Crossing {
  meanBytes: number;
  cv2: number;
  /** Bytes/s of the slower side. */
  narrowest: number;
  sharing: "fifo" | "shared";
  /** Of all replicas. */
  rateRps: number;
}

function explainSide({ side, link, replicas }: Side, crossing: Crossing): ExplainedLink {
  const { meanBytes, cv2, narrowest, sharing } = crossing;
  const rateRps = crossing.rateRps / replicas;
  const oneByOneS = transferS(meanBytes, narrowest);
  const ownS = transferS(meanBytes, link.bytesPerS);
  const occupiedS = sharing === "fifo" ? oneByOneS : ownS;
  return {
    side,
    link: link.name,
    nics: link.nics,
    bytes_per_s: finite(link.bytesPerS),
    replicas,
    rate_rps: rateRps,
    occupied_s: occupiedS,
    rho: rateRps * occupiedS,
    saturation_rps: finite(1 / occupiedS),
    saturation_of_side_rps: finite(replicas / occupiedS),
    fifo_wait_s: finite(fifoLinkWaitS(rateRps, { meanS: oneByOneS, cv2 })),
    shared_wait_s: finite(sharedLinkS(rateRps, ownS) - ownS),
  };
}

/** What crosses of each length; a request of one token is complete before, unless the decode side emits it. */
function handedOver({ kv, firstToken }: PrefillStage, { input, output, weight }: LengthNodes) {
  const isByDecode = firstToken === "decode";
  const bytes = input.map((tokens) => kvBytesOf(kv, isByDecode ? Math.max(0, tokens - 1) : tokens));
  const weights = weight.map((own, i) => (isByDecode || output[i]! > 1 ? own : 0));
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  return { bytes, weights, share: sum(weights) / sum(weight) };
}

function finite(value: number): number | null {
  return value < Infinity ? value : null;
}

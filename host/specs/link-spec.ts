import * as z from "zod";
import { plainName } from "./catalog-names.js";
import { mistake, mustBeOneOf, numberFrom, objectWith, oneOf, positiveNumber, wholeNumber } from "./fields.js";
import { findLink, LINK_NAMES } from "./link-catalog.js";

/** Whether keys and values cross after the prompt, or each layer once it is computed. */
export const LINK_MODES = ["serial", "layerwise"] as const;
export type LinkMode = (typeof LINK_MODES)[number];

/** Whether transfers of a link go one after the other, or all at once. */
export const SHARINGS = ["fifo", "shared"] as const;
export type Sharing = (typeof SHARINGS)[number];

/** When memory of the decode side is asked for. */
export const HANDOVERS = ["pull", "push", "reserve"] as const;
export type Handover = (typeof HANDOVERS)[number];

/** Name of the link that has no limit. */
export const NO_LIMIT = "none";
/** What a link is called that is given by its bandwidth. */
const CUSTOM_LINK = "custom";

/**
 * Share of its bandwidth that a link really carries, unless given. An assumption: RDMA between servers typically reaches 0.7 to 0.9.
 */
const EFFICIENCY = 0.8;

/**
 * What a transfer takes beside its bytes, us, unless given. `serial`: an assumption, tens of microseconds to set it up. `layerwise`: Splitwise (Patel et al., ISCA 2024)
 * measures 5 ms that stay visible, whatever the prompt, on H100 with 400 Gbit/s, and 8 ms on A100 with 200 Gbit/s; the smaller one, since what the last layer takes to cross is
 * counted by itself.
 */
const LATENCY_US: Readonly<Record<LinkMode, number>> = { serial: 50, layerwise: 5000 };

const HANDOVER: Readonly<Record<LinkMode, Handover>> = { serial: "pull", layerwise: "push" };

/** Most NICs of a replica. */
const MAX_NICS = 1024;
/** Most bandwidth of a NIC, GB/s. */
const MAX_GBPS = 1e6;
/** Longest latency, us. */
const MAX_LATENCY_US = 1e8;
/** Most bytes of a token that may be given: two hundred times those of the largest models. */
const MAX_KV_BYTES = 1e9;
/** Most layers of a model. */
const MAX_LAYERS = 10_000;
const MAX_REGROUP = 10;
const GB = 1e9;
const MICROSECONDS_PER_SECOND = 1e6;

/** The link of a replica, checked, with defaults filled in but for those that its pool decides. */
export interface LinkSpec {
  /** Name of the catalog, {@link NO_LIMIT} or {@link CUSTOM_LINK}. */
  name: string;
  /** What one NIC carries in one direction by its name, bytes/s; Infinity: no limit. */
  nicBytesPerS: number;
  /** NICs of a replica; absent: one, or one for each of its GPUs where `perGpu`. */
  nics?: number;
  perGpu: boolean;
  /** Share of the bandwidth that it really carries. */
  efficiency: number;
}

/** How a prefill pool uses its link. */
export interface TransferSpec {
  latencyS: number;
  mode: LinkMode;
  sharing: Sharing;
  handover: Handover;
  /** Factor on the bytes where the tensor parallelism of both sides differs. */
  regroup: number;
  /** Bytes of a token that cross; absent: what the roofline of the pool knows. */
  kvBytesPerToken?: number;
  /** Layers of the model; absent: the same. */
  layers?: number;
}

const LINK_TYPES = [...LINK_NAMES, NO_LIMIT];

const linkType = z
  .string({ error: mustBeOneOf(undefined, LINK_TYPES) })
  .refine((name) => plainName(name) === NO_LIMIT || findLink(name) !== undefined, {
    error: (issue) => mustBeOneOf(issue.input, LINK_TYPES),
    abort: true,
  });

const efficiencyClause = "must be a number above 0, at most 1";
const bandwidthClause = `must be a number above 0, at most ${MAX_GBPS}`;

const linkShape = objectWith("an object with type or bandwidth_GBps", {
  type: linkType
    .optional()
    .describe(`one of ${LINK_NAMES.join(", ")}, or ${NO_LIMIT} for no limit; \`vllm-sr-sim links\` tells of them`),
  bandwidth_GBps: z
    .number({ error: bandwidthClause })
    .positive({ error: bandwidthClause, abort: true })
    .max(MAX_GBPS, { error: bandwidthClause, abort: true })
    .optional()
    .describe("what one NIC carries in one direction, decimal GB/s, in place of type"),
  nics: wholeNumber(1, MAX_NICS)
    .optional()
    .describe(
      "NICs of a replica; unless given one for each of its GPUs where type is one of a GPU (nvlink, ib, pcie), else 1",
    ),
  efficiency: z
    .number({ error: efficiencyClause })
    .positive({ error: efficiencyClause, abort: true })
    .max(1, { error: efficiencyClause, abort: true })
    .optional()
    .describe(`share of the bandwidth that it really carries; ${EFFICIENCY} unless given, an assumption`),
  latency_us: numberFrom(0, MAX_LATENCY_US)
    .optional()
    .describe(
      `prefill pools: us that a transfer takes beside its bytes; ${LATENCY_US.serial} unless given, ${LATENCY_US.layerwise} with mode layerwise`,
    ),
  mode: oneOf(LINK_MODES)
    .optional()
    .describe("prefill pools: keys and values cross after the prompt (serial, the default), or layer by layer"),
  sharing: oneOf(SHARINGS)
    .optional()
    .describe(
      "prefill pools: transfers of a link go one after the other (fifo, the default) or all at once; the same in all of them",
    ),
  handover: oneOf(HANDOVERS)
    .optional()
    .describe(
      "prefill pools: when memory of the decode side is asked for; pull unless given, push with mode layerwise",
    ),
  regroup: numberFrom(1, MAX_REGROUP)
    .optional()
    .describe("prefill pools: factor on the bytes where tp of both sides differs; 1 unless given, an assumption"),
  kv_bytes_per_token: positiveNumber()
    .max(MAX_KV_BYTES, { error: `must be at most ${MAX_KV_BYTES}`, abort: true })
    .optional()
    .describe("prefill pools: bytes of a token that cross; those of the model where iteration_model is a roofline"),
  layers: wholeNumber(1, MAX_LAYERS)
    .optional()
    .describe("prefill pools with mode layerwise: layers of the model; those of a roofline unless given"),
});

/** The key `link` of a pool as its author gave it, checked. */
export type LinkFields = z.output<typeof linkShape>;
type LinkKey = keyof LinkFields;

/** `link` of a pool. */
export const linkSchema = linkShape.superRefine((link, context) => {
  const say = (key: LinkKey, message: string) => mistake(context, [key], message);
  if (link.type !== undefined && link.bandwidth_GBps !== undefined) {
    say("bandwidth_GBps", "type is given too; a link has one of them");
  }
  if (link.type === undefined && link.bandwidth_GBps === undefined) {
    say("type", `${mustBeOneOf(undefined, LINK_TYPES)}, or else bandwidth_GBps must be given`);
  }
  if (link.type !== undefined && plainName(link.type) === NO_LIMIT) {
    for (const key of ["nics", "efficiency"] as const) {
      if (link[key] !== undefined) say(key, `has no meaning where type is ${NO_LIMIT}`);
    }
  }
  if (link.mode === "layerwise" && link.handover === "pull") {
    say("handover", "must be push or reserve with mode layerwise: layers cross before the prompt is computed");
  }
  if (link.mode === "layerwise" && link.sharing === "shared") {
    say(
      "sharing",
      "must be fifo with mode layerwise: what crosses before the end of a prompt would have to share the link as well",
    );
  }
  if (link.mode !== "layerwise" && link.layers !== undefined) say("layers", "has no meaning without mode layerwise");
});

/** Keys that say how a prefill pool uses its link. */
export const TRANSFER_KEYS = [
  "latency_us",
  "mode",
  "sharing",
  "handover",
  "regroup",
  "kv_bytes_per_token",
  "layers",
] as const satisfies readonly LinkKey[];

/** Keys that say what a link is, of whichever pool. */
export const OWN_LINK_KEYS = ["type", "bandwidth_GBps", "nics", "efficiency"] as const satisfies readonly Exclude<
  LinkKey,
  (typeof TRANSFER_KEYS)[number]
>[];

/** The link itself. */
export function linkOf(link: LinkFields): LinkSpec {
  const { type, bandwidth_GBps: bandwidth = 0, nics, efficiency = EFFICIENCY } = link;
  const use = { efficiency, ...(nics === undefined ? {} : { nics }) };
  if (type === undefined) return { name: CUSTOM_LINK, nicBytesPerS: bandwidth * GB, perGpu: false, ...use };
  const entry = findLink(type);
  if (entry === undefined) return { name: NO_LIMIT, nicBytesPerS: Infinity, perGpu: false, efficiency: 1 };
  return { name: entry.name, nicBytesPerS: entry.bytesPerS, perGpu: entry.per === "gpu", ...use };
}

/** How a prefill pool uses it. */
export function transferOf(link: LinkFields): TransferSpec {
  const { mode = "serial", kv_bytes_per_token: kvBytesPerToken, layers } = link;
  return {
    latencyS: (link.latency_us ?? LATENCY_US[mode]) / MICROSECONDS_PER_SECOND,
    mode,
    sharing: link.sharing ?? "fifo",
    handover: handoverOf(link),
    regroup: link.regroup ?? 1,
    ...(kvBytesPerToken === undefined ? {} : { kvBytesPerToken }),
    ...(layers === undefined ? {} : { layers }),
  };
}

/** When memory of the decode side is asked for, given or by default. */
export function handoverOf({ mode = "serial", handover }: LinkFields): Handover {
  return handover ?? HANDOVER[mode];
}

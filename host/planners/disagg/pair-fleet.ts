import { type Fleet, resolveFleet } from "../../specs/fleet.js";
import { checkFleet, type FleetInput } from "../../specs/fleet-spec.js";
import { type FieldPath, pathText } from "../../specs/check.js";
import { InputError } from "../../specs/input-error.js";
import { OptionError, type OptionNaming } from "../../specs/option-error.js";
import { isGroupOfEight } from "../../specs/gpu-catalog.js";
import { OWN_LINK_KEYS } from "../../specs/link-spec.js";
import { MAX_REPLICAS, MAX_SLOTS } from "../../specs/pool-spec.js";
import type { FirstToken } from "../../specs/stage-spec.js";
import { poolInput, type PoolInput } from "../sizing/replica-option.js";
import { withReplicas } from "../sizing/replica-pool.js";
import type { PairCounts } from "./pair-frontier.js";
import { bothRoles, type RoleKind } from "./role-kind.js";

/** What keys and values cross, in the keys of a fleet file. */
export type LinkInput = NonNullable<PoolInput["link"]>;

/** How requests get from one side to the other. */
export interface HandoverChoice {
  /** Default: what servers of these GPUs are sold with, see {@link defaultLink}. */
  link?: Partial<LinkInput>;
  /** Which side emits the first token. Default `prefill`. */
  firstToken?: FirstToken;
  /** Prompt tokens pending in a prefill replica from which on requests go to the decode pool as they are. Default: never. */
  spillPromptTokens?: number;
  /** Whether a request that finds no room in the decode pool decodes where it is. Default false. */
  keepDecodes?: boolean;
}

/** Ids of the two pools. */
export const PREFILL_ID = "prefill";
export const DECODE_ID = "decode";

/**
 * Bytes of a token of Llama-3.1-70B, 80 layers, 8 key and value heads of 128 numbers, bf16: the model whose times the profiles a100 and h100 have. The 65,536 blocks of 16 tokens that they hold are 344 GB of it.
 */
export const PROFILE_KV_BYTES = 2 * 80 * 8 * 128 * 2;
/** Layers of that model. */
const PROFILE_LAYERS = 80;
/** GPUs whose times those profiles have. */
const PROFILE_GPUS = 8;

/**
 * A NIC for each GPU, as DGX servers have: DGX A100 with HDR, DGX H100, H200 and B200 with NDR. Of others nothing is known: 100 Gbit/s Ethernet for a replica.
 */
export function defaultLink({ pool }: RoleKind): LinkInput {
  const name = (pool.roofline?.hardware.name ?? pool.profile.name).toLowerCase();
  const nics = isGroupOfEight(pool.profile) ? { nics: PROFILE_GPUS } : {};
  if (name.startsWith("a100")) return { type: "ib-hdr", ...nics };
  if (/^(h100|h200|b200|gb200)/.test(name)) return { type: "ib-ndr", ...nics };
  return { type: "100gbe" };
}

/** Two pools of given kinds, in the keys of a fleet file. */
export function pairInput(
  prefill: RoleKind,
  decode: RoleKind,
  counts: PairCounts,
  { maxCtx, handover }: { maxCtx: number; handover: HandoverChoice },
): FleetInput {
  const { firstToken, spillPromptTokens, keepDecodes, link = {} } = handover;
  const pools = [
    {
      ...poolInput(bothRoles(prefill.option), { id: PREFILL_ID, replicas: counts.prefill, maxCtx }),
      role: "prefill" as const,
      decode_pool: DECODE_ID,
      ...(firstToken === undefined ? {} : { first_token: firstToken }),
      ...(spillPromptTokens === undefined ? {} : { spill_prompt_tokens: spillPromptTokens }),
      ...(keepDecodes ? { keep_decodes: true } : {}),
      link: { ...linkOf(prefill, link), ...crossingOf(prefill, link) },
    },
    {
      ...poolInput(withoutPrefixes(decode), { id: DECODE_ID, replicas: counts.decode, maxCtx }),
      role: "decode" as const,
      link: linkOf(decode, link),
    },
  ];
  return { engine: "iterations", pools };
}

function linkOf(kind: RoleKind, given: Partial<LinkInput>): LinkInput {
  const own = kind.option.replica.link ?? defaultLink(kind);
  const isNamed = given.type !== undefined || given.bandwidth_GBps !== undefined;
  const link: LinkInput = {};
  for (const key of OWN_LINK_KEYS) {
    const value = given[key] ?? (isNamed ? undefined : own[key]);
    if (value !== undefined) Object.assign(link, { [key]: value });
  }
  return link;
}

/** How a prefill pool uses its link; of a replica whose model is not known, what of the model of the profiles crosses. */
function crossingOf(kind: RoleKind, given: Partial<LinkInput>): LinkInput {
  const crossing: LinkInput = { ...kind.option.replica.link, ...given };
  for (const key of OWN_LINK_KEYS) delete crossing[key];
  if (kind.pool.roofline || crossing.kv_bytes_per_token !== undefined) return withLayers(kind, crossing);
  if (!isGroupOfEight(kind.pool.profile)) {
    throw new OptionError(
      (nameOf) =>
        `nothing is known of the model that ${kind.option.name} serves: ${nameOf("handover.link.kv_bytes_per_token")} must say how many bytes of a token cross, or ${nameOf("model")} name it.`,
    );
  }
  return withLayers(kind, { ...crossing, kv_bytes_per_token: PROFILE_KV_BYTES });
}

function withLayers({ pool }: RoleKind, crossing: LinkInput): LinkInput {
  if (pool.roofline || crossing.mode !== "layerwise" || crossing.layers !== undefined) return crossing;
  if (isGroupOfEight(pool.profile)) return { ...crossing, layers: PROFILE_LAYERS };
  return crossing;
}

/** A decode pool computes no prompts, so that it keeps none either; and takes what was begun. */
function withoutPrefixes({ option }: RoleKind) {
  const { name, replica } = bothRoles(option);
  const decoding = { ...replica };
  for (const key of ["prefix_weight", "max_queue"] as const) delete decoding[key];
  if (decoding.balance === "prefix_affinity") delete decoding.balance;
  if (decoding.serving) {
    decoding.serving = { ...decoding.serving };
    for (const key of ["enable_prefix_caching", "prefix_block"] as const) delete decoding.serving[key];
  }
  return { name, replica: decoding };
}

/**
 * A fleet of one replica in each pool, of which others are made.
 *
 * @param what What messages call it.
 * @param optionAt The option that has set a key of it; `undefined`: none.
 * @throws InputError if there is no such fleet.
 */
export function resolvedFleet(
  input: FleetInput,
  what: string,
  optionAt: (path: FieldPath) => string | undefined = () => undefined,
): Fleet {
  const resolve = (nameOf: OptionNaming) => {
    const naming = (path: FieldPath) => {
      const option = optionAt(path);
      return option === undefined ? pathText(path, "the fleet") : nameOf(option);
    };
    return resolveFleet(checkFleet(input, naming));
  };
  try {
    return resolve((option) => option);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new OptionError((nameOf) => `${what}: ${messageOf(() => resolve(nameOf))}`);
  }
}

function messageOf(mistake: () => unknown): string {
  try {
    mistake();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("a fleet that could not be can be");
}

/**
 * The same fleet with so many replicas in its pools, in their order.
 *
 * @throws InputError if it is larger than a fleet can be.
 */
export function withCounts(fleet: Fleet, counts: readonly number[]): Fleet {
  const pools = fleet.pools.map((pool, index) => withReplicas(pool, counts[index]!));
  const sum = (figure: (pool: Fleet["pools"][number]) => number) =>
    pools.reduce((total, pool) => total + figure(pool), 0);
  const replicas = sum((pool) => pool.replicas);
  const slots = sum((pool) => pool.replicas * pool.slots);
  if (replicas > MAX_REPLICAS || slots > MAX_SLOTS) {
    throw new InputError(
      `a fleet would need ${replicas} replicas with ${slots} slots; it has at most ${MAX_REPLICAS} replicas and ${MAX_SLOTS} slots.`,
    );
  }
  return { ...fleet, pools, replicas, slots, gpus: sum(({ gpus }) => gpus), costPerHr: sum((pool) => pool.costPerHr) };
}

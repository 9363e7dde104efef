import { type KvBytes, modelKvBytes } from "./kv-bytes.js";
import type { Handover, LinkMode, LinkSpec, Sharing, TransferSpec } from "./link-spec.js";
import { gpusPerReplica } from "./pool-replica.js";
import { type PoolSpec, replicaSource } from "./pool-spec.js";
import { linkOfPool, stageReferences } from "./stage-references.js";
import type { FirstToken, PrefillSpec } from "./stage-spec.js";

/** The link of one replica. */
export interface StageLink {
  /** Name of the catalog, `none` or `custom`. */
  name: string;
  nics: number;
  /** What one NIC carries in one direction by its name, bytes/s; Infinity: no limit. */
  nicBytesPerS: number;
  /** Share of it that it really carries. */
  efficiency: number;
  /** `nics * nicBytesPerS * efficiency`. */
  bytesPerS: number;
}

/** A pool that computes prompts and hands requests over, in figures. Meanings: docs/reference/disaggregation.md, Pools. */
export interface PrefillStage {
  role: "prefill";
  /** Index of the pool that decodes. */
  decodePool: number;
  firstToken: FirstToken;
  handover: Handover;
  mode: LinkMode;
  sharing: Sharing;
  link: StageLink;
  latencyS: number;
  /** What crosses, {@link regroup} included. */
  kv: KvBytes;
  /** Layers of the model; 1 where they do not matter and are not known. */
  layers: number;
  /** Factor on the bytes: 1 where both sides have the same tensor parallelism. */
  regroup: number;
  /** Prompt tokens pending in a replica from which on requests go to the decode pool as they are; `null`: never. */
  spillPromptTokens: number | null;
  /** Whether a request that finds no room in the decode pool decodes where it is. */
  keepDecodes: boolean;
}

/** A pool that decodes what others hand over, in figures. */
export interface DecodeStage {
  role: "decode";
  link: StageLink;
}

/** What a pool does where prefill and decode are apart. */
export type PoolStage = PrefillStage | DecodeStage;

/** Whether prefill and decode are apart in some pools of a fleet. */
export function isStaged({ pools }: { pools: readonly { stage?: unknown }[] }): boolean {
  return pools.some(({ stage }) => stage !== undefined);
}

/** What each pool of a fleet that was checked does; `undefined`: everything. */
export function resolveStages(pools: readonly PoolSpec[]): (PoolStage | undefined)[] {
  const references = stageReferences(pools);
  return pools.map((pool, index) => {
    if (pool.stage === undefined) return undefined;
    const link = stageLink(linkOfPool(index, pools, references)!, pool);
    if (pool.stage.role === "decode") return { role: "decode", link };
    const decodePool = references.decodePool[index]!;
    return { ...prefillStage(pool, pool.stage, pools[decodePool]!), decodePool, link };
  });
}

function prefillStage(
  pool: PoolSpec,
  { transfer, ...stage }: PrefillSpec,
  decode: PoolSpec,
): Omit<PrefillStage, "decodePool" | "link"> {
  const regroup = tensorParallel(pool) === tensorParallel(decode) ? 1 : transfer.regroup;
  return {
    role: "prefill",
    firstToken: stage.firstToken,
    handover: transfer.handover,
    mode: transfer.mode,
    sharing: transfer.sharing,
    latencyS: transfer.latencyS,
    ...crossing(pool, transfer, regroup),
    regroup,
    spillPromptTokens: stage.spillPromptTokens ?? null,
    keepDecodes: stage.keepDecodes,
  };
}

function crossing({ iterationModel: model }: PoolSpec, transfer: TransferSpec, regroup: number) {
  const { kvBytesPerToken: given } = transfer;
  const known = model?.type === "roofline" ? { kv: modelKvBytes(model), layers: model.model.layers } : undefined;
  const kv = given === undefined ? known!.kv : { tokenBytes: given, windowBytes: 0, window: 0 };
  return {
    kv: { ...kv, tokenBytes: kv.tokenBytes * regroup, windowBytes: kv.windowBytes * regroup },
    layers: transfer.layers ?? known?.layers ?? 1,
  };
}

function stageLink({ name, nicBytesPerS, efficiency, perGpu, nics: given }: LinkSpec, pool: PoolSpec): StageLink {
  const nics = given ?? (perGpu ? gpusPerReplica(replicaSource(pool)) : 1);
  return { name, nics, nicBytesPerS, efficiency, bytesPerS: nics * nicBytesPerS * efficiency };
}

/** GPUs that share every layer. */
function tensorParallel(pool: PoolSpec): number {
  const source = replicaSource(pool);
  return gpusPerReplica(source) / source.pp;
}

import { mustBeOneOf } from "./fields.js";
import type { ModelFacts } from "./model-catalog.js";
import type { PoolSpec } from "./pool-spec.js";
import type { RooflineSpec } from "./roofline-spec.js";
import { linkOfPool, NONE, stageReferences } from "./stage-references.js";
import type { PrefillSpec } from "./stage-spec.js";

type Say = (path: PropertyKey[], message: string) => void;

/** Most ids in a message. */
const SHOWN_IDS = 20;

/** Checks what the pools of a fleet say of each other where prefill and decode are apart. */
export function checkStages(pools: readonly PoolSpec[], say: Say): void {
  const references = stageReferences(pools);
  const ids = pools.filter(({ stage }) => stage?.role === "decode").map(({ id }) => id);
  const firstPrefill = pools.findIndex(({ stage }) => stage?.role === "prefill");
  for (const [index, pool] of pools.entries()) {
    const sayHere: Say = (path, message) => say(["pools", index, ...path], message);
    if (pool.stage?.role === "prefill") {
      const decode = references.decodePool[index]!;
      if (decode === NONE) refuseReference(pool.stage, ids, sayHere);
      checkSharing(pool.stage, pools[firstPrefill]!, firstPrefill, sayHere);
      checkKnown(pool, pool.stage, sayHere);
      if (decode !== NONE) checkTwins(pool, { decode: pools[decode]!, index: decode }, sayHere);
    } else if (pool.stage?.role === "decode") {
      if (references.prefillPools[index]!.length === 0) sayHere(["role"], "no prefill pool hands over to it");
      else if (linkOfPool(index, pools, references) === undefined)
        sayHere(["link"], "must be given: the links of the prefill pools that hand over to it differ");
    }
  }
}

function refuseReference({ decodePool }: PrefillSpec, ids: readonly string[], say: Say): void {
  const shown = ids.slice(0, SHOWN_IDS);
  if (ids.length === 0) say(["role"], "the fleet has no pool of role decode to hand over to");
  else if (decodePool === undefined)
    say(["decode_pool"], `${mustBeOneOf(undefined, shown)}: the fleet has several pools of role decode`);
  else say(["decode_pool"], `${mustBeOneOf(decodePool, shown)}: it must name a pool of role decode`);
}

function checkSharing({ transfer }: PrefillSpec, first: PoolSpec, firstIndex: number, say: Say): void {
  if (first.stage?.role !== "prefill") return;
  const { sharing } = first.stage.transfer;
  if (transfer.sharing !== sharing)
    say(
      ["link", "sharing"],
      `must be ${sharing} as in pools[${firstIndex}]: all prefill pools of a fleet have the same`,
    );
}

/** A pool without a model cannot say what crosses. */
function checkKnown({ iterationModel }: PoolSpec, { transfer }: PrefillSpec, say: Say): void {
  if (iterationModel?.type === "roofline") return;
  const why = "the pool has no roofline, which would know the model";
  if (transfer.kvBytesPerToken === undefined)
    say(["link", "kv_bytes_per_token"], `must be the bytes of a token that cross: ${why}`);
  if (transfer.mode === "layerwise" && transfer.layers === undefined)
    say(["link", "layers"], `must be the layers of the model: ${why}`);
}

/** Keys and values of one model mean nothing to another. */
function checkTwins(pool: PoolSpec, { decode, index }: { decode: PoolSpec; index: number }, say: Say): void {
  const [here, there] = [pool.iterationModel, decode.iterationModel];
  if (here?.type !== "roofline" || there?.type !== "roofline") return;
  if (shapeOf(here) !== shapeOf(there))
    say(["iteration_model", "model"], `must be the model of pools[${index}], which decodes: ${there.model.name}`);
  else if (here.kvDtype !== there.kvDtype)
    say(["iteration_model", "kv_dtype"], `must be that of pools[${index}], which decodes: ${there.kvDtype}`);
}

/** What makes two models one, whatever they are called and in which types their weights are published. */
function shapeOf({ model }: RooflineSpec): string {
  const aside: readonly (keyof ModelFacts)[] = ["name", "weightDtype", "maxContext"];
  return JSON.stringify(Object.entries(model).filter(([key]) => !aside.includes(key as keyof ModelFacts)));
}

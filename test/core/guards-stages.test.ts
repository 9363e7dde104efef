/** What the core refuses of fleets in which prefill and decode are apart: the host refuses it in words, this guards the loop. */
import { beforeAll, describe, expect, it } from "vitest";
import * as C from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import type { CorePool, CorePrefillStage, CoreServing } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import { decodePool, prefillPool } from "../iterations-reference/stages/building-stages.js";
import { loadBuild } from "./wasm-builds.js";

let core: Core;
beforeAll(async () => {
  core = await loadBuild("debug");
});

const PREFILL = prefillPool();
const DECODE = decodePool();
const STAGE = PREFILL.stage as CorePrefillStage;
/** Bytes of a token. */
const KV = STAGE.kv;

interface Change {
  prefill?: Partial<CorePool>;
  stage?: Partial<CorePrefillStage>;
  decode?: Partial<CorePool>;
  others?: CorePool[];
}

function begin({ prefill = {}, stage = {}, decode = {}, others = [] }: Change): Simulation {
  const pools = [{ ...PREFILL, stage: { ...STAGE, ...stage }, ...prefill }, { ...DECODE, ...decode }, ...others];
  return new Simulation(core, { engine: "iterations", pools, router: { type: "round_robin" }, seed: 1 });
}

const serving = (change: Partial<CoreServing>): Partial<CorePool> => ({ serving: { ...DECODE.serving!, ...change } });

/** The sentence names the pool and the field by number. */
function expectRefused(change: Change, pool: number, field: number): void {
  expect(() => begin(change)).toThrow(RangeError);
  expect([core.exports.errorA(), core.exports.errorB()]).toEqual([pool, field]);
}

describe("a fleet of a prefill and a decode pool", () => {
  it("is taken", () => {
    expect(() => begin({})).not.toThrow();
  });

  it.each<[string, number, Change]>([
    ["hands over to no pool", C.POOL_DECODE_POOL, { stage: { decodePool: 2 } }],
    ["hands over to half a pool", C.POOL_DECODE_POOL, { stage: { decodePool: 0.5 } }],
    ["hands over to itself", C.POOL_DECODE_POOL, { stage: { decodePool: 0 } }],
    ["takes longer requests than its decode pool", C.POOL_MAX_CTX, { decode: { maxCtx: 999 } }],
    [
      "sends layer by layer over shared links",
      C.POOL_LINK_SHARED,
      { stage: { mode: "layerwise", handover: "push", sharing: "shared" } },
    ],
    ["sends layer by layer what is pulled", C.POOL_LINK_MODE, { stage: { mode: "layerwise" } }],
    ["has a link that carries nothing", C.POOL_LINK_BANDWIDTH, { stage: { linkBytesPerS: 0 } }],
    ["has a link that carries what is not a number", C.POOL_LINK_BANDWIDTH, { stage: { linkBytesPerS: NaN } }],
    ["has a negative latency", C.POOL_LINK_LATENCY, { stage: { linkLatencyS: -1 } }],
    ["has a latency beyond the clock", C.POOL_LINK_LATENCY, { stage: { linkLatencyS: 2e9 } }],
    ["has negative bytes", C.POOL_KV_TOKEN_BYTES, { stage: { kv: { ...KV, tokenBytes: -1 } } }],
    ["has negative bytes in a window", C.POOL_KV_WINDOW_BYTES, { stage: { kv: { ...KV, windowBytes: -1 } } }],
    ["has a window that is not a number", C.POOL_KV_WINDOW, { stage: { kv: { ...KV, window: NaN } } }],
    ["has a model of no layer", C.POOL_LAYERS, { stage: { layers: 0 } }],
    ["spills from nothing on", C.POOL_SPILL, { stage: { spillPromptTokens: 0 } }],
    ["spills what is reserved", C.POOL_SPILL, { stage: { spillPromptTokens: 9, handover: "reserve" } }],
    ["spills from one queue", C.POOL_SPILL, { stage: { spillPromptTokens: 9 }, prefill: { queue: "shared" } }],
    ["reserves behind a limit", C.POOL_MAX_QUEUE, { stage: { handover: "reserve" }, prefill: { maxQueue: 3 } }],
    ["keeps what is pushed", C.POOL_KEEP, { stage: { keepDecodes: true, handover: "push" } }],
  ])("whose prefill pool %s is refused", (_, field, change) => {
    expectRefused(change, 0, field);
  });

  it.each<[string, number, Partial<CorePool>]>([
    ["takes prompts alone", C.POOL_SCHEDULER, serving({ scheduler: "vllm-v0", chunked: false })],
    ["has one queue", C.POOL_SHARED_QUEUE, { queue: "shared" }],
    ["has a limit of its queue", C.POOL_MAX_QUEUE, { maxQueue: 5 }],
    ["has a prefix cache", C.POOL_PREFIX_BLOCK, serving({ prefixBlock: 16 })],
    ["has a link that carries nothing", C.POOL_LINK_BANDWIDTH, { stage: { role: "decode", linkBytesPerS: 0 } }],
  ])("whose decode pool %s is refused", (_, field, decode) => {
    expectRefused({ decode }, 1, field);
  });

  it("whose prefill pools do not agree on sharing links is refused", () => {
    expectRefused({ others: [prefillPool({ stage: { sharing: "shared" } })] }, 2, C.POOL_LINK_SHARED);
  });
});

it("a fleet of decode pools alone is refused: nobody could arrive", () => {
  const make = () =>
    new Simulation(core, { engine: "iterations", pools: [DECODE], router: { type: "length" }, seed: 1 });
  expect(make).toThrow(RangeError);
});

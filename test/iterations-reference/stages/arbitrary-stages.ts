/**
 * Random cases of staged fleets: prefill pools that hand over to decode pools in every way that the rules allow, with mixed pools beside them.
 *
 * Memory of either side is often hardly above what the longest request needs, links are now free of limits and now slower than the prompts that come, and
 * transfers, iterations and arrivals are often whole units of time so that they meet at one tick.
 */
import fc from "fast-check";
import type { CorePool, CorePrefillStage } from "../../../host/core/run-spec.js";
import {
  closedLoopDraw,
  fitClosedLoop,
  fitRequests,
  fitRouter,
  type RequestDraw,
  requestDraw,
  routerDraw,
  scale,
  type Scale,
} from "../arbitrary.js";
import { fitLongModel } from "../arbitrary-model.js";
import { crowded, fitPool, type PoolDraw, poolDraw, stretched } from "../arbitrary-pool.js";
import type { IterationsCase, IterationsRequest } from "../case.js";

const share = fc.double({ min: 0, max: 1, noNaN: true });

/** Tokens that a link carries in a unit of time. */
const bandwidthDraw = fc.oneof(
  { weight: 2, arbitrary: fc.constant(Infinity) },
  { weight: 4, arbitrary: fc.constantFrom(1, 4, 8, 40) },
  { weight: 2, arbitrary: fc.double({ min: 0.5, max: 60, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0.05, 1e5) },
);

/** Units, but for a latency of a few ticks or less, s. */
const latencyDraw = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ units: 0, seconds: 0 }) },
  { weight: 3, arbitrary: fc.constantFrom(0.5, 1, 1, 4, 30).map((units) => ({ units, seconds: 0 })) },
  { weight: 1, arbitrary: share.map((units) => ({ units: 3 * units, seconds: 0 })) },
  { weight: 1, arbitrary: fc.constantFrom(1e-10, 1e-9, 3e-9).map((seconds) => ({ units: 0, seconds })) },
);

interface PrefillDraw {
  pool: PoolDraw;
  /** Any index among the decode pools. */
  decode: number;
  firstToken: CorePrefillStage["firstToken"];
  way: { handover: CorePrefillStage["handover"]; mode: CorePrefillStage["mode"] };
  bandwidth: number;
  latency: { units: number; seconds: number };
  kv: CorePrefillStage["kv"];
  layers: number;
  spill: number | null;
  keep: boolean;
  /** Prompts are computed in small chunks, many at once, and outgrow memory. */
  presses: boolean;
  /** Pools stand in the order of their places. */
  place: number;
}

const way = fc.constantFrom(
  { handover: "pull" as const, mode: "serial" as const },
  { handover: "pull" as const, mode: "serial" as const },
  { handover: "push" as const, mode: "serial" as const },
  { handover: "push" as const, mode: "layerwise" as const },
  { handover: "push" as const, mode: "layerwise" as const },
  { handover: "push" as const, mode: "layerwise" as const },
  { handover: "reserve" as const, mode: "serial" as const },
  { handover: "reserve" as const, mode: "layerwise" as const },
);

const prefillDraw: fc.Arbitrary<PrefillDraw> = fc.record({
  pool: poolDraw,
  decode: fc.nat({ max: 1 }),
  firstToken: fc.constantFrom("prefill", "decode"),
  way,
  bandwidth: bandwidthDraw,
  latency: latencyDraw,
  kv: fc.constantFrom(
    { tokenBytes: 8, windowBytes: 0, window: 0 },
    { tokenBytes: 1000, windowBytes: 0, window: 0 },
    { tokenBytes: 7, windowBytes: 3, window: 4 },
    { tokenBytes: 0, windowBytes: 12, window: 9 },
  ),
  layers: fc.constantFrom(1, 2, 3, 8, 80),
  spill: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 60 }) },
    { weight: 1, arbitrary: fc.constantFrom(1, 200) },
  ),
  keep: fc.constantFrom(false, true),
  presses: fc.constantFrom(false, true),
  place: fc.nat({ max: 9 }),
});

interface DecodeDraw {
  pool: PoolDraw;
  scheduler: "vllm" | "sarathi";
  balance: CorePool["balance"];
  bandwidth: number;
  place: number;
}

const decodeDraw: fc.Arbitrary<DecodeDraw> = fc.record({
  pool: poolDraw,
  scheduler: fc.constantFrom("vllm", "vllm", "sarathi"),
  balance: fc.constantFrom("least_outstanding", "least_queue", "round_robin", "two_choices"),
  bandwidth: bandwidthDraw,
  place: fc.nat({ max: 9 }),
});

/** Bytes that a token brings about, as a link is measured by it. */
function bytesPerS(tokensPerUnit: number, { unitS, tokens }: Scale): number {
  return (tokensPerUnit * 10 * tokens) / unitS;
}

interface FleetDraw {
  scale: Scale;
  prefills: PrefillDraw[];
  decodes: DecodeDraw[];
  mixed: readonly { pool: PoolDraw; place: number }[];
  sharing: CorePrefillStage["sharing"];
}

function fitAnyPool(pool: PoolDraw, scale: Scale): CorePool {
  return fitPool(stretched(crowded(pool, scale.crowds), scale.tokens), fitLongModel(pool.model, scale.unitS));
}

/** Six prompts and more at once, in memory for one of the longest. */
function pressed(pool: PoolDraw, { unitS, tokens }: Scale): CorePool {
  const chunk = 1 + ((pool.chunk ?? 0) % 2);
  const small = { ...crowded(pool, "prefilling"), scheduler: "vllm" as const, chunked: true, chunk, budget: 6 * chunk };
  const tight = { ...small, spareShare: Math.min(pool.spareShare, 0.2) };
  return fitPool(stretched(tight, tokens), fitLongModel(pool.model, unitS));
}

function fitPrefill(
  draw: PrefillDraw,
  decodePool: number,
  sharing: CorePrefillStage["sharing"],
  scale: Scale,
): CorePool {
  const pool = draw.presses ? pressed(draw.pool, scale) : fitAnyPool(draw.pool, scale);
  const { handover, mode } = draw.way;
  const reserves = handover === "reserve";
  return {
    ...pool,
    maxQueue: reserves ? null : pool.maxQueue,
    stage: {
      role: "prefill",
      decodePool,
      firstToken: draw.firstToken,
      handover,
      mode: sharing === "shared" ? "serial" : mode,
      sharing,
      linkBytesPerS: bytesPerS(draw.bandwidth, scale),
      linkLatencyS: draw.latency.seconds + draw.latency.units * scale.unitS,
      kv: draw.kv,
      layers: draw.layers,
      spillPromptTokens: reserves || pool.queue === "shared" || draw.spill === null ? null : draw.spill * scale.tokens,
      keepDecodes: draw.keep && handover === "pull",
    },
  };
}

function fitDecode({ pool, scheduler, balance, bandwidth }: DecodeDraw, scale: Scale): CorePool {
  const decodes = { ...pool, scheduler, balance, queue: "replica" as const, unitBlocks: null };
  return {
    ...fitAnyPool(decodes, scale),
    maxQueue: null,
    stage: { role: "decode", linkBytesPerS: bytesPerS(bandwidth, scale) },
  };
}

/** Pools in the order of their places. */
function fitFleet({ scale, prefills, decodes, mixed, sharing }: FleetDraw): CorePool[] {
  const draws = [
    ...decodes.map((draw) => ({ place: draw.place, decode: draw })),
    ...prefills.map((draw) => ({ place: draw.place, prefill: draw })),
    ...mixed.map((draw) => ({ place: draw.place, mixed: draw })),
  ].sort((a, b) => a.place - b.place);
  const indexOf = (draw: DecodeDraw) => draws.findIndex((other) => "decode" in other && other.decode === draw);
  return draws.map((draw) => {
    if ("decode" in draw) return fitDecode(draw.decode, scale);
    if ("mixed" in draw) return fitAnyPool(draw.mixed.pool, scale);
    const decode = decodes[draw.prefill.decode % decodes.length]!;
    const prefill = fitPrefill(draw.prefill, indexOf(decode), sharing, scale);
    return { ...prefill, maxCtx: Math.min(prefill.maxCtx, fitDecode(decode, scale).maxCtx) };
  });
}

interface WorkloadDraw {
  scale: Scale;
  requests: readonly RequestDraw[];
  /** About half of the requests have one output token: they are complete with their prompts. */
  short: boolean;
  /** Prompts of one length: transfers begin and end together. */
  alike: boolean;
}

function fitWorkload({ scale, requests, short, alike }: WorkloadDraw, routed: number): IterationsRequest[] {
  return fitRequests(requests, routed, scale).map((request, i) => ({
    ...request,
    ...(short && requests[i]!.jitter < 0.5 ? { output: 1 } : {}),
    ...(alike ? { input: 8 * scale.tokens } : {}),
  }));
}

/** Limits on what {@link arbitraryStagedCase} draws. */
export interface StagedCaseLimits {
  /** Default 40. */
  maxRequests?: number;
  /** Whether some cases end at a horizon. Default true. */
  horizons?: boolean;
}

/** Cases of 1 or 2 prefill pools, 1 or 2 decode pools and at most one mixed pool, with 0 to 40 requests, open or closed, under any router. */
export function arbitraryStagedCase({
  maxRequests = 40,
  horizons = true,
}: StagedCaseLimits = {}): fc.Arbitrary<IterationsCase> {
  const horizonUnits = fc.oneof(
    { weight: 3, arbitrary: fc.constant(Infinity) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 200, noNaN: true }) },
  );
  return fc
    .record({
      scale,
      prefills: fc.oneof(
        { weight: 3, arbitrary: fc.array(prefillDraw, { minLength: 1, maxLength: 1 }) },
        { weight: 1, arbitrary: fc.array(prefillDraw, { minLength: 2, maxLength: 2 }) },
      ),
      decodes: fc.oneof(
        { weight: 4, arbitrary: fc.array(decodeDraw, { minLength: 1, maxLength: 1 }) },
        { weight: 1, arbitrary: fc.array(decodeDraw, { minLength: 2, maxLength: 2 }) },
      ),
      mixed: fc.oneof(
        { weight: 3, arbitrary: fc.constant<FleetDraw["mixed"]>([]) },
        {
          weight: 1,
          arbitrary: fc.array(fc.record({ pool: poolDraw, place: fc.nat({ max: 9 }) }), { maxLength: 1 }),
        },
      ),
      sharing: fc.constantFrom("fifo" as const, "fifo" as const, "shared" as const),
      router: routerDraw,
      seed: fc.oneof(fc.nat({ max: 9 }), fc.maxSafeNat()),
      replication: fc.nat({ max: 50 }),
      horizonUnits: horizons ? horizonUnits : fc.constant(Infinity),
      closedLoop: fc.option(closedLoopDraw, { freq: 4 }),
      requests: fc.array(requestDraw, { maxLength: maxRequests, size: "max" }),
      short: fc.constantFrom(false, false, false, true),
      alike: fc.constantFrom(false, false, false, true),
    })
    .map((draw) => {
      const { unitS } = draw.scale;
      const pools = fitFleet(draw);
      const routed = [...pools.keys()].filter((index) => pools[index]!.stage?.role !== "decode");
      const router = fitRouter(draw.router, routed.length, draw.scale);
      return {
        pools,
        router: router.type === "label" ? { ...router, defaultPool: routed[router.defaultPool]! } : router,
        labelPools: [-1, ...routed],
        seed: draw.seed,
        replication: draw.replication,
        horizonS: draw.horizonUnits * unitS,
        ...(draw.closedLoop === null ? {} : { closedLoop: fitClosedLoop(draw.closedLoop, unitS) }),
        requests: fitWorkload(draw, routed.length),
      };
    });
}

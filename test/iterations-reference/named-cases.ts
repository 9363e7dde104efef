/** Cases put together by hand: the schedules, and larger ones that each lean on one part of the rules. */
import type { CorePool, CoreServing } from "../../host/core/run-spec.js";
import type { TableModel } from "../../host/profiles/iteration-model.js";
import { affine, caseOf, crossing, everyIteration, linear, pool, request } from "./building.js";
import type { IterationsCase, IterationsRequest } from "./case.js";
import { SCHEDULES } from "./schedules.js";

/** Lengths of a few dozen tokens that repeat with a long period: no randomness is needed for variety. */
function mixed(count: number, gapMs: number, changes: (i: number) => Partial<IterationsRequest> = () => ({})) {
  return Array.from({ length: count }, (_, i) =>
    request(i * gapMs, 1 + ((i * 37) % 41), 1 + ((i * 23) % 29), {
      category: i % 3,
      priority: (i * 7) % 4,
      ...changes(i),
    }),
  );
}

/** Ids of a prompt that follows a trunk of six units and then goes its own way. */
function sharing(i: number): Partial<IterationsRequest> {
  const trunk = 100 * (i % 3);
  return {
    blockIds: Array.from({ length: 10 }, (_, unit) => (unit < 6 ? trunk + unit : 1000 + 10 * (i % 7) + trunk + unit)),
  };
}

const tight: Partial<CorePool> = { slots: 12, kvBlocks: 24, blockSize: 4, maxCtx: 80 };

const physical = linear(2, 0.01, 0.0003, 0.00002, 0.05);

const table: TableModel = {
  type: "table",
  decode: {
    batch: [1, 4, 16],
    context: [0, 20, 60],
    seconds: [
      [0.004, 0.005, 0.006],
      [0.0045, 0.006, 0.0055],
      [0.006, 0.008, 0.012],
    ],
  },
  prefill: {
    tokens: [1, 16, 64],
    context: [0, 32],
    seconds: [
      [0.004, 0.0045],
      [0.005, 0.006],
      [0.009, 0.013],
    ],
  },
  fixed: 0.0035,
};

function underPressure(serving: Partial<CoreServing>): IterationsCase {
  return caseOf([pool({ model: physical, maxNumBatchedTokens: 32, ...serving }, tight)], mixed(60, 3));
}

/** Room for five requests of the longest kind. */
function reserving(scheduler: "orca" | "static"): IterationsCase {
  return caseOf([pool({ model: physical, scheduler }, { ...tight, kvBlocks: 103 })], mixed(60, 3));
}

const burst = Array.from({ length: 40 }, (_, i) => request(1, 3, 20 + (i % 3)));

const smallAndLarge = [
  pool({ model: physical }, { replicas: 2, slots: 4, maxCtx: 24 }),
  pool({ model: crossing(), scheduler: "vllm-v0", maxNumBatchedTokens: 64 }, { replicas: 2, maxCtx: 100 }),
];

const LARGER: Record<string, IterationsCase> = {
  "no request": caseOf([pool()], []),
  "vllm under pressure": underPressure({}),
  "vllm under pressure, priorities": underPressure({ policy: "priority" }),
  "vllm under pressure, prompts whole": underPressure({ chunked: false }),
  "vllm-v0 under pressure": underPressure({ scheduler: "vllm-v0", watermark: 0.01 }),
  "sarathi under pressure": underPressure({ scheduler: "sarathi", watermark: 0.1 }),
  "orca under pressure": reserving("orca"),
  "static under pressure": reserving("static"),
  "a burst that outgrows memory again and again": caseOf([pool({}, { slots: 40, kvBlocks: 60, maxCtx: 60 })], burst),
  "iterations that take no tick": caseOf([pool({ model: affine() })], mixed(30, 0)),
  "iterations that are half a tick long": caseOf([pool({ model: everyIteration(0.5e-6) })], mixed(30, 1e-6)),
  "a crossing of memory and compute": caseOf([pool({ model: crossing(), maxNumBatchedTokens: 64 })], mixed(50, 6)),
  "a table of measured times": caseOf([pool({ model: table, maxNumBatchedTokens: 48 })], mixed(50, 8)),
  "three pipeline stages": caseOf([pool({ model: physical, pp: 3 }, { ...tight, kvBlocks: 61 })], mixed(50, 2)),
  "prefixes in tight memory": caseOf(
    [pool({ model: physical, prefixBlock: 4, maxNumBatchedTokens: 32 }, tight)],
    mixed(60, 4, sharing),
  ),
  "prefixes in units of two blocks, priorities": caseOf(
    [pool({ model: physical, prefixBlock: 8, maxNumBatchedTokens: 32, policy: "priority" }, tight)],
    mixed(60, 3, sharing),
  ),
  "prefix affinity over lanes": caseOf(
    [
      pool(
        { model: physical, prefixBlock: 4, pp: 2 },
        { ...tight, kvBlocks: 60, replicas: 3, balance: "prefix_affinity" },
      ),
    ],
    mixed(80, 1, sharing),
  ),
  "compression on the way to a small pool": caseOf(smallAndLarge, mixed(60, 1), {
    router: {
      type: "compress_route",
      bShort: 24,
      gamma: 2,
      pCompress: 0.7,
      safeCategories: [0, 2],
      compressLatencyS: 0.003,
    },
  }),
  "spilling over from a small pool": caseOf(smallAndLarge, mixed(60, 1), {
    router: { type: "spillover", threshold: 24, spillThreshold: 0.5 },
  }),
  "a shared queue with a limit": caseOf(
    [pool({ model: physical, pp: 2 }, { replicas: 2, slots: 4, queue: "shared", maxQueue: 5 })],
    mixed(60, 1),
  ),
  "a closed loop with drawn think times": caseOf(
    [pool({ model: physical, maxNumBatchedTokens: 32 }, { ...tight, maxQueue: 1, slots: 3 })],
    mixed(60, 0),
    { closedLoop: { concurrency: 6, thinkS: 0.02, think: "exponential", rampS: 0.05 } },
  ),
  "a horizon amid everything": {
    ...underPressure({ prefixBlock: 4 }),
    requests: mixed(60, 3, sharing),
    horizonS: 0.1234567,
  },
};

/** Every case made by hand, by name. */
export const NAMED_CASES: Record<string, IterationsCase> = {
  ...Object.fromEntries(Object.entries(SCHEDULES).map(([name, { one }]) => [name, one])),
  ...LARGER,
};

/** Whatever stands in its tables, the core answers an error or runs to an end: it neither traps nor hangs. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as C from "../../assembly/contract.js";
import { REQUESTS, type Tables } from "./garbage.js";
import { WatchedCore } from "./watched-core.js";
import { BUILDS } from "./wasm-builds.js";

const RUNS = { release: 1500, debug: 1500 };

/** Tables of a run that uses all of them. */
function soundTables(): Tables {
  const run = new Array<number>(C.RUN_FIELDS).fill(0);
  run[C.RUN_SEED] = 1;
  run[C.RUN_THRESHOLD] = 500;
  run[C.RUN_GAMMA] = 1.5;
  run[C.RUN_P_COMPRESS] = 0.5;
  run[C.RUN_SAFE_LOW] = 3;
  run[C.RUN_COMPRESS_LATENCY] = 0.01;
  run[C.RUN_SPILL_THRESHOLD] = 0.8;
  run[C.RUN_HORIZON] = Infinity;
  run[C.RUN_RESULTS] = 1;
  run[C.RUN_RATE] = 10;
  run[C.RUN_CV] = 2;
  run[C.RUN_PROFILE_STEP] = 5;
  run[C.RUN_WINDOW_SECONDS] = 7;
  return {
    run,
    pools: [soundPool(600), soundPool(2000)],
    labelPool: [-1, 0, 1],
    profile: [0.5, 0, 2],
    windowCell: [0, 1, 3],
    cells: [
      [1, 1, 400, 1, 10],
      [0.5, 1, 1500, 1, 100],
      [1, 10, 10, 20, 20],
    ],
    categoryWeight: new Array<number>(64).fill(1).fill(0.5, 0, 1),
    model: [],
    blockOffset: [],
    blockIds: [],
  };
}

const AFFINE = [C.MODEL_AFFINE, 2, 8, 1e-8, 1e-9, 2e-8, 1e-9, 1e-5, 0, 0.005, 0.01, 0.001, 64, 0.006, 0.011, 0.001];
const TABLE = [
  ...[C.MODEL_TABLE, 2, 2, 1, 2, 0.004, 0, 0],
  ...[1, 8, 0, 1000, 0.01, 0.02, 0.015, 0.03],
  ...[256, 0, 1000, 0.03, 0.04],
];

/** The same for the engine `iterations`. */
function soundBatchingTables(): Tables {
  const tables = soundTables();
  tables.run[C.RUN_ENGINE] = C.ENGINE_ITERATIONS;
  tables.model = [...AFFINE, ...TABLE];
  tables.blockOffset = Array.from({ length: REQUESTS + 1 }, (_, i) => (i === 0 ? 0 : i < 3 ? 3 : 6));
  tables.blockIds = [1, 2, 3, 1, 2, 4];
  for (const [index, pool] of tables.pools.entries()) {
    pool[C.POOL_SCHEDULER] = C.SCHEDULER_VLLM;
    pool[C.POOL_BUDGET] = 200;
    pool[C.POOL_PREFILL_CHUNK] = 64;
    pool[C.POOL_CHUNKED] = 1;
    pool[C.POOL_WATERMARK] = 0.01;
    pool[C.POOL_PP] = 1;
    pool[C.POOL_PREFIX_BLOCK] = 32;
    pool[C.POOL_PREFIX_WEIGHT] = 1;
    pool[C.POOL_MODEL] = index === 0 ? 0 : AFFINE.length;
  }
  return tables;
}

/** The same with prefill and decode apart: the first pool decodes, the second prefills. */
function soundStagedTables(): Tables {
  const tables = soundBatchingTables();
  const [decode, prefill] = tables.pools as [number[], number[]];
  for (const pool of [decode, prefill]) {
    pool[C.POOL_MAX_CTX] = Math.min(decode[C.POOL_MAX_CTX]!, prefill[C.POOL_MAX_CTX]!);
    pool[C.POOL_LINK_BANDWIDTH] = 1e9;
  }
  decode[C.POOL_ROLE] = C.ROLE_DECODE;
  decode[C.POOL_MAX_QUEUE] = -1;
  decode[C.POOL_PREFIX_BLOCK] = 0;
  prefill[C.POOL_ROLE] = C.ROLE_PREFILL;
  prefill[C.POOL_DECODE_POOL] = 0;
  prefill[C.POOL_HANDOVER] = C.HANDOVER_PUSH;
  prefill[C.POOL_LINK_MODE] = C.LINK_MODE_LAYERWISE;
  prefill[C.POOL_LINK_LATENCY] = 1e-4;
  prefill[C.POOL_KV_TOKEN_BYTES] = 1e5;
  prefill[C.POOL_KV_WINDOW_BYTES] = 1e4;
  prefill[C.POOL_KV_WINDOW] = 100;
  prefill[C.POOL_LAYERS] = 32;
  prefill[C.POOL_SPILL] = 400;
  return tables;
}

function soundPool(maxCtx: number): number[] {
  const pool = new Array<number>(C.POOL_FIELDS).fill(0);
  pool[C.POOL_REPLICAS] = 2;
  pool[C.POOL_SLOTS] = 3;
  pool[C.POOL_MAX_CTX] = maxCtx;
  pool[C.POOL_KV_BLOCKS] = 200;
  pool[C.POOL_BLOCK_SIZE] = 16;
  pool[C.POOL_W] = 0.005;
  pool[C.POOL_H] = 0.0005;
  pool[C.POOL_CALIBRATION_CTX] = 8192;
  pool[C.POOL_CHUNK] = 512;
  pool[C.POOL_MAX_QUEUE] = 5;
  return pool;
}

/** Numbers that nobody should write, and a few that are right in some places. */
const GARBAGE = [
  ...[NaN, Infinity, -Infinity, -1, -1e300, -0, 0, 5e-324, 1e-300, 1e-160, 1e-12, 0.5, 0.999999, 1, 2, 3, 4, 5, 6, 7],
  ...[63, 64, 1000, 1e9, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 2 ** 63, 1e300, Number.MAX_VALUE],
];

/** One number of the tables, named by its way through them. */
function numberPlaces(tables: Tables): (readonly [keyof Tables, ...number[]])[] {
  const { run, pools, labelPool, profile, windowCell, cells, categoryWeight, model, blockOffset, blockIds } = tables;
  const flat = (name: keyof Tables, row: readonly number[]) => row.map((_, i) => [name, i] as const);
  const nested = (name: keyof Tables, rows: readonly (readonly number[])[]) =>
    rows.flatMap((row, i) => row.map((_, j) => [name, i, j] as const));
  return [
    ...flat("run", run),
    ...nested("pools", pools),
    ...flat("labelPool", labelPool),
    ...flat("profile", profile),
    ...flat("windowCell", windowCell),
    ...nested("cells", cells),
    ...flat("categoryWeight", categoryWeight.slice(0, 2)),
    ...flat("model", model),
    ...flat("blockOffset", blockOffset),
    ...flat("blockIds", blockIds),
  ];
}

function write(tables: Tables, [name, ...way]: readonly [keyof Tables, ...number[]], value: number): void {
  let row = tables[name] as (number | number[])[];
  for (const step of way.slice(0, -1)) row = row[step] as number[];
  row[way.at(-1)!] = value;
}

/** Sound tables with any router, arrivals and event queue, in which a few numbers were replaced. */
const arbitraryTables = (sound: () => Tables) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.constantFrom(...numberPlaces(sound())), fc.constantFrom(...GARBAGE)), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.nat({ max: 6 }),
      fc.nat({ max: 2 }),
      fc.nat({ max: 1 }),
      fc.nat({ max: 1 }),
      fc.nat({ max: 3 }),
    )
    .map(([changes, router, arrivals, eventQueue, shared, balance]) => {
      const tables = sound();
      tables.run[C.RUN_ROUTER] = router;
      tables.run[C.RUN_ARRIVALS] = arrivals;
      tables.run[C.RUN_EVENT_QUEUE] = eventQueue;
      tables.pools[1]![C.POOL_SHARED_QUEUE] = shared;
      tables.pools[0]![C.POOL_BALANCE] = balance;
      for (const [place, value] of changes) write(tables, place, value);
      return tables;
    });

describe.each(BUILDS)("the %s core", (build) => {
  let core: WatchedCore;
  beforeAll(() => {
    core = new WatchedCore(build);
  });
  afterAll(() => {
    core.stop();
  });

  async function expectEnds(tables: Tables): Promise<void> {
    const answer = await core.run(tables);
    expect(answer).toHaveProperty("ending");
    const { error, figures } = (answer as Extract<typeof answer, { ending: unknown }>).ending;
    if (error !== C.ERROR_NONE) return;
    expect(figures.filter((figure) => !(figure >= 0 && figure < Infinity))).toEqual([]);
    const arrived = figures.filter((_, i) => i % C.FIGURE_FIELDS === C.FIGURE_ARRIVED);
    expect(arrived.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(REQUESTS);
  }

  it.each([
    ["slots", soundTables],
    ["iterations", soundBatchingTables],
    ["iterations, prefill and decode apart", soundStagedTables],
  ])("runs on sound tables of the engine %s", async (_, sound) => {
    const answer = await core.run(sound());
    expect(answer).toMatchObject({ ending: { error: C.ERROR_NONE } });
  });

  it.each([
    ["slots", soundTables],
    ["iterations", soundBatchingTables],
    ["iterations, prefill and decode apart", soundStagedTables],
  ])("ends on tables of the engine %s in which a few numbers are garbage", async (_, sound) => {
    await fc.assert(fc.asyncProperty(arbitraryTables(sound), expectEnds), { numRuns: RUNS[build], seed: 1 });
  });

  it.each<[string, (tables: Tables) => void]>([
    ["a cv whose square is zero", ({ run }) => ([run[C.RUN_ARRIVALS], run[C.RUN_CV]] = [C.ARRIVALS_GAMMA, 1e-200])],
    ["profile steps of almost no time", ({ run }) => (run[C.RUN_PROFILE_STEP] = 1e-300)],
    [
      "a profile step without end and without arrivals",
      (tables) => {
        tables.run[C.RUN_PROFILE_STEP] = Infinity;
        tables.profile = [0, 1];
      },
    ],
    ["a profile of almost no arrivals", (tables) => (tables.profile = [1e-300])],
    ["a rate of almost no arrivals", ({ run }) => (run[C.RUN_RATE] = 1e-300)],
    ["lengths without a window", (tables) => (tables.windowCell = [0])],
    [
      "labels that name no pool of the fleet",
      (tables) => {
        tables.run[C.RUN_ROUTER] = C.ROUTER_LABEL;
        tables.labelPool = [2, -2, 2 ** 30];
      },
    ],
    ["no pools", (tables) => (tables.pools = [])],
  ])("ends with %s", async (_, change) => {
    const tables = soundTables();
    change(tables);
    await expectEnds(tables);
  });
});

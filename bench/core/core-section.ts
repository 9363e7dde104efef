import { simulateReference } from "../../test/reference/simulate.js";
import type { Core } from "../../host/core/load.js";
import { cpuMs, timeMs } from "../cpu-time.js";
import { type Contestant, measure, type Timing } from "../measure.js";
import { withTempFolder } from "../temp-folder.js";
import { timingRow, type SectionReport, type Target } from "../report.js";
import { coreTotals, playCore } from "./play-core.js";
import { type Columns, drawColumns, firstOf, REPRESENTATIVE, runSpec, type Scenario } from "./scenario.js";
import { compileTextbook } from "./textbook-c.js";
import { type PoolTotals, requireSame } from "./totals.js";
import { TypedArrayLoop } from "./typed-array-loop.js";

const REPETITIONS = 20;
/** The reference looks at every request in service at every event. */
const REFERENCE_REQUESTS = 2000;

const CORE = "core";
const CORE_WITH_COPY = "core, columns copied into its window too";
const CORE_HEAP = "core with its textbook heap";
const TYPED_ARRAYS = "typed-array TypeScript, textbook heap";
const C = "C, textbook heap, cc -O3";
const REFERENCE = "plain reference simulator";

/** Requests a second of the request-level engine, next to the same loop in other clothes. */
export async function coreSection(core: Core): Promise<SectionReport> {
  const columns = drawColumns(core, REPRESENTATIVE);
  const expected = coreTotals(playCore(core, runSpec(REPRESENTATIVE), columns).simulation, REPRESENTATIVE.pools.length);
  const skipped: string[] = [];
  const timings = await withTempFolder(async (folder) => {
    const contestants = [...coreContestants(core, columns), typedArrays(columns, expected)];
    const textbook = compileTextbook(folder, REPRESENTATIVE, columns);
    if (textbook === null) skipped.push(`${C}: there is no compiler (cc)`);
    else {
      requireSame(C, textbook().totals, expected);
      contestants.push({ name: C, run: () => textbook().ns / 1e6 });
    }
    requireSame(CORE_HEAP, heapTotals(core, columns), expected);
    return measure(contestants, columns.count, REPETITIONS);
  });
  timings.set(REFERENCE, timeReference(core, columns));
  return report(timings, columns, expected, skipped);
}

function coreContestants(core: Core, columns: Columns): Contestant[] {
  const spec = runSpec(REPRESENTATIVE);
  return [
    { name: CORE, run: () => playCore(core, spec, columns).playMs },
    { name: CORE_WITH_COPY, run: () => playCore(core, spec, columns).playAndCopyMs },
    { name: CORE_HEAP, run: () => playCore(core, { ...spec, eventQueue: "heap" }, columns).playMs },
  ];
}

function heapTotals(core: Core, columns: Columns): PoolTotals[] {
  const spec = { ...runSpec(REPRESENTATIVE), eventQueue: "heap" as const };
  return coreTotals(playCore(core, spec, columns).simulation, REPRESENTATIVE.pools.length);
}

function typedArrays(columns: Columns, expected: readonly PoolTotals[]): Contestant {
  const loop = new TypedArrayLoop(REPRESENTATIVE.pools, columns);
  loop.run();
  requireSame(TYPED_ARRAYS, loop.totals(), expected);
  return { name: TYPED_ARRAYS, run: () => timeMs(() => loop.run()) };
}

/** Of the first requests only, and once: it is written to be read. */
function timeReference(core: Core, columns: Columns): Timing {
  const first = firstOf(columns, REFERENCE_REQUESTS);
  const begin = cpuMs();
  const totals = referenceTotals(REPRESENTATIVE, first);
  const ns = ((cpuMs() - begin) * 1e6) / first.count;
  const run = playCore(core, runSpec(REPRESENTATIVE), first);
  requireSame(REFERENCE, totals, coreTotals(run.simulation, REPRESENTATIVE.pools.length));
  return { minNs: ns, medianNs: ns, marginPercent: null, repetitions: 1 };
}

function referenceTotals({ pools }: Scenario, columns: Columns): PoolTotals[] {
  const fleet = {
    pools: pools.map((pool, index) => ({ ...pool, id: `pool ${index}`, maxQueue: pool.maxQueue ?? Infinity })),
    router: { type: "length", threshold: null, by: "total" } as const,
  };
  const requests = Array.from(columns.arrivalS, (arrivalS, i) => {
    return { arrivalS, input: columns.inputTokens[i]!, output: columns.outputTokens[i]!, label: -1, category: 0 };
  });
  const options = { seed: runSpec(REPRESENTATIVE).seed, replication: 0, horizonS: Infinity, warmup: 0 };
  const result = simulateReference(fleet, requests, options);
  return pools.map((_, index) => {
    const own = result.requests.filter(({ pool }) => pool === index);
    return {
      arrived: own.length,
      completed: own.filter(({ status }) => status === "completed").length,
      ttftTicks: own.reduce((sum, { ttftTicks }) => sum + (ttftTicks ?? 0), 0),
      e2eTicks: own.reduce((sum, { e2eTicks }) => sum + (e2eTicks ?? 0), 0),
    };
  });
}

function report(
  timings: ReadonlyMap<string, Timing>,
  columns: Columns,
  totals: readonly PoolTotals[],
  skipped: string[],
): SectionReport {
  const own = timings.get(CORE)!.minNs;
  const target = (rival: string, atLeast: number): Target[] => {
    const timing = timings.get(rival);
    return timing ? [{ what: `core over ${rival}`, value: timing.minNs / own, goal: { atLeast }, unit: "x" }] : [];
  };
  const replicas = REPRESENTATIVE.pools.reduce((sum, pool) => sum + pool.replicas, 0);
  return {
    name: "core",
    about:
      `${columns.count.toLocaleString("en-US")} requests through two pools of ${replicas} replicas in all, three quarters busy; ` +
      "one thread, the same columns and the same totals for all. Ratios are of the fastest repetitions.",
    columns: ["program", "requests/s", "ns a request, min", "median", "margin", "core is faster by"],
    rows: [...timings].map(([name, timing]) => timingRow(name, timing, own)),
    targets: [...target(TYPED_ARRAYS, 2), ...target(C, 0.9), ...target(CORE_HEAP, 2)],
    skipped,
    raw: { requests: columns.count, totals, timings: Object.fromEntries(timings) },
  };
}

import { describe, expect, test } from "vitest";
import { loadCore } from "../../host/core/load.js";
import { plan, type PlanOptions } from "../../host/planners/plan.js";
import { inPieces, traceText } from "./small-fleet.js";
import { evenReplica, numbers } from "./sizing/sizing-fixtures.js";

const core = await loadCore();
const REPLICA = evenReplica("even", { slots: 4 });

type Rows = readonly (readonly [arrivalS: number, input: number, output: number])[];

/** Lengths that look random, the same each time. */
function lengths(count: number): [number, number][] {
  const next = numbers(17);
  return Array.from({ length: count }, () => [1 + next(500), 1 + next(60)]);
}

function traceOf(rows: Rows, name = "made.csv") {
  return { trace: { name, open: () => inPieces(traceText(rows)) } };
}

const COUNT = 4000;
const RATE = 8;
const LENGTHS = lengths(COUNT);
/** Eight a second: in crowds of forty every five seconds. */
const CROWDS: Rows = LENGTHS.map(([input, output], i) => [Math.floor(i / 40) * 5, input, output]);
/** Eight a second, evenly. */
const EVEN: Rows = LENGTHS.map(([input, output], i) => [i / RATE, input, output]);

async function replicasFor(input: Pick<PlanOptions & { trace: unknown }, "trace">, more: Partial<PlanOptions> = {}) {
  const { best } = await plan({
    ...input,
    engine: "slots",
    replicas: [REPLICA],
    maxPools: 1,
    sloMs: 100,
    core,
    ...more,
  } as PlanOptions);
  return best!.pools[0]!.replicas;
}

describe("a trace", () => {
  test("is planned for at its own rate, with its own lengths", async () => {
    const result = await plan({ ...traceOf(EVEN), engine: "slots", replicas: [REPLICA], core });
    expect(result.rate_rps).toBeCloseTo(RATE, 2);
    expect(result.requests.used).toBe(COUNT);
    expect(result.best!.pools.at(-1)!.max_ctx).toBe(Math.max(...LENGTHS.map(([input, output]) => input + output)));
    expect(result.check!.has_fresh_requests).toBe(false);
  });

  test("that comes in crowds needs more replicas than the same requests drawn as Poisson arrivals", async () => {
    const crowds = await replicasFor(traceOf(CROWDS));
    const drawn = await replicasFor(traceOf(CROWDS), { arrivals: { type: "poisson" }, rateRps: RATE });
    expect(crowds).toBeGreaterThan(drawn);
  });

  test("that comes evenly needs no more than drawn as Poisson arrivals", async () => {
    const even = await replicasFor(traceOf(EVEN));
    const drawn = await replicasFor(traceOf(EVEN), { arrivals: { type: "poisson" }, rateRps: RATE });
    expect(even).toBeLessThanOrEqual(drawn);
  });

  test("in crowds gets a seat for each request of a crowd, where none may wait", async () => {
    // The longest prompt takes one iteration of 10 ms; with 4 slots a replica, ten serve a crowd of forty at once.
    expect(await replicasFor(traceOf(CROWDS), { sloMs: 10.5 })).toBe(10);
  });

  test("is played whole: a busy end counts although it is long in coming", async () => {
    // 40,000 requests at 4 a second, then 10,000 at 16.
    const made = lengths(50_000);
    const rows: Rows = made.map(([input, output], i) => [
      i < 40_000 ? i / 4 : 10_000 + (i - 40_000) / 16,
      input,
      output,
    ]);
    const calm: Rows = rows.slice(0, 40_000);
    const { best, rate_rps: rateRps } = await plan({
      ...traceOf(rows),
      engine: "slots",
      replicas: [REPLICA],
      maxPools: 1,
      sloMs: 100,
      core,
    });
    const calmReplicas = await replicasFor(traceOf(calm), { rateRps });
    expect(best!.pools[0]!.replicas).toBeGreaterThan(calmReplicas);
    expect(best!.pools[0]!.simulated!.requests).toBe(50_000);
  });

  test("played faster needs more", async () => {
    const own = await replicasFor(traceOf(CROWDS));
    expect(await replicasFor(traceOf(CROWDS), { rateRps: 40 * RATE })).toBeGreaterThan(own);
  });

  test("whose requests all come at one moment has no rate", async () => {
    const rows: Rows = LENGTHS.slice(0, 100).map(([input, output]) => [5, input, output]);
    await expect(replicasFor(traceOf(rows))).rejects.toThrow(/rate/);
  });

  test("without requests is refused", async () => {
    await expect(replicasFor(traceOf([], "empty.csv"))).rejects.toThrow(/empty\.csv/);
  });

  test("is read as it is named: a workload is none", async () => {
    await expect(replicasFor({ trace: "azure" })).rejects.toThrow(/give it as --workload/);
  });
});

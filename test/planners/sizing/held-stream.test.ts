import { describe, expect, test } from "vitest";
import { Simulation } from "../../../host/core/simulation.js";
import { corePools, coreRouter } from "../../../host/core/core-fleet.js";
import { HeldStream } from "../../../host/planners/sizing/held-stream.js";
import { fleetOf, poolInput } from "../../../host/planners/sizing/replica-option.js";
import type { PoolRequests } from "../../../host/planners/sizing/request-supply.js";
import type { RequestChunk } from "../../../host/workloads/requests.js";
import { core, evenReplica, numbers, type Row, sourceOfRows } from "./sizing-fixtures.js";

const fleet = fleetOf([poolInput(evenReplica("even"), { id: "all", replicas: 1, maxCtx: 100_000 })]);

/** What a part plays, request by request, seen where the core would take it. */
async function playedBy(part: PoolRequests): Promise<Row[]> {
  const rows: Row[] = [];
  const spy = {
    closed: false,
    play: (chunk: RequestChunk) => {
      for (let i = 0; i < chunk.count; i++) rows.push(rowOf(chunk, i));
    },
    results: () => undefined,
  };
  await part.feed(spy as unknown as Simulation, fleet);
  return rows;
}

function rowOf(chunk: RequestChunk, i: number): Row {
  const { priority, blocks } = chunk;
  return {
    arrivalS: chunk.arrivalS[i]!,
    input: chunk.inputTokens[i]!,
    output: chunk.outputTokens[i]!,
    label: chunk.label[i]!,
    category: chunk.category[i]!,
    ...(priority ? { priority: priority[i]! } : {}),
    ...(blocks ? { blocks: [...blocks.ids.subarray(blocks.offsets[i], blocks.offsets[i + 1])] } : {}),
  };
}

function madeRows(count: number, seed = 1): Row[] {
  const next = numbers(seed);
  return Array.from({ length: count }, (_, i) => ({
    arrivalS: i / 8,
    input: 1 + next(900),
    output: 1 + next(100),
    label: next(3),
    category: next(3),
    priority: next(4),
    blocks: Array.from({ length: next(4) }, () => next(50)),
  }));
}

const within = (rows: readonly Row[], above: number, upTo: number) =>
  rows.filter(({ input, output }) => input + output > above && input + output <= upTo);

describe("a stream that is held", () => {
  test.each([
    [0, 300],
    [300, 600],
    [600, 1000],
    [0, 1000],
  ])("gives of totals above %d up to %d what a filter of all requests gives", async (above, upTo) => {
    const rows = madeRows(3000);
    const stream = new HeldStream(sourceOfRows(rows, 256), 1e6);
    const part = await stream.part({ above, upTo }, 1e5);
    expect(await playedBy(part)).toEqual(within(rows, above, upTo));
    expect(part.count).toBe(within(rows, above, upTo).length);
  });

  test("ends at the number that is asked for", async () => {
    const rows = madeRows(3000);
    const stream = new HeldStream(sourceOfRows(rows, 256), 1e6);
    const part = await stream.part({ above: 300, upTo: 600 }, 500);
    expect(await playedBy(part)).toEqual(within(rows, 300, 600).slice(0, 500));
    const last = within(rows, 300, 600)[499]!;
    expect(part.lookedAt).toBe(rows.indexOf(last) + 1);
    expect(part.spanS).toBeCloseTo(last.arrivalS, 9);
  });

  test("reads its source once, and no further than it must", async () => {
    const source = sourceOfRows(madeRows(2560), 256);
    const stream = new HeldStream(source, 1e6);
    await stream.part({ above: 0, upTo: 2000 }, 300);
    expect(source.reads).toBe(2);
    await stream.part({ above: 100, upTo: 2000 }, 100);
    expect(source.reads).toBe(2);
    await stream.part({ above: 0, upTo: 2000 }, 1e5);
    expect(source.reads).toBe(10);
  });

  test("gives parts that begin with the shorter ones", async () => {
    const stream = new HeldStream(sourceOfRows(madeRows(2000), 100), 1e6);
    const short = await playedBy(await stream.part({ above: 0, upTo: 500 }, 150));
    const longer = await playedBy(await stream.part({ above: 0, upTo: 500 }, 700));
    expect(longer.slice(0, 150)).toEqual(short);
    expect(longer.length).toBe(700);
  });

  test("gives the same when played twice, whatever the first run did to what it was lent", async () => {
    const rows = madeRows(500);
    const stream = new HeldStream(sourceOfRows(rows, 128), 1e6);
    const part = await stream.part({ above: 0, upTo: 2000 }, 500);
    const spoil = {
      closed: false,
      play: (chunk: RequestChunk) => {
        chunk.label.fill(9);
        chunk.category.fill(9);
      },
      results: () => undefined,
    };
    await part.feed(spoil as unknown as Simulation, fleet);
    expect(await playedBy(part)).toEqual(rows);
  });

  test("holds no more than it may", async () => {
    const source = sourceOfRows(madeRows(2000), 100);
    const stream = new HeldStream(source, 300);
    expect((await stream.part({ above: 0, upTo: 2000 }, 1000)).count).toBe(300);
    expect(source.reads).toBe(3);
  });

  test("says that there are none where no request is in the range", async () => {
    const stream = new HeldStream(sourceOfRows(madeRows(500), 100), 1e6);
    expect((await stream.part({ above: 5000, upTo: 6000 }, 100)).count).toBe(0);
  });

  test("plays whole rounds of what varies in time, but for a number that is asked for", async () => {
    const rows = madeRows(2000);
    const stream = new HeldStream(sourceOfRows(rows, 128), 1e6, 500);
    const part = await stream.part({ above: 300, upTo: 600 }, 200);
    const one = within(rows.slice(0, 500), 300, 600).length;
    expect(await playedBy(part)).toEqual(within(rows.slice(0, 200 <= one ? 500 : 1000), 300, 600));
    expect(await playedBy(await stream.part({ above: 300, upTo: 600 }, 200, true))).toEqual(
      within(rows, 300, 600).slice(0, 200),
    );
  });

  test("can be played by the core itself, twice with the same figures", async () => {
    const stream = new HeldStream(sourceOfRows(madeRows(1500), 128), 1e6);
    const part = await stream.part({ above: 0, upTo: 400 }, 400);
    const run = async () => {
      const simulation = new Simulation(core, {
        engine: "slots",
        seed: 1,
        pools: corePools(fleet),
        router: coreRouter(fleet),
      });
      await part.feed(simulation, fleet);
      simulation.finish();
      return [...simulation.figures(0)];
    };
    expect(await run()).toEqual(await run());
  });
});

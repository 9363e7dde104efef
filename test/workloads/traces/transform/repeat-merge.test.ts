import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, sourceOf, steadyRows, type RequestRow } from "../collect.js";
import { mergeSources } from "../../../../host/workloads/traces/transform/merge-sources.js";
import { repeat } from "../../../../host/workloads/traces/transform/repeat.js";
import { InputError } from "../../../../host/specs/input-error.js";

describe("repeat", () => {
  const rows: RequestRow[] = [
    [0, 1, 1, "a", "code"],
    [1, 2, 1, "b", ""],
    [4, 3, 1, "a", ""],
  ];

  test("plays rounds a mean gap apart", async () => {
    const { rows: found } = await collect(repeat(async () => sourceOf(rows, 2), 3));
    expect(found.map((row) => row[0])).toEqual([0, 1, 4, 6, 7, 10, 12, 13, 16]);
    expect(found.map((row) => row.slice(1))).toEqual([...rows, ...rows, ...rows].map((row) => row.slice(1)));
  });

  test("a source that begins late begins late once", async () => {
    const late = rows.map((row): RequestRow => [row[0] + 10, row[1], row[2], row[3], row[4]]);
    const { rows: found } = await collect(repeat(async () => sourceOf(late), 2));
    expect(found.map((row) => row[0])).toEqual([10, 11, 14, 16, 17, 20]);
  });

  test("opens the source once a round, when it begins", async () => {
    let opened = 0;
    const source = repeat(async () => {
      opened++;
      return sourceOf(rows);
    }, 2);
    expect(opened).toBe(0);
    const chunks = source.chunks()[Symbol.asyncIterator]();
    await chunks.next();
    expect(opened).toBe(1);
    await chunks.next();
    expect(opened).toBe(2);
  });

  test("keeps blocks", async () => {
    const { blocks } = await collect(repeat(async () => sourceOf(rows, 2, [[1], [], [2, 3]]), 2));
    expect(blocks).toEqual([[1], [], [2, 3], [1], [], [2, 3]]);
  });

  test("one request has no mean gap; once is no repetition; none is none", async () => {
    const one = async () => sourceOf(rows.slice(0, 1));
    await expect(collect(repeat(one, 2))).rejects.toThrow(InputError);
    expect((await collect(repeat(one, 1))).rows).toHaveLength(1);
    expect((await collect(repeat(async () => sourceOf([]), 5))).rows).toEqual([]);
    expect(() => repeat(one, 0)).toThrow("repeat: is 0; allowed is a whole number from 1.");
  });
});

describe("mergeSources", () => {
  const request = fc.tuple(
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 1, max: 1000 }),
    fc.constant(1),
    fc.constantFrom("", "a", "b", "c"),
    fc.constantFrom("", "x", "y"),
  );
  const stream = fc.array(request, { maxLength: 30 }).map((rows) => rows.sort((a, b) => a[0] - b[0]));

  test("is the stable sort of the sources one behind the other", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stream, { maxLength: 6 }), fc.integer({ min: 1, max: 10 }), async (streams, size) => {
        const { rows } = await collect(mergeSources(streams.map((rows) => sourceOf(rows, size))));
        const expected = streams.flat().sort((a, b) => a[0] - b[0]);
        expect(rows).toEqual(expected);
      }),
    );
  });

  test("fills chunks", async () => {
    const { chunkSizes, rows } = await collect(
      mergeSources([sourceOf(steadyRows(50_000)), sourceOf(steadyRows(40_000))]),
    );
    expect(chunkSizes).toEqual([65_536, 24_464]);
    expect(rows).toHaveLength(90_000);
  });

  test("sources with and without blocks", async () => {
    const rows: RequestRow[] = [
      [0, 1, 1, "", ""],
      [2, 2, 1, "", ""],
    ];
    const { blocks } = await collect(mergeSources([sourceOf(rows, 9, [[7], [8, 9]]), sourceOf([[1, 3, 1, "", ""]])]));
    expect(blocks).toEqual([[7], [], [8, 9]]);
  });

  test("labels that are known are there before reading, and too many are refused", async () => {
    const labelled = (count: number, prefix: string) => ({
      ...sourceOf([]),
      labels: ["", ...Array.from({ length: count }, (_, i) => `${prefix}${i}`)],
    });
    expect(mergeSources([labelled(1, "a"), labelled(1, "b")]).labels).toEqual(["", "a0", "b0"]);
    expect(() => mergeSources([labelled(40_000, "a"), labelled(40_000, "b")])).toThrow(InputError);
  });

  test("giving up closes all sources", async () => {
    const closed: number[] = [];
    const closing = (id: number) => {
      const source = sourceOf(steadyRows(3), 1);
      async function* chunks() {
        try {
          yield* source.chunks();
        } finally {
          closed.push(id);
        }
      }
      return { labels: source.labels, categories: source.categories, chunks };
    };
    const merged = mergeSources([closing(1), closing(2), sourceOf(steadyRows(200_000))]);
    const iterator = merged.chunks()[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.return?.();
    expect(closed).toEqual([1, 2]);
  });
});

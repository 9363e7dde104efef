import { describe, expect, test } from "vitest";
import { drawnSource, type DrawnSourceOptions } from "../../host/planners/drawn-source.js";
import type { DrawnRequests } from "../../host/planners/feed.js";
import { replay } from "../../host/planners/replay.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { InputError } from "../../host/specs/input-error.js";
import { twoPoolFleet } from "../../host/specs/two-pool-fleet.js";
import { getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";
import { PlayedRequests } from "./played-requests.js";

const drawn: DrawnRequests = {
  model: getBuiltinWorkload("azure"),
  rateRps: 100,
  count: 1000,
  process: { type: "poisson" },
};

async function readAll(requests: DrawnRequests, options: DrawnSourceOptions) {
  const rows = { arrivalS: [] as number[], input: [] as number[], output: [] as number[], names: [] as string[] };
  const source = drawnSource(requests, options);
  for await (const chunk of source.chunks()) {
    for (let i = 0; i < chunk.count; i++) {
      rows.arrivalS.push(chunk.arrivalS[i]!);
      rows.input.push(chunk.inputTokens[i]!);
      rows.output.push(chunk.outputTokens[i]!);
      rows.names.push(`${source.labels[chunk.label[i]!]}/${source.categories[chunk.category[i]!]}`);
    }
  }
  return rows;
}

describe("drawn requests as a source", () => {
  test("are those that a replay draws", async () => {
    const played = new PlayedRequests();
    const fleet = resolveFleet(twoPoolFleet({ nShort: 20, nLong: 20 }));
    await replay({ fleet, requests: { drawn }, seed: 5, onResults: played.take });
    const rows = await readAll(drawn, { seed: 5 });
    expect(rows.input).toEqual(played.input);
    expect(rows.output).toEqual(played.output);
    expect(rows.arrivalS.map((s) => Math.round(s * 1e9))).toEqual(played.arrival);
  });

  test("do not depend on the chunks they are cut into", async () => {
    expect(await readAll(drawn, { seed: 5, chunkRows: 7 })).toEqual(await readAll(drawn, { seed: 5 }));
  });

  test("differ from replication to replication", async () => {
    const first = await readAll(drawn, { seed: 5 });
    const second = await readAll(drawn, { seed: 5, replication: 1 });
    expect(second.input).not.toEqual(first.input);
    expect(second.arrivalS).not.toEqual(first.arrivalS);
  });

  test("bear the label and the categories of the workload", async () => {
    const { names } = await readAll({ ...drawn, count: 10_000 }, { seed: 5, label: "llama" });
    const share = (name: string) => names.filter((found) => found === name).length / names.length;
    expect(share("llama/prose")).toBeCloseTo(0.6, 1);
    expect(share("llama/code")).toBeCloseTo(0.25, 1);
    expect(share("llama/rag")).toBeCloseTo(0.15, 1);
    expect(share("llama/prose") + share("llama/code") + share("llama/rag")).toBe(1);
  });

  test("of two sources come side by side", async () => {
    const [one, two] = [drawnSource(drawn, { seed: 1 }).chunks(), drawnSource(drawn, { seed: 2 }).chunks()];
    const first = (await one[Symbol.asyncIterator]().next()).value as { arrivalS: Float64Array };
    const before = [...first.arrivalS];
    await two[Symbol.asyncIterator]().next();
    expect([...first.arrivalS]).toEqual(before);
  });
});

describe("what cannot be drawn", () => {
  test.each([
    [{ rateRps: -5 }, "the rate is -5 requests/s; allowed is above 0"],
    [{ rateRps: Infinity }, "the rate is Infinity"],
    [{ count: -4 }, "the number of requests is -4"],
    [{ count: 1e10, rateRps: 1 }, "longer than 1000000000 s"],
    [{ process: { type: "gamma", cv: 101 } }, "the coefficient of variation is 101; allowed is 0, or 0.0001 to 100"],
    [
      { process: { type: "gamma", cv: 1e-5 } },
      "the coefficient of variation is 0.00001; allowed is 0, or 0.0001 to 100",
    ],
  ] as const)("%o", (wrong, message) => {
    expect(() => drawnSource({ ...drawn, ...wrong }, { seed: 1 })).toThrow(InputError);
    expect(() => drawnSource({ ...drawn, ...wrong }, { seed: 1 })).toThrow(message);
  });
});

import { describe, expect, it } from "vitest";
import { deriveAllReduce } from "../../../host/specs/kernels/derive-all-reduce.js";
import { allReduceRow, PEAKS, tablesOf } from "./synthetic-tables.js";

const MESSAGES = [2048, 16384, 131072, 1048576, 8388608, 67108864];
const latencyUs = (gpus: number) => 3 + gpus;
const collectives = [2, 4, 8].flatMap((gpus) =>
  MESSAGES.flatMap((bytes) => {
    const seconds = latencyUs(gpus) * 1e-6 + ((2 * (gpus - 1)) / gpus) * (bytes / (5e11 * 0.6));
    return [allReduceRow(gpus, bytes, seconds), allReduceRow(gpus, bytes, 9 * seconds, "nccl")];
  }),
);

describe("an all-reduce", () => {
  const figures = deriveAllReduce(tablesOf({ collectives }), PEAKS, "x");

  it("has a latency for each number of GPUs", () => {
    expect(figures.map(({ gpus, latencyUs: { value } }) => [gpus, value])).toEqual([
      [2, 5],
      [4, 7],
      [8, 11],
    ]);
  });

  it("has the share of the link by the bound of a ring", () => {
    expect(figures.map(({ linkShare }) => linkShare.value)).toEqual([0.6, 0.6, 0.6]);
  });

  it("is not fitted to messages that no model sends", () => {
    const odd = collectives.concat(allReduceRow(2, 256, 1), allReduceRow(2, 2 ** 30, 1));
    expect(deriveAllReduce(tablesOf({ collectives: odd }), PEAKS, "x")).toEqual(figures);
  });
});

import { expect, test } from "vitest";
import { openProblem } from "../../../host/planners/sizing/open-problem.js";
import { PoolSizing } from "../../../host/planners/sizing/pool-sizing.js";
import { replicaOptions } from "../../../host/planners/sizing/replica-options.js";
import { core } from "./sizing-fixtures.js";

// A100s with many seats: a load slightly above what they can serve fills them for minutes before any request waits.
const CASES = [
  [1, 16_384],
  [2, 16_384],
] as const;

test.each(CASES)("a size with TP %d holds in a run ten times as long", async (tp, upTo) => {
  const [option] = replicaOptions({ gpus: ["a100"], model: "llama-3.1-8b", tps: [tp] });
  const input = { workload: "azure", rateRps: 100, engine: "iterations", sloMs: 600, core } as const;
  const segment = { above: 0, upTo, options: [option!] };
  const sizing = PoolSizing.of((await openProblem(input)).problem, segment, option!);
  await sizing.settle();
  const long = PoolSizing.of((await openProblem({ ...input, requests: 300_000 })).problem, segment, option!);
  expect((await long.try(sizing.upper)).isFeasible).toBe(true);
});

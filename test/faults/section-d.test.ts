import { expect, test } from "vitest";
import { listHardware, showModel } from "../../host/planners/catalog.js";

/** Model, parameters and active ones (billions, as published), bytes of keys and values a token in bf16. */
const MODELS = [
  ["llama-3.1-8b", 8.03, 8.03, 131_072],
  ["qwen3-8b", 8.19, 8.19, 147_456],
  ["qwen3-32b", 32.8, 32.8, 262_144],
  ["qwen3-235b-a22b", 235.1, 22, 192_512],
  ["qwen3-30b-a3b", 30.5, 3.3, 98_304],
  ["deepseek-v3", 671, 37, 70_272],
] as const;

test.each(MODELS)("D: %s has %f billion parameters, %f active, %i bytes a token", async (name, all, active, kv) => {
  const { derived } = await showModel(name);
  const figures = derived[Object.keys(derived)[0]!]!;
  expect(Math.abs(figures.parameters / (all * 1e9) - 1)).toBeLessThan(0.01);
  expect(Math.abs(figures.active_parameters / (active * 1e9) - 1)).toBeLessThan(0.04);
  expect(figures.kv_bytes_per_token).toBe(kv);
});

test("D: an A10G is no L40S", () => {
  const names = (name: string) => listHardware(name).hardware.map((entry) => entry.name);
  expect(names("a10g")).toEqual(["a10g"]);
  expect(names("l40s")).toEqual(["l40s"]);
});

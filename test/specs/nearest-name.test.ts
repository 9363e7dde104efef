import { expect, it } from "vitest";
import { nearestName } from "../../host/specs/nearest-name.js";

const names = ["length", "least_loaded", "round_robin", "a100", "a", "gpu", "n_gpus"];

it.each([
  ["lenght", "length"],
  ["least-loaded", "least_loaded"],
  ["LeastLoaded", "least_loaded"],
  ["roundrobbin", "round_robin"],
  ["a1000", "a100"],
  ["a010", "a100"],
  ["n_gpu", "n_gpus"],
])("finds what %s was meant to be", (found, meant) => {
  expect(nearestName(found, names)).toBe(meant);
});

it.each(["", "b", "semantic", "x".repeat(1000)])("finds nothing like %s", (found) => {
  expect(nearestName(found, names)).toBeUndefined();
});

import { expect, it } from "vitest";
import { InputError } from "../../host/specs/input-error.js";
import { GPU_NAMES, gpuProfile } from "../../host/specs/gpu-catalog.js";

it("finds a GPU in any case", () => {
  expect(gpuProfile("H100")).toBe(gpuProfile("h100"));
});

it("refuses an unknown GPU and lists those that exist", () => {
  expect(() => gpuProfile("b200")).toThrow(new InputError('GPU is "b200", but must be one of a100, h100, a10g.'));
});

it("prices and measures one GPU per replica, as the Python tool does", () => {
  expect(GPU_NAMES.map((name) => gpuProfile(name).gpusPerReplica)).toEqual([1, 1, 1]);
  expect(GPU_NAMES.map((name) => gpuProfile(name).costPerHr)).toEqual([2.21, 4.02, 1.01]);
});

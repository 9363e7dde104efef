import { describe, expect, it } from "vitest";
import { pythonProfile } from "../../../host/profiles/python/computed.js";
import { PYTHON_HARDWARE } from "../../../host/profiles/python/hardware.js";
import { pythonGpu } from "../../../host/profiles/python/manual.js";
import {
  pythonActiveParameters,
  pythonKvBytesPerToken,
  pythonParameters,
} from "../../../host/profiles/python/model-shape.js";
import { pythonModel } from "../../../host/profiles/python/models.js";
import type { PythonServing } from "../../../host/profiles/python/serving.js";
import { differences, readFixture } from "./fixture.js";

interface ComputedCase {
  hardware: string;
  model: string;
  tp: number;
  dtype_bytes: number;
  chunk?: number;
  mean_ctx?: number;
  cap?: number;
  blk?: number;
  share?: number;
}

interface ManualCase {
  gpu: string;
  targets: number[];
}

const cases = readFixture<{ computed: ComputedCase[]; manual: ManualCase[] }>("profiles");

function servingOf({ tp, dtype_bytes, chunk, mean_ctx, cap, blk, share }: ComputedCase): Partial<PythonServing> {
  return {
    tp,
    dtypeBytes: dtype_bytes,
    ...(chunk !== undefined && { chunk }),
    ...(mean_ctx !== undefined && { meanCtxTokens: mean_ctx }),
    ...(cap !== undefined && { maxSlots: cap }),
    ...(blk !== undefined && { blockSize: blk }),
    ...(share !== undefined && { gpuMemoryUtilization: share }),
  };
}

describe("a computed profile has every figure that CPython computes", () => {
  it.each(cases.computed)("$hardware, $model, tp $tp, $dtype_bytes bytes", (wanted) => {
    const model = pythonModel(wanted.model);
    const hardware = PYTHON_HARDWARE.find(({ name }) => name === wanted.hardware)!;
    const profile = pythonProfile(hardware, model, servingOf(wanted));
    const decode = (n: number, ctx?: number) => {
      const [, ...rest] = Object.values(profile.decodeEfficiency(n, ctx)) as unknown[];
      return rest;
    };
    const found = {
      ...wanted,
      constants: [profile.W, profile.H, profile.totalKvBlocks],
      sizes: [pythonParameters(model), pythonActiveParameters(model), pythonKvBytesPerToken(model, wanted.dtype_bytes)],
      slots: [1000, 8192, 131072].map((ctx) => profile.slots(ctx)),
      step: [profile.iterationS(1), profile.iterationS(7, 3000)],
      prefill: [profile.prefillIterationS(512, 0, 1), profile.prefillIterationS(2048, 30000, 64, 5000)],
      service: [profile.serviceS(1, 1, 8192), profile.serviceS(6000, 500, 8192)],
      throughput: profile.throughputRps(8192, 1450.9, 483.2),
      power: [profile.powerW(1), profile.powerW(32), profile.powerW(500, 6000)],
      decode: decode(16),
      decode_long: decode(200, 12000),
    };
    expect(differences(found, wanted)).toEqual([]);
  });
});

describe("constants given by hand have every figure that CPython computes", () => {
  it.each(cases.manual)("$gpu", (wanted) => {
    const profile = pythonGpu(wanted.gpu);
    const found = {
      gpu: wanted.gpu,
      slots: [1, 100, 1000, 2048, 5000, 8192, 10000, 65536].map((ctx) => profile.slots(ctx)),
      step: [profile.iterationS(1), profile.iterationS(17, 3333)],
      service: [profile.serviceS(1, 1, 8192), profile.serviceS(3000, 700, 4096), profile.serviceS(512, 128, 65536)],
      throughput: profile.throughputRps(8192, 1450.9, 483.2),
      power: [-1, 0, 1, 2, 6, 17, 32, 100, 256].map((n) => profile.powerW(n)),
      targets: wanted.targets,
      sequences: wanted.targets.map((watts) => profile.sequencesAtPowerW(watts)),
    };
    expect(differences(found, wanted)).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { kernelProvenance, kernelTimes, MEASURED_GPUS, type KernelFigure } from "../../host/specs/kernel-catalog.js";

const find = (figures: readonly KernelFigure[], wanted: Partial<KernelFigure>) =>
  figures.find((figure) => Object.entries(wanted).every(([key, value]) => figure[key as keyof KernelFigure] === value));

/** Largest mean relative error of a fit by kernel, over all GPUs and types. */
const BOUNDS: Readonly<Record<KernelFigure["kernel"], number>> = {
  "matrix products": 0.27,
  experts: 0.37,
  "decode attention": 0.11,
  "prefill attention": 0.21,
  "all-reduce": 0.2,
  "small kernels of a layer": 0,
};

describe.each(MEASURED_GPUS)("the figures of %s", (gpu) => {
  const figures = kernelProvenance(gpu);

  it("each have an origin, and measurements with their range and errors if they were measured", () => {
    for (const { origin, fit } of figures) {
      expect(origin).toMatch(/^(measured|borrowed from .+|published by .+)$/);
      if (origin === "measured") {
        expect(fit!.measurements).toBeGreaterThan(3);
        expect(fit!.covers).not.toBe("");
        expect(Math.min(fit!.meanError, fit!.p90Error)).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it("keep the mean errors of their fits within bounds", () => {
    for (const { kernel, fit } of figures) if (fit) expect(fit.meanError).toBeLessThan(BOUNDS[kernel]);
  });

  it("are those that times are made of", () => {
    const { gemm, experts, attention, allReduce, smallKernelsS } = kernelTimes(gpu);
    const value = (wanted: Partial<KernelFigure>) => find(figures, wanted)?.value;
    const products = { kernel: "matrix products", dtype: "bf16" } as const;
    expect(value({ ...products, figure: "floor" })! * 1e-6).toBe(gemm.bf16.floorS);
    expect(value({ ...products, figure: "bandwidth share" })).toBe(gemm.bf16.bandwidthShare);
    for (const [tokens, share] of experts.bf16.computeShare)
      expect(value({ kernel: "experts", dtype: "bf16", figure: "compute share", tokens })).toBe(share);
    expect(value({ kernel: "decode attention", dtype: "fp8", figure: "bandwidth share" })).toBe(
      attention.bandwidthShare.fp8,
    );
    expect(value({ kernel: "prefill attention", dtype: "bf16", figure: "compute share" })).toBe(attention.computeShare);
    for (const { gpus, latencyS } of allReduce)
      expect(value({ kernel: "all-reduce", figure: "latency", gpus })! * 1e-6).toBe(latencyS);
    expect(value({ kernel: "small kernels of a layer" })! * 1e-6).toBe(smallKernelsS);
  });

  it("are shares of at most the peak, and floors that take time", () => {
    for (const { unit, value } of figures) {
      expect(value).toBeGreaterThan(0);
      if (unit === "share of peak") expect(value).toBeLessThanOrEqual(1);
    }
  });
});

describe("what was not measured", () => {
  it("says from where it is borrowed", () => {
    const figures = kernelProvenance("a100-sxm-80gb");
    expect(find(figures, { kernel: "decode attention", dtype: "fp8", figure: "floor" })?.origin).toBe(
      "borrowed from a100-sxm-80gb in bf16",
    );
    expect(find(figures, { kernel: "small kernels of a layer" })?.origin).toBe("borrowed from h100-sxm");
  });

  it("is timed as bf16 where a type was not", () => {
    const { gemm, experts } = kernelTimes("a100-sxm-80gb");
    expect(gemm.fp8).toEqual(gemm.bf16);
    expect(experts.fp8).toEqual(experts.bf16);
    expect(experts.mxfp4).toEqual(experts.bf16);
    expect(
      find(kernelProvenance("b200-sxm"), { kernel: "experts", dtype: "mxfp4", figure: "compute share", tokens: 64 })
        ?.origin,
    ).toBe("borrowed from b200-sxm in bf16");
  });

  it("says who published it", () => {
    expect(find(kernelProvenance("h100-sxm"), { kernel: "small kernels of a layer" })?.origin).toBe(
      "published by BLIS",
    );
  });
});

describe("types of four bits", () => {
  it("have their products on B200 alone", () => {
    expect(MEASURED_GPUS.filter((gpu) => kernelTimes(gpu).gemm.nvfp4 !== undefined)).toEqual(["b200-sxm"]);
  });

  it("have experts of their own where engines multiply them as they were measured", () => {
    const own = MEASURED_GPUS.filter(
      (gpu) => find(kernelProvenance(gpu), { kernel: "experts", dtype: "mxfp4" })?.origin === "measured",
    );
    expect(own).toEqual(["h100-sxm", "h200-sxm", "l40s"]);
  });
});

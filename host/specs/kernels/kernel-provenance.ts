import type { AttentionFigures, Figure, KernelFigures, KernelFit, MatrixFigures, Origin } from "./kernel-data.js";

/** One figure of a kernel with what is behind it. */
export interface KernelFigure {
  kernel:
    | "matrix products"
    | "experts"
    | "decode attention"
    | "prefill attention"
    | "all-reduce"
    | "small kernels of a layer";
  /** Type of the weights, or of keys and values. */
  dtype?: string;
  figure: "floor" | "bandwidth share" | "compute share" | "latency" | "link share";
  /** Tokens of the batch (with experts of each of them) that it is for. */
  tokens?: number;
  /** GPUs of the group that it is for. */
  gpus?: number;
  value: number;
  unit: "us" | "share of peak";
  origin: Origin;
  /** Absent: no measurement of the tables is behind it. */
  fit?: KernelFit;
}

/** All figures of a GPU. */
export function listFigures(figures: KernelFigures): KernelFigure[] {
  const { gemm, experts, attention, allReduce, smallKernelsUs } = figures;
  return [
    ...Object.entries(gemm).flatMap(([dtype, of]) => ofMatrices("matrix products", dtype, of)),
    ...Object.entries(experts).flatMap(([dtype, of]) => ofMatrices("experts", dtype, of)),
    ...Object.entries(attention).flatMap(([dtype, of]) => ofAttention(dtype, of)),
    ...allReduce.flatMap(({ gpus, latencyUs, linkShare, fit }): KernelFigure[] => [
      { kernel: "all-reduce", figure: "latency", gpus, ...us(latencyUs), fit },
      { kernel: "all-reduce", figure: "link share", gpus, ...shareOfPeak(linkShare), fit },
    ]),
    { kernel: "small kernels of a layer", figure: "floor", ...us(smallKernelsUs) },
  ];
}

function ofMatrices(kernel: "matrix products" | "experts", dtype: string, figures: MatrixFigures): KernelFigure[] {
  const { floorUs, bandwidthShare, memoryFit, computeShare, wholeFit } = figures;
  return [
    { kernel, dtype, figure: "floor", ...us(floorUs), fit: memoryFit },
    { kernel, dtype, figure: "bandwidth share", ...shareOfPeak(bandwidthShare), fit: memoryFit },
    ...computeShare.knots.map(({ tokens, share, ...errors }): KernelFigure => ({
      kernel,
      dtype,
      figure: "compute share",
      tokens,
      ...shareOfPeak({ value: share, origin: computeShare.origin }),
      fit: { ...errors, covers: wholeFit.covers },
    })),
  ];
}

function ofAttention(dtype: string, { decode, prefill }: AttentionFigures): KernelFigure[] {
  return [
    { kernel: "decode attention", dtype, figure: "floor", ...us(decode.floorUs), fit: decode.fit },
    {
      kernel: "decode attention",
      dtype,
      figure: "bandwidth share",
      ...shareOfPeak(decode.bandwidthShare),
      fit: decode.fit,
    },
    { kernel: "prefill attention", dtype, figure: "floor", ...us(prefill.floorUs), fit: prefill.fit },
    {
      kernel: "prefill attention",
      dtype,
      figure: "compute share",
      ...shareOfPeak(prefill.computeShare),
      fit: prefill.fit,
    },
  ];
}

function us(figure: Figure): Figure & { unit: "us" } {
  return { ...figure, unit: "us" };
}

function shareOfPeak(figure: Figure): Figure & { unit: "share of peak" } {
  return { ...figure, unit: "share of peak" };
}

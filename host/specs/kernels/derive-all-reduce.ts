import type { AllReduceFigures } from "./kernel-data.js";
import { allReducePoints, type MeasuredTables } from "./kernel-tables.js";
import { kernelFit, measuredFigure } from "./matrix-fit.js";
import { relativeFit } from "./relative-fit.js";
import type { GpuPeaks } from "./systems.js";

const US = 1e-6;
/** Group sizes of the table. */
const GPUS = [2, 4, 8];
/** Messages of a model: from a token of the smallest to more than any batch holds. */
const LEAST_BYTES = 2 * 2 ** 10;
const MOST_BYTES = 128 * 2 ** 20;

/** vLLM's own all-reduce within a CUDA graph, by number of GPUs. */
export function deriveAllReduce(
  tables: MeasuredTables,
  { linkBandwidth }: GpuPeaks,
  system: string,
): AllReduceFigures[] {
  return GPUS.map((gpus) => {
    const points = allReducePoints(tables, system, "vllm_graph", gpus).filter(
      ({ bytes }) => bytes >= LEAST_BYTES && bytes <= MOST_BYTES,
    );
    const seconds = points.map((point) => point.seconds);
    // Ring bound: each GPU sends and receives that much (Patarasuk and Yuan, J. Parallel Distrib. Comput. 69, 2009).
    const atPeak = points.map(({ bytes }) => ((2 * (gpus - 1)) / gpus) * (bytes / linkBandwidth));
    const [latency, slope] = relativeFit(
      atPeak.map((time) => [US, time]),
      seconds,
    );
    const latencyUs = measuredFigure(latency!);
    const linkShare = measuredFigure(1 / slope!);
    const fitted = atPeak.map((time) => latencyUs.value * US + time / linkShare.value);
    return { gpus, latencyUs, linkShare, fit: kernelFit(fitted, seconds, "messages of 2 KB to 128 MB") };
  });
}

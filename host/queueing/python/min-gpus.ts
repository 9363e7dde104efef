import { pythonP99WaitS } from "./p99-wait.js";

/** Share of the capacity that a pool may use at most. */
const PYTHON_MAX_UTILISATION = 0.85;

/** GPUs beyond which the tool stops to search. */
const MOST_GPUS = 5000;

/** A pool as the tool's sizing sees it. */
export interface PythonPoolLoad {
  /** Requests a second. */
  rateRps: number;
  /** Requests a second that a GPU completes with all slots taken. */
  gpuRps: number;
  /** Squared coefficient of variation of services. */
  cv2: number;
  /** Slots of a GPU. */
  slots: number;
}

/**
 * Fewest GPUs whose 99th percentile of the wait is at most `sloS` and that are busy at most {@link PYTHON_MAX_UTILISATION} of the time, as the Python tool's
 * `min_gpus_analytical` counts them: it starts with one more than the load needs, so that no traffic, however thin, gets fewer than two; 1 without traffic. Past
 * 5,000 GPUs it gives up with the first number that it did not try.
 */
export function pythonMinGpus({ rateRps, gpuRps, cv2, slots }: PythonPoolLoad, sloS: number): number {
  if (rateRps <= 0) return 1;
  const slotRps = gpuRps / slots;
  let gpus = Math.max(1, Math.ceil(rateRps / gpuRps) + 1);
  while (pythonP99WaitS(gpus * slots, rateRps, slotRps, cv2) > sloS) {
    gpus += 1;
    if (gpus > MOST_GPUS) return gpus;
  }
  return Math.max(gpus, Math.ceil(rateRps / (gpuRps * PYTHON_MAX_UTILISATION)));
}

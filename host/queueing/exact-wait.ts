import { mdcWait } from "./mdc.js";
import type { GeneralQueue } from "./mgc.js";
import { mmcWait } from "./mmc.js";
import type { WaitLaw } from "./wait-law.js";

/** The exact law of a queue, with its name in Kendall's notation. */
export interface ExactWait {
  name: string;
  law: WaitLaw;
}

/**
 * The exact law of the wait, where there is one: of exponential (`cv2 = 1`) and of constant services (`cv2 = 0`), the latter as long as the load is not so close to 1 that it cannot be worked out.
 *
 * @throws RangeError for arguments out of range.
 */
export function exactWait({
  servers,
  arrivalRps,
  meanServiceS,
  cv2,
}: Omit<GeneralQueue, "shape">): ExactWait | undefined {
  if (cv2 === 1) return { name: `M/M/${servers}`, law: mmcWait(servers, arrivalRps, meanServiceS) };
  if (cv2 !== 0) return undefined;
  const slack = servers * (1 - (arrivalRps * meanServiceS) / servers) ** 3;
  // Unstable or as good as: the work grows as 1 / slack, and takes about a second here.
  if (slack < LEAST_SLACK) return undefined;
  return { name: `M/D/${servers}`, law: mdcWait(servers, arrivalRps, meanServiceS) };
}

const LEAST_SLACK = 1e-5;

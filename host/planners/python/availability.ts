const HOURS_PER_DAY = 24;

/**
 * Share of the time that a node works, as the Python tool counts it: `1 / (1 + r * MTTR / 24)`.
 *
 * @param failuresPerDay of a node.
 * @param repairH mean time to repair, hours.
 */
export function pythonNodeAvailability(failuresPerDay: number, repairH: number): number {
  return 1 / (1 + failuresPerDay * (repairH / HOURS_PER_DAY));
}

/** A100 of Meta's cluster RSC-1 (Kokolis et al., arXiv:2410.21680: 6.5 failures in 1,000 node-days), where a restart repairs. */
export const PYTHON_RSC1_FAST = pythonNodeAvailability(0.0065, 4);

/** The same, where hardware is swapped. */
export const PYTHON_RSC1_SLOW = pythonNodeAvailability(0.0065, 48);

/** The tool's rule for H100: five in a hundred spare (Cui et al., arXiv:2503.11901). */
export const PYTHON_H100_AVAILABILITY = 0.95;

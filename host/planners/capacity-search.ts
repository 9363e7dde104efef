/** Where {@link searchLargest} looks. All are steps of a ladder of loads: whole numbers, negative ones too. */
export interface SearchOptions {
  /** The step to try first. */
  start: number;
  /** How far from there to look next; every further look is twice as far. */
  stride: number;
  /** Looks below that would be further than this go to the lowest step at once: it may be that none is bearable. */
  far: number;
  /** The lowest step worth trying; asked for once a step was tried. */
  lowest: () => number;
  /** The highest step worth trying. */
  highest: number;
  /** Default {@link MAX_PROBES}. */
  maxProbes?: number;
}

/** Between what was found to be bearable and what was found to be too much. */
export interface Bracket {
  /** The highest step that was found bearable; `null`: not even the lowest. */
  feasible: number | null;
  /** The lowest step that was found to be too much; `null`: not even the highest. */
  infeasible: number | null;
}

/** Most steps that a search tries. */
export const MAX_PROBES = 25;

/**
 * Searches the highest step that is bearable, taking it that whatever is above a step that is too much is too much. It looks up or down from `start`, twice as far each time, until the
 * answer lies between two steps, then halves what is between them, until they are neighbours. So the answer does not hang on where it began.
 *
 * @param isFeasible Tries a step. It is called at most once for each.
 */
export async function searchLargest(
  isFeasible: (step: number) => Promise<boolean>,
  options: SearchOptions,
): Promise<Bracket> {
  const { far, highest, maxProbes = MAX_PROBES } = options;
  let { stride } = options;
  let step = Math.min(highest, options.start);
  let feasible: number | null = null;
  let infeasible: number | null = null;
  for (let probes = 1; ; probes++) {
    if (await isFeasible(step)) feasible = step;
    else infeasible = step;
    if (probes === maxProbes) break;
    if (feasible === null) {
      const lowest = options.lowest();
      if (step <= lowest) break;
      step = stride > far ? lowest : Math.max(lowest, step - stride);
      stride *= 2;
    } else if (infeasible === null) {
      if (step >= highest) break;
      step = Math.min(highest, step + stride);
      stride *= 2;
    } else {
      if (infeasible - feasible <= 1) break;
      step = Math.floor((feasible + infeasible) / 2);
    }
  }
  return { feasible, infeasible };
}

/** What reports say beside figures that are made by the formulas of the Python tool. */
export const COMPAT_WORDS =
  "the formulas of the Python tool, for comparison: nothing was simulated, and its figures are known to be wrong in places";

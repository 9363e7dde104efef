/** Rows of a run that insertion sort puts in order before runs are merged. */
const SHORT_RUN = 16;

/**
 * The stable ascending order of `keys[0 .. count)`, as indices. Bottom-up merge sort on typed arrays; two runs that already
 * follow each other are not merged, so a nearly sorted input costs little more than one pass.
 *
 * @param keys - No NaN among them.
 */
export function stableOrder(keys: Float64Array, count: number): Uint32Array {
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  for (let begin = 0; begin < count; begin += SHORT_RUN) {
    sortShortRun(keys, order, begin, Math.min(begin + SHORT_RUN, count));
  }
  let spare = new Uint32Array(count);
  for (let width = SHORT_RUN; width < count; width *= 2) {
    for (let begin = 0; begin < count; begin += 2 * width) {
      const middle = Math.min(begin + width, count);
      mergeRuns(keys, order, spare, begin, middle, Math.min(middle + width, count));
    }
    [order, spare] = [spare, order];
  }
  return order;
}

function sortShortRun(keys: Float64Array, order: Uint32Array, begin: number, end: number): void {
  for (let i = begin + 1; i < end; i++) {
    const index = order[i]!;
    const key = keys[index]!;
    let hole = i;
    while (hole > begin && keys[order[hole - 1]!]! > key) {
      order[hole] = order[hole - 1]!;
      hole--;
    }
    order[hole] = index;
  }
}

function mergeRuns(
  keys: Float64Array,
  from: Uint32Array,
  to: Uint32Array,
  begin: number,
  middle: number,
  end: number,
): void {
  if (middle === end || keys[from[middle - 1]!]! <= keys[from[middle]!]!) {
    to.set(from.subarray(begin, end), begin);
    return;
  }
  let left = begin;
  let right = middle;
  for (let i = begin; i < end; i++) {
    const takeLeft = right === end || (left < middle && keys[from[left]!]! <= keys[from[right]!]!);
    to[i] = takeLeft ? from[left++]! : from[right++]!;
  }
}

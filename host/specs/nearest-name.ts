/** Longest text compared; beyond it nobody mistyped a name. */
const LONGEST = 64;

/**
 * The name that was most likely meant: the nearest by optimal string alignment (insertions, deletions, substitutions and swaps of
 * neighbours), if no more than a third of it, or one letter of a short name, has to change; otherwise `undefined`.
 *
 * Case, hyphens and underscores do not count. On a tie the name that begins alike further wins, then the
 * earlier one.
 */
export function nearestName(found: string, names: readonly string[]): string | undefined {
  if (found.length === 0 || found.length > LONGEST) return undefined;
  const wanted = plain(found);
  let best: string | undefined;
  let bestCost = Infinity;
  for (const name of names) {
    const distance = alignmentDistance(wanted, plain(name));
    const allowed = Math.min(Math.max(1, Math.floor(name.length / 3)), name.length - 1);
    const cost = distance - commonPrefix(wanted, plain(name)) / (LONGEST + 1);
    if (distance <= allowed && cost < bestCost) {
      best = name;
      bestCost = cost;
    }
  }
  return best;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, "");
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function alignmentDistance(a: string, b: string): number {
  let twoBack: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, twoBack[j - 2]! + 1);
      row.push(cost);
    }
    twoBack = previous;
    previous = row;
  }
  return previous[b.length]!;
}

import { signedPercent, percent, table } from "../validation/markdown.js";
import type { Compared, Comparison } from "./errors.js";

/** Below this share of requests that wait in the simulation, the P99 of the wait is 0, or a matter of chance. */
const LEAST_WAITING = 0.0125;

const share = ({ formula, played }: Compared): number => formula / played - 1;
const noise = ({ played, halfWidth }: Compared): number => halfWidth / played;

/** A line a law: how far the formula is from what was played, over all numbers of servers and loads. */
export function summaryTable(comparisons: readonly Comparison[]): string {
  const rows = [...byLaw(comparisons)].map(([name, of]) => {
    const waiting = of.filter(hasP99);
    const rms = (values: readonly number[]) =>
      percent(Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length));
    const worst = (values: readonly number[]) =>
      signedPercent(values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a)));
    const means = waiting.map(({ meanS }) => share(meanS));
    const p99s = waiting.map(({ p99S }) => share(p99S));
    return [
      name,
      String(waiting.length),
      rms(waiting.map(({ waits }) => share(waits))),
      rms(means),
      worst(means),
      rms(p99s),
      worst(p99s),
      percent(median(waiting.map(({ p99S }) => noise(p99S)))),
    ];
  });
  return table(
    ["services", "queues", "share that waits, RMS", "mean, RMS", "worst", "P99, RMS", "worst", "noise of a P99"],
    rows,
  );
}

/** A table a law: errors of the P99 by servers and load, each with the half-width of its 95 % interval. */
export function detailTables(comparisons: readonly Comparison[]): string {
  return [...byLaw(comparisons)]
    .map(([name, of]) => {
      const loads = [...new Set(of.map(({ rho }) => rho))];
      const rows = [...new Set(of.map(({ servers }) => servers))].map((servers) => [
        String(servers),
        ...loads.map((rho) => cell(of.find((one) => one.servers === servers && one.rho === rho)!)),
      ]);
      return `${name}\n\n${table(["servers", ...loads.map((rho) => `load ${rho}`)], rows)}`;
    })
    .join("\n\n");
}

function cell(comparison: Comparison): string {
  if (!hasP99(comparison)) return "-";
  const { p99S } = comparison;
  return `${signedPercent(share(p99S))} ± ${(100 * noise(p99S)).toFixed(1)}`;
}

function hasP99({ waits, p99S }: Comparison): boolean {
  return waits.played > LEAST_WAITING && p99S.played > 0;
}

function byLaw(comparisons: readonly Comparison[]): Map<string, Comparison[]> {
  const groups = new Map<string, Comparison[]>();
  for (const comparison of comparisons) {
    groups.set(comparison.law.name, [...(groups.get(comparison.law.name) ?? []), comparison]);
  }
  return groups;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

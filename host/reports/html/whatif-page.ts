import type { WhatifFleet, WhatifGpu, WhatifGpusResult, WhatifResult } from "../../planners/whatif.js";
import { dollars, given } from "../quantities.js";
import { gpuCells, WHATIF_GPUS, WHATIF_ROWS, whatifGpusWords, whatifWords } from "../whatif-report.js";
import { sentence, verdict, wordsBlock } from "./blocks.js";
import type { LinesChart, Page, Series, Verdict } from "./page-spec.js";
import { tableOf } from "./tables.js";

/** A fleet at a rate. */
interface Fleet extends WhatifFleet {
  lam: number;
}

/** Fleets of one kind at all rates, and how the kind is called. */
interface Curve {
  label: string;
  fleets: readonly Fleet[];
}

/** The page of the cheapest fleet at several rates. */
export function whatifPage(result: WhatifResult): Page {
  const { rows, facts } = result;
  const curves = [{ label: "cheapest fleet", fleets: rows }];
  const expected: Series = {
    label: "expected by analysis",
    x: rows.map(({ lam }) => lam),
    y: rows.map(({ analytical }) => analytical?.total_gpus ?? null),
  };
  return {
    title: `What ${facts.requests} takes at other rates`,
    subtitle: sentence(`P99 of TTFT within ${given(facts.slo_ms)} ms in both pools`),
    verdict: answer(rows),
    result: rows,
    fileName: "whatif.json",
    sections: [
      { blocks: [wordsBlock(whatifWords(result))] },
      { title: "Over the rate", blocks: [costChart(curves), gpusChart(curves, [expected]), unitCostChart(curves)] },
      { title: "Fleets", blocks: [tableOf(WHATIF_ROWS, rows, { caption: "The cheapest at each rate" })] },
    ],
  };
}

/** The page of kinds of GPU beside each other at several rates. */
export function whatifGpusPage(result: WhatifGpusResult): Page {
  const { rows, gpus, facts } = result;
  const curves = gpus.map((label) => ({
    label,
    fleets: rows.map((row): Fleet => ({ ...(row[label] as WhatifGpu), lam: row.lam })),
  }));
  const cells = gpuCells(result);
  return {
    title: `What ${facts.requests} takes of ${gpus.join(", ")}`,
    subtitle: sentence(`P99 of TTFT within ${given(facts.slo_ms)} ms in both pools`),
    verdict: answer(cheapestOf(result), cheapestNames(result)),
    result: rows,
    fileName: "whatif.json",
    sections: [
      { blocks: [wordsBlock(whatifGpusWords(result))] },
      { title: "Over the rate", blocks: [costChart(curves), gpusChart(curves), unitCostChart(curves)] },
      { title: "Fleets", blocks: [tableOf(WHATIF_GPUS, cells, { caption: "The cheapest of each GPU at each rate" })] },
    ],
  };
}

/** The cheapest fleet at each rate; of one that has none the first. */
function cheapestOf({ rows, gpus }: WhatifGpusResult): (Fleet & { name: string })[] {
  return rows.map((row) => {
    const fleets = gpus.map((name) => ({ ...(row[name] as WhatifGpu), lam: row.lam, name }));
    return fleets.reduce((best, fleet) =>
      (fleet.cost_per_hr ?? Infinity) < (best.cost_per_hr ?? Infinity) ? fleet : best,
    );
  });
}

function cheapestNames(result: WhatifGpusResult): string {
  const met = cheapestOf(result).filter(({ slo_met }) => slo_met);
  const names = [...new Set(met.map(({ name }) => name))];
  if (names.length === 1) return `${names[0]!} is the cheapest: `;
  return `the cheapest are ${met.map(({ name, lam }) => `${name} at ${given(lam)} requests/s`).join(", ")}: `;
}

/** From the cheapest fleet to the dearest, and how many are missing or in doubt. */
function answer(fleets: readonly Fleet[], names = ""): Verdict {
  const met = fleets.filter(({ slo_met }) => slo_met);
  const first = met[0];
  const last = met.at(-1);
  if (!first || !last) return verdict("bad", "At none of these rates does a fleet meet the objective.");
  const range = `${names}${dollars(first.cost_per_hr!)} an hour at ${given(first.lam)} requests/s, ${dollars(last.cost_per_hr!)} at ${given(last.lam)}`;
  if (met.length < fleets.length) {
    return verdict("unsure", `${met.length} of ${fleets.length} fleets meet the objective: ${range}.`);
  }
  const doubtful = met.filter(({ check }) => check?.holds === false).length;
  if (doubtful > 0) return verdict("unsure", `The replay of ${doubtful} of ${met.length} fleets misses: ${range}.`);
  return verdict("good", sentence(range));
}

const RATE = { label: "Rate", unit: "requests/s" } as const;

function seriesOf(curves: readonly Curve[], value: (fleet: Fleet) => number | null): Series[] {
  return curves.map(({ label, fleets }) => ({ label, x: fleets.map(({ lam }) => lam), y: fleets.map(value) }));
}

function costChart(curves: readonly Curve[]): LinesChart {
  const series = seriesOf(curves, ({ cost_per_hr }) => cost_per_hr);
  return { kind: "lines", title: "Cost", x: RATE, y: { label: "$/h", format: "dollars" }, series };
}

function gpusChart(curves: readonly Curve[], more: readonly Series[] = []): LinesChart {
  const series = [...seriesOf(curves, ({ total_gpus }) => total_gpus), ...more];
  return { kind: "lines", title: "GPUs", x: RATE, y: { label: "GPUs", format: "count" }, series };
}

function unitCostChart(curves: readonly Curve[]): LinesChart {
  return {
    kind: "lines",
    title: "Cost of a million requests",
    note: "What a request costs falls where more of them share a fleet; a flat line: growth has no discount left.",
    x: RATE,
    y: { label: "$ a million requests", format: "dollars" },
    series: seriesOf(curves, ({ cost_per_hr: cost, lam }) => (cost === null ? null : ((cost / 3600) * 1e6) / lam)),
  };
}

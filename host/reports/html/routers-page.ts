import type { RouterRow } from "../../planners/compare-routers.js";
import type { PlayedRequests } from "../../planners/fleet-summary.js";
import type { DifferenceVerdict, JudgedDifference, RouterDifference } from "../../planners/router-difference.js";
import { given, millisecondsWithUnit } from "../quantities.js";
import { playedFrom } from "../played-requests.js";
import {
  baselineOf,
  DIFFERENCE_COLUMNS,
  ROUTER_ROWS,
  routerDifferences,
  routerWords,
  signedMs,
} from "../routers-report.js";
import { verdict, wordsBlock } from "./blocks.js";
import type { Block, Chart, IntervalsChart, Page, Tone, Verdict } from "./page-spec.js";
import { pointer } from "./pointer.js";
import { tableOf } from "./tables.js";

/** The page of routers beside each other. */
export function routersPage(rows: readonly RouterRow[], played: PlayedRequests): Page {
  const differences = routerDifferences(rows);
  const baseline = baselineOf(rows);
  return {
    title: "Routers compared",
    subtitle: `${playedFrom(played.arrivals)}, first token within ${given(rows[0]!.slo_ms)} ms`,
    verdict: answer(rows, baseline),
    result: rows,
    fileName: "routers.json",
    sections: [
      { blocks: [wordsBlock(routerWords(rows, played))] },
      { title: "Latency", blocks: [p99s(rows), ...distributions(rows)] },
      ...(baseline === undefined ? [] : [{ title: `Against ${baseline}`, blocks: against(rows, baseline) }]),
      {
        title: "Figures",
        blocks: [
          tableOf(ROUTER_ROWS, rows),
          ...(differences.length === 0
            ? []
            : [tableOf(DIFFERENCE_COLUMNS, differences, { caption: `Differences from ${baseline!}` })]),
        ],
      },
    ],
  };
}

/** Which routers are surely better than the baseline by their P99, and which surely worse. */
function answer(rows: readonly RouterRow[], baseline: string | undefined): Verdict {
  if (baseline === undefined) return verdict("unsure", "One router alone: there is nothing to compare.");
  const named = (wanted: DifferenceVerdict) =>
    rows.filter(({ difference }) => difference?.p99_ttft_ms.verdict === wanted).map(({ router }) => router);
  const [better, worse, alike] = [named("better"), named("worse"), named("no difference shown")];
  const parts = [
    ...(better.length > 0 ? [`a shorter P99 of TTFT than ${baseline}: ${better.join(", ")}`] : []),
    ...(worse.length > 0 ? [`a longer one${better.length > 0 ? "" : ` than ${baseline}`}: ${worse.join(", ")}`] : []),
    ...(alike.length > 0 ? [`no difference of the P99 from ${baseline} shown: ${alike.join(", ")}`] : []),
  ].join("; ");
  if (parts === "") return verdict("unsure", "The differences of the P99 of TTFT cannot be told.");
  return verdict(
    better.length + worse.length > 0 ? "good" : "unsure",
    `${parts.charAt(0).toUpperCase()}${parts.slice(1)}.`,
  );
}

function p99s(rows: readonly RouterRow[]): IntervalsChart {
  return {
    kind: "intervals",
    title: "P99 of TTFT",
    note: "With 95 % intervals. Routers meet the same requests, so their differences are surer than these intervals suggest.",
    axis: { label: "P99 TTFT", format: "milliseconds", scale: "log" },
    items: rows.map(({ router, p99_ttft_ms, p99_ttft_ms_ci95, verdict: state }) => ({
      label: state === "overloaded" ? `${router}, overloaded` : router,
      value: p99_ttft_ms,
      interval: p99_ttft_ms_ci95,
      ...(state === "overloaded" ? { tone: "bad" } : {}),
    })),
    limit: { label: "the objective", value: rows[0]!.slo_ms },
  };
}

/** TTFT under each router; nothing where no curves were asked for. */
function distributions(rows: readonly RouterRow[]): Chart[] {
  const series = rows.flatMap(({ router, quantiles }, index) =>
    quantiles === undefined || quantiles.p.length === 0
      ? []
      : [
          {
            label: router,
            x: pointer(index, "quantiles", "p"),
            y: pointer(index, "quantiles", "ttft_ms"),
          },
        ],
  );
  if (series.length === 0) return [];
  return [
    {
      kind: "distribution",
      title: "Time to first token",
      note: "The time that a share of the requests keeps within; a rejected request never had a first token.",
      y: { label: "TTFT", format: "milliseconds", scale: "log" },
      series,
      limit: { label: "objective", value: rows[0]!.slo_ms },
    },
  ];
}

function against(rows: readonly RouterRow[], baseline: string): Block[] {
  const chart = (
    title: string,
    label: string,
    of: (difference: RouterDifference) => JudgedDifference,
    text: (value: number) => string,
  ): IntervalsChart => {
    const compared = rows.flatMap(({ router, difference }) => (difference ? [{ router, judged: of(difference) }] : []));
    return {
      kind: "intervals",
      title,
      note: "Muted where the interval holds 0: there no difference is shown.",
      axis: { label },
      items: compared.map(({ router, judged: { difference, ci95, verdict: shown } }) => ({
        label: router,
        value: difference,
        interval: ci95,
        ...toneOf(shown),
      })),
      limit: { label: `${baseline} itself`, value: 0 },
      text: compared.map(({ judged: { difference } }) => (difference === null ? "–" : text(difference))),
    };
  };
  const ms = (value: number) => {
    const text = signedMs(value);
    return text.endsWith("s") ? text : text.replace(/[\d.,]+$/, () => millisecondsWithUnit(Math.abs(value)));
  };
  const points = (value: number) => `${value > 0 ? "+" : ""}${value.toFixed(2)} %`;
  return [
    chart("Difference of the P99 of TTFT", "ms; less is better", (one) => one.p99_ttft_ms, ms),
    chart("Difference of the mean of TTFT", "ms; less is better", (one) => one.mean_ttft_ms, ms),
    chart(
      "Difference of the share in time",
      "per cent of the requests; more is better",
      (one) => one.slo_compliance_pct,
      points,
    ),
  ];
}

function toneOf(shown: DifferenceVerdict | null): { tone?: Tone } {
  return shown === "better" || shown === "worse" ? {} : { tone: "unsure" };
}

import uPlot from "uplot";
import { formatShare, NINES_MARKS, ninesOf } from "../nines.js";
import type { DistributionChart, LinesChart, Series } from "../page-spec.js";
import { numberOf, numbersOf } from "../pointer.js";
import { seriesStyles } from "../series-style.js";
import { formatValue } from "../value-format.js";
import { bareAxis, plotAxis, plotScale, rangeOf } from "./axes.js";
import { type Drawing, drawLimit, drawMark } from "./plot.js";
import { colour } from "./theme.js";

/** Values over something that grows. */
export function linesDrawing(chart: LinesChart, result: unknown): Drawing {
  const data = joined(chart.series, result, (x) => x);
  return lineDrawing(chart, data, result, {
    axis: plotAxis("x", chart.x),
    scale: plotScale(chart.x, ends(data[0], chart.x.scale === "log")),
    title: (x) => formatValue(x, chart.x.format),
  });
}

/** Quantile curves on an axis of nines. */
export function distributionDrawing(chart: DistributionChart, result: unknown): Drawing {
  const shares = new Map<number, number>();
  const data = joined(chart.series, result, (share) => {
    const place = ninesOf(share);
    shares.set(place, share);
    return place;
  });
  const drawing = lineDrawing(chart, data, result, {
    axis: {
      ...bareAxis("x"),
      splits: (plot, _, low, high) => apart(plot, NINES_MARKS.map(ninesOf), low, high),
      values: (_, places) => places.map((place) => formatShare(NINES_MARKS.find((share) => ninesOf(share) === place)!)),
    },
    scale: { time: false, auto: false, range: [0, ends(data[0], false)[1]] },
    title: (place) => `${formatShare(shares.get(place)!)} of requests within`,
  });
  const { draw } = drawing;
  const { share = 0.99 } = chart;
  return {
    ...drawing,
    draw: (plot, context) => {
      draw?.(plot, context);
      if (chart.limit && ninesOf(share) <= plot.scales["x"]!.max!) drawMark(plot, context, ninesOf(share));
    },
  };
}

/** Least distance of two marks of shares, CSS pixels. */
const MARK_DISTANCE = 46;

/** The marks between two ends that have room beside each other. */
function apart(plot: uPlot, places: readonly number[], low: number, high: number): number[] {
  const pixels = plot.bbox.width / devicePixelRatio / (high - low);
  return places
    .filter((place) => place >= low && place <= high + 1e-9)
    .reduce<number[]>((kept, place) => {
      const last = kept.at(-1);
      return last !== undefined && (place - last) * pixels < MARK_DISTANCE ? kept : [...kept, place];
    }, []);
}

/** Values across of which each is worth a mark of its own. */
const FEW = 20;

interface Across {
  axis: uPlot.Axis;
  scale: uPlot.Scale;
  title: (x: number) => string;
}

function lineDrawing(chart: LinesChart | DistributionChart, data: Lines, result: unknown, across: Across): Drawing {
  const { y, series, limit } = chart;
  const styles = seriesStyles(series);
  const limitValue = limit ? numberOf(result, limit.value) : null;
  const [xs, ...columns] = data;
  return {
    options: {
      series: [
        {},
        ...styles.map(({ colour: variable, dash, width }) => ({
          stroke: () => colour(variable),
          width,
          dash: [...dash],
          spanGaps: true,
          points: { show: xs.length <= FEW, size: 6, fill: () => colour(variable) },
        })),
      ],
      scales: { x: across.scale, y: plotScale(y, rangeOf([...columns.flat(), limitValue], y, true)) },
      axes: [across.axis, plotAxis("y", y)],
      padding: [10, 30, 0, 0],
    },
    data,
    hasCrosshair: true,
    nearest: (plot, left) => (xs.length === 0 ? null : plot.posToIdx(left)),
    position: (plot, index) => ({
      left: plot.valToPos(xs[index]!, "x"),
      top: plot.cursor.top! < 0 ? 40 : plot.cursor.top!,
    }),
    read: (index) => ({
      title: across.title(xs[index]!),
      rows: series.map(({ label }, i) => ({
        label,
        text: formatValue(columns[i]![index], y.format),
        colour: styles[i]!.colour,
      })),
    }),
    draw: (plot, context) => {
      if (limit && limitValue !== null) drawLimit(plot, context, limitValue, limit.label);
    },
  };
}

type Lines = [number[], ...(number | null | undefined)[][]];

/** The series on one common x. */
function joined(series: readonly Series[], result: unknown, placeOf: (x: number) => number): Lines {
  const tables = series.map(({ x, y, factor = 1 }): uPlot.AlignedData => {
    const values = numbersOf(result, y);
    const points = numbersOf(result, x).flatMap((at, i) =>
      at === null ? [] : [{ at: placeOf(at), value: values[i] ?? null }],
    );
    return [points.map(({ at }) => at), points.map(({ value }) => (value === null ? null : value * factor))];
  });
  return (tables.length === 0 ? [[]] : uPlot.join(tables)) as Lines;
}

function ends(xs: readonly number[], isLog: boolean): [number, number] {
  const low = xs[0];
  const high = xs.at(-1);
  if (low === undefined || high === undefined) return [1, 2];
  if (low < high) return [low, high];
  return isLog ? [low / 2, high * 2] : [low - 1, high + 1];
}

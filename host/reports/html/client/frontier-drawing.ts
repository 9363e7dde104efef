import type uPlot from "uplot";
import { canStand } from "../axis.js";
import type { FrontierChart, FrontierPoint } from "../page-spec.js";
import { numberOf } from "../pointer.js";
import { formatValue } from "../value-format.js";
import { plotAxis, plotScale, rangeOf } from "./axes.js";
import { type Drawing, drawLimit } from "./plot.js";
import { colour } from "./theme.js";
import type { Reading } from "./tooltip.js";

/** Farthest that a candidate may be from the pointer, CSS pixels. */
const REACH = 36;

interface Placed {
  point: FrontierPoint;
  x: number;
  y: number;
}

/** Candidates as marks: filled what is feasible, a cross what is not, hollow what is only expected, a diamond the answer. */
export function frontierDrawing(chart: FrontierChart, result: unknown): Drawing {
  const { x, y, limit } = chart;
  const placed = placedPoints(chart, result);
  const xs = placed.map((one) => one.x);
  const ys = placed.map((one) => one.y);
  const ends = placed.flatMap(({ point }) => point.interval ?? []);
  const limitValue = limit ? numberOf(result, limit.value) : null;
  const position = (plot: uPlot, index: number) => ({
    left: plot.valToPos(xs[index]!, "x"),
    top: plot.valToPos(ys[index]!, "y"),
  });
  return {
    options: {
      series: [{}, { paths: () => null, points: { show: false } }],
      scales: {
        x: plotScale(x, rangeOf(xs, x, false)),
        y: plotScale(y, rangeOf([...ys, ...ends, limitValue], y, y.scale !== "log")),
      },
      axes: [plotAxis("x", x), plotAxis("y", y)],
      padding: [10, 16, 0, 0],
    },
    data: [xs, ys],
    hasCrosshair: false,
    nearest: (plot, left, top) => nearest(placed.length, (index) => position(plot, index), left, top),
    position,
    read: (index) => reading(chart, placed[index]!),
    draw: (plot, context) => {
      if (limit && limitValue !== null) drawLimit(plot, context, limitValue, limit.label);
      drawEfficient(plot, context, placed);
      for (const one of placed) drawInterval(plot, context, one);
      // The answer last: nothing covers it.
      for (const one of placed.filter(({ point }) => !point.isChosen)) drawPoint(plot, context, one);
      for (const one of placed.filter(({ point }) => point.isChosen)) drawPoint(plot, context, one);
    },
  };
}

function placedPoints({ points, x, y }: FrontierChart, result: unknown): Placed[] {
  const placed = points.flatMap((point): Placed[] => {
    const [atX, atY] = [numberOf(result, point.x), numberOf(result, point.y)];
    return canStand(atX, x) && canStand(atY, y) ? [{ point, x: atX, y: atY }] : [];
  });
  return placed.sort((a, b) => a.x - b.x || a.y - b.y);
}

function nearest(
  count: number,
  positionOf: (index: number) => { left: number; top: number },
  left: number,
  top: number,
): number | null {
  let best: number | null = null;
  let reach = REACH;
  for (let index = 0; index < count; index++) {
    const at = positionOf(index);
    const distance = Math.hypot(at.left - left, at.top - top);
    if (distance < reach) [best, reach] = [index, distance];
  }
  return best;
}

function reading({ x, y }: FrontierChart, { point, x: atX, y: atY }: Placed): Reading {
  const written = (value: number, axis: typeof x) =>
    formatValue(value, axis.format) + (axis.unit === undefined ? "" : ` ${axis.unit}`);
  const interval = point.interval ? ` (${point.interval.map((end) => formatValue(end, y.format)).join(" to ")})` : "";
  return {
    title: point.label + standingOf(point),
    rows: [
      { label: x.label, text: written(atX, x) },
      { label: y.label, text: written(atY, y) + interval },
      ...(point.details ?? []),
    ],
  };
}

function standingOf({ isChosen, isEstimate, isFeasible }: FrontierPoint): string {
  if (isChosen) return ", chosen";
  if (isEstimate) return isFeasible ? ", expected to meet the objective" : ", not expected to meet the objective";
  return isFeasible ? "" : ", does not meet the objective";
}

function drawInterval(plot: uPlot, context: CanvasRenderingContext2D, { point, x }: Placed): void {
  if (!point.interval) return;
  const left = plot.valToPos(x, "x", true);
  context.beginPath();
  context.lineWidth = 1.25 * devicePixelRatio;
  context.strokeStyle = colour(point.isChosen ? "--chosen" : point.isFeasible ? "--series-0" : "--muted");
  for (const end of point.interval) context.lineTo(left, plot.valToPos(end, "y", true));
  context.stroke();
}

function drawEfficient(plot: uPlot, context: CanvasRenderingContext2D, placed: readonly Placed[]): void {
  const efficient = placed.filter(({ point }) => point.isEfficient);
  context.strokeStyle = colour("--series-0");
  context.lineWidth = 1.5 * devicePixelRatio;
  context.beginPath();
  for (const { x, y } of efficient) context.lineTo(plot.valToPos(x, "x", true), plot.valToPos(y, "y", true));
  context.stroke();
}

function drawPoint(plot: uPlot, context: CanvasRenderingContext2D, { point, x, y }: Placed): void {
  const left = plot.valToPos(x, "x", true);
  const top = plot.valToPos(y, "y", true);
  const size = devicePixelRatio;
  context.beginPath();
  context.lineWidth = 2 * size;
  if (point.isChosen) {
    const radius = 8 * size;
    context.moveTo(left, top - radius);
    context.lineTo(left + radius, top);
    context.lineTo(left, top + radius);
    context.lineTo(left - radius, top);
    context.closePath();
    context.fillStyle = colour("--chosen");
    context.strokeStyle = colour("--surface");
    context.fill();
    context.stroke();
  } else if (point.isEstimate) {
    context.arc(left, top, 3.5 * size, 0, 2 * Math.PI);
    context.lineWidth = 1.25 * size;
    context.strokeStyle = colour("--muted");
    context.stroke();
  } else if (point.isFeasible) {
    context.arc(left, top, 4.5 * size, 0, 2 * Math.PI);
    context.fillStyle = colour("--series-0");
    context.fill();
  } else {
    const arm = 3.75 * size;
    context.moveTo(left - arm, top - arm);
    context.lineTo(left + arm, top + arm);
    context.moveTo(left + arm, top - arm);
    context.lineTo(left - arm, top + arm);
    context.lineWidth = 1.75 * size;
    context.strokeStyle = colour("--muted");
    context.stroke();
  }
}

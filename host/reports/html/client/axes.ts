import type uPlot from "uplot";
import type { Axis } from "../page-spec.js";
import { formatTick } from "../value-format.js";
import { linearTicks, logTicks } from "./ticks.js";
import { colour } from "./theme.js";

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** Room that a mark takes along its axis, CSS pixels. */
const MARK = { across: 60, up: 34 };

/** How an axis is drawn: marks of our own, so that they read the same on every machine. */
export function plotAxis(side: "x" | "y", axis: Axis): uPlot.Axis {
  const { format, scale } = axis;
  return {
    ...bareAxis(side),
    splits: (plot, _, low, high) => {
      const room = side === "x" ? plot.bbox.width / MARK.across : plot.bbox.height / MARK.up;
      const most = Math.max(2, Math.floor(room / devicePixelRatio));
      return (scale === "log" ? logTicks : linearTicks)(low, high, most, format);
    },
    values: (_, ticks) => ticks.map((tick) => formatTick(tick, format)),
  };
}

/** An axis whose marks the caller sets. */
export function bareAxis(side: "x" | "y"): uPlot.Axis {
  return {
    stroke: () => colour("--muted"),
    font: FONT,
    grid: { stroke: () => colour("--grid"), width: 1, show: side === "y" },
    ticks: { stroke: () => colour("--grid"), width: 1, size: 4 },
    gap: 4,
    // Every mark is taken: without this, uPlot drops those of logarithmic axes that are no powers of ten.
    filter: (_, ticks) => ticks,
    size: (_, labels) => (side === "x" ? 28 : 14 + 7 * Math.max(3, ...(labels ?? []).map(({ length }) => length))),
  };
}

/** The part of an axis that is shown: all values with a little room, from 0 where it is one of amounts. */
export function rangeOf(
  values: readonly (number | null | undefined)[],
  { scale }: Axis,
  from0: boolean,
): [number, number] {
  const shown = values.filter(
    (value) => value != null && Number.isFinite(value) && (scale !== "log" || value > 0),
  ) as number[];
  if (shown.length === 0) return scale === "log" ? [1, 10] : [0, 1];
  const low = shown.reduce((least, value) => Math.min(least, value));
  const high = shown.reduce((most, value) => Math.max(most, value));
  if (scale === "log")
    return low === high ? [low / 2, high * 2] : [low * (low / high) ** 0.05, high * (high / low) ** 0.08];
  const bottom = from0 ? Math.min(0, low) : low - 0.06 * (high - low);
  const top = high + (from0 ? 0.08 * (high - bottom) : 0.06 * (high - low));
  return bottom < top ? [bottom, top] : from0 ? [bottom, bottom + 1] : [bottom - 1, top + 1];
}

/** The scale of an axis over a fixed range. */
export function plotScale({ scale }: Axis, range: [number, number]): uPlot.Scale {
  return { time: false, auto: false, range, ...(scale === "log" ? { distr: 3 } : {}) };
}

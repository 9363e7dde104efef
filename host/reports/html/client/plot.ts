import uPlot from "uplot";
import { colour, onThemeChange } from "./theme.js";
import { type Reading, Tooltip } from "./tooltip.js";

/** What a kind of chart says of its drawing. */
export interface Drawing {
  options: Pick<uPlot.Options, "series" | "scales" | "axes"> & { padding?: uPlot.Padding };
  data: uPlot.AlignedData;
  /** The place of the data nearest to a place of the area, CSS pixels; nothing if none is near. */
  nearest: (plot: uPlot, left: number, top: number) => number | null;
  /** Where a place of the data stands in the area. */
  position: (plot: uPlot, index: number) => { left: number; top: number };
  read: (index: number) => Reading;
  /** Drawn above all else. */
  draw?: (plot: uPlot, context: CanvasRenderingContext2D) => void;
  /** Whether the cursor is a line through the place that is looked at. */
  hasCrosshair: boolean;
}

const HEIGHT = { narrow: 240, wide: 300 };
const NARROW = 520;

/** Draws into a figure, and lets its reader look at it with pointer and keys. */
export function mountPlot(figure: HTMLElement, drawing: Drawing): uPlot {
  const place = figure.querySelector<HTMLElement>(".plot")!;
  const size = () => ({
    width: Math.max(160, place.clientWidth),
    height: place.clientWidth < NARROW ? HEIGHT.narrow : HEIGHT.wide,
  });
  const look = (plot: uPlot, index: number | null) => {
    if (index === null) return tooltip.hide();
    const { left, top } = drawing.position(plot, index);
    tooltip.show(drawing.read(index), left, top);
  };
  const plot = new uPlot(
    {
      ...drawing.options,
      ...size(),
      legend: { show: false },
      cursor: {
        x: drawing.hasCrosshair,
        y: false,
        drag: { x: false, y: false, setScale: false },
        points: { show: drawing.hasCrosshair },
      },
      hooks: {
        draw: [(drawn) => inPlot(drawn, drawing.draw)],
        setCursor: [
          (moved) => {
            const { left = -1, top = -1 } = moved.cursor;
            look(moved, left < 0 ? null : drawing.nearest(moved, left, top));
          },
        ],
      },
    },
    drawing.data,
    place,
  );
  const tooltip = new Tooltip(plot.over, !drawing.hasCrosshair);
  onThemeChange(() => plot.redraw(false, true));
  new ResizeObserver(() => {
    const wanted = size();
    if (wanted.width === plot.width && wanted.height === plot.height) return;
    plot.setSize(wanted);
    // What was said beside a place would stand beside another, or beyond the page.
    plot.setCursor({ left: -10, top: -10 });
  }).observe(place);
  listenToKeys(figure, place, plot, drawing);
  return plot;
}

function inPlot(plot: uPlot, draw: Drawing["draw"]): void {
  if (!draw) return;
  const { ctx } = plot;
  ctx.save();
  draw(plot, ctx);
  ctx.restore();
}

function listenToKeys(figure: HTMLElement, place: HTMLElement, plot: uPlot, drawing: Drawing): void {
  const spoken = figure.querySelector(".spoken")!;
  const last = drawing.data[0].length - 1;
  const page = Math.max(1, Math.round(last / 10));
  let index = -1;
  const moves: Record<string, () => number> = {
    ArrowRight: () => index + 1,
    ArrowLeft: () => index - 1,
    PageDown: () => index + page,
    PageUp: () => index - page,
    Home: () => 0,
    End: () => last,
  };
  const leave = () => {
    plot.setCursor({ left: -10, top: -10 });
    spoken.textContent = "";
  };
  place.addEventListener("blur", leave);
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return leave();
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey || last < 0) return;
    event.preventDefault();
    index = Math.min(last, Math.max(0, move()));
    plot.setCursor(drawing.position(plot, index));
    const { title, rows } = drawing.read(index);
    spoken.textContent = [title, ...rows.map(({ label, text }) => `${label} ${text}`)].join(", ");
  });
}

/** Draws a line across the plot at a value of the axis y. */
export function drawLimit(plot: uPlot, context: CanvasRenderingContext2D, value: number, label: string): void {
  const { left, top, width, height } = plot.bbox;
  const y = Math.round(plot.valToPos(value, "y", true)) + 0.5;
  if (!(y >= top && y <= top + height)) return;
  strokeLine(context, [left, y], [left + width, y]);
  context.fillStyle = colour("--limit");
  context.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  context.textAlign = "left";
  const isNearTop = y - top < 20 * devicePixelRatio;
  context.textBaseline = isNearTop ? "top" : "bottom";
  const at = [left + 6 * devicePixelRatio, y + (isNearTop ? 4 : -4) * devicePixelRatio] as const;
  // A halo: curves may run behind the label.
  context.strokeStyle = colour("--surface");
  context.lineWidth = 4 * devicePixelRatio;
  context.lineJoin = "round";
  context.strokeText(label, ...at);
  context.fillText(label, ...at);
}

/** Draws a line up the plot at a value of the axis x. */
export function drawMark(plot: uPlot, context: CanvasRenderingContext2D, value: number): void {
  const { top, height } = plot.bbox;
  const x = Math.round(plot.valToPos(value, "x", true)) + 0.5;
  strokeLine(context, [x, top], [x, top + height]);
}

function strokeLine(context: CanvasRenderingContext2D, from: [number, number], to: [number, number]): void {
  context.strokeStyle = colour("--limit");
  context.lineWidth = 1.25 * devicePixelRatio;
  context.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
  context.setLineDash([]);
}

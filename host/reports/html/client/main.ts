/** What a report page does in its reader's browser: draws its charts, switches its theme, saves its result. */
import type { PlottedChart } from "../page-spec.js";
import { frontierDrawing } from "./frontier-drawing.js";
import { distributionDrawing, linesDrawing } from "./line-drawing.js";
import { type Drawing, mountPlot } from "./plot.js";
import { setUpTheme } from "./theme.js";

const result = JSON.parse(textOf("result")) as unknown;
const charts = JSON.parse(textOf("charts")) as PlottedChart[];

setUpTheme(document.querySelector<HTMLButtonElement>("#theme")!);
setUpSaving(document.querySelector<HTMLButtonElement>("#save")!);
for (const figure of document.querySelectorAll<HTMLElement>("figure[data-chart]")) {
  const chart = charts[Number(figure.dataset["chart"])]!;
  const plot = mountPlot(figure, drawingOf(chart));
  for (const button of figure.querySelectorAll<HTMLButtonElement>("button[data-series]")) {
    button.addEventListener("click", () => {
      const shows = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shows));
      plot.setSeries(Number(button.dataset["series"]) + 1, { show: shows });
    });
  }
}

function textOf(id: string): string {
  return document.getElementById(id)!.textContent;
}

function drawingOf(chart: PlottedChart): Drawing {
  switch (chart.kind) {
    case "lines":
      return linesDrawing(chart, result);
    case "distribution":
      return distributionDrawing(chart, result);
    case "frontier":
      return frontierDrawing(chart, result);
  }
}

/** The very bytes that `--out` writes. */
function setUpSaving(button: HTMLButtonElement): void {
  button.hidden = false;
  button.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${JSON.stringify(result, null, 2)}\n`], { type: "application/json" }));
    link.download = button.dataset["file"]!;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

/** A line of a tooltip. */
export interface TooltipRow {
  label: string;
  text: string;
  /** CSS variable of the colour of its series. */
  colour?: string;
}

/** What is said of the place that is looked at. */
export interface Reading {
  title: string;
  rows: readonly TooltipRow[];
}

/** Room between a place and its box, CSS pixels. */
const GAP = 14;

/** A box beside the place of a chart that is looked at. */
export class Tooltip {
  private readonly box = document.createElement("div");
  private readonly ring = document.createElement("div");

  /** @param isPoint Whether it is one point that is looked at, which gets a ring. */
  constructor(
    private readonly area: HTMLElement,
    private readonly isPoint: boolean,
  ) {
    this.box.className = "tooltip";
    this.ring.className = "ring";
    this.hide();
    area.append(this.ring, this.box);
  }

  hide(): void {
    this.box.hidden = true;
    this.ring.hidden = true;
  }

  /** @param left Place in the area, CSS pixels. */
  show({ title, rows }: Reading, left: number, top: number): void {
    const heading = document.createElement("strong");
    heading.textContent = title;
    this.box.replaceChildren(heading, ...rows.map(rowElement));
    this.box.hidden = false;
    this.ring.hidden = !this.isPoint;
    this.ring.style.translate = `${left}px ${top}px`;
    const { clientWidth, clientHeight } = this.area;
    const { offsetWidth, offsetHeight } = this.box;
    const fitsRight = left + GAP + offsetWidth <= clientWidth;
    const fitsLeft = left - GAP - offsetWidth >= 0;
    const beside = fitsRight ? left + GAP : left - GAP - offsetWidth;
    // Where there is room on neither side, the box keeps off the place up or down.
    const apart = top > clientHeight / 2 ? top - GAP - offsetHeight : top + GAP;
    const middle = Math.min(Math.max(0, top - offsetHeight / 2), Math.max(0, clientHeight - offsetHeight));
    const across = Math.max(Math.min(0, clientWidth - offsetWidth), beside);
    this.box.style.left = `${across}px`;
    this.box.style.top = `${fitsRight || fitsLeft ? middle : apart}px`;
  }
}

function rowElement({ label, text, colour }: TooltipRow): HTMLElement {
  const row = document.createElement("span");
  const name = document.createElement("span");
  const value = document.createElement("b");
  name.textContent = label;
  value.textContent = text;
  if (colour !== undefined) name.style.borderLeftColor = `var(${colour})`;
  row.append(name, value);
  return row;
}

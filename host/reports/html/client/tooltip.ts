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
    const beside = left + 14 + offsetWidth <= clientWidth ? left + 14 : left - 14 - offsetWidth;
    this.box.style.left = `${Math.max(Math.min(0, clientWidth - offsetWidth), beside)}px`;
    this.box.style.top = `${Math.min(Math.max(0, top - offsetHeight / 2), Math.max(0, clientHeight - offsetHeight))}px`;
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

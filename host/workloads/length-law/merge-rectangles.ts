import type { Rectangle } from "./rectangle.js";

/** Rectangles with the weights of equal ones added up: windows of time mostly share their cells. */
export class MergedRectangles {
  readonly rectangles: Rectangle[] = [];
  /** 1 + place in `rectangles`; 0: free. Its length is a power of two, at least twice the number of rectangles. */
  private slots = new Uint32Array(1024);

  add(rectangle: Rectangle): void {
    if (2 * this.rectangles.length >= this.slots.length) this.grow();
    const slot = this.find(rectangle);
    const place = this.slots[slot]!;
    if (place > 0) this.rectangles[place - 1]!.weight += rectangle.weight;
    else this.slots[slot] = this.rectangles.push({ ...rectangle });
  }

  private find({ inputLow, inputHigh, outputLow, outputHigh }: Rectangle): number {
    let hash = Math.imul(inputLow, 0x9e3779b1) ^ Math.imul(outputLow, 0x85ebca6b);
    hash =
      Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) +
      Math.imul(inputHigh, 0x297a2d39) +
      Math.imul(outputHigh, 0xc2b2ae35);
    const mask = this.slots.length - 1;
    for (let slot = (hash ^ (hash >>> 16)) & mask; ; slot = (slot + 1) & mask) {
      const place = this.slots[slot]!;
      if (place === 0) return slot;
      const met = this.rectangles[place - 1]!;
      const isSame =
        met.inputLow === inputLow &&
        met.inputHigh === inputHigh &&
        met.outputLow === outputLow &&
        met.outputHigh === outputHigh;
      if (isSame) return slot;
    }
  }

  private grow(): void {
    this.slots = new Uint32Array(2 * this.slots.length);
    this.rectangles.forEach((rectangle, place) => (this.slots[this.find(rectangle)] = place + 1));
  }
}

import { MOST_GRAINS } from "./grains";

/** A row of iterations whose durations form an arithmetic series, in grains. */
export class Jump {
  /** Iterations left. */
  count: i64 = 0;
  /** Duration of the next one. */
  first: i64 = 0;
  /** What each takes more than the one before. */
  rise: i64 = 0;

  /** Sets out on at most `count` iterations; on fewer where they would take longer than a jump may. */
  @inline
  set(count: i64, first: i64, rise: i64): void {
    this.first = first;
    this.rise = rise;
    while (count > 1 && <f64>count * (<f64>first + Math.max(0, <f64>rise * <f64>count)) > MOST_GRAINS) count >>= 1;
    this.count = count;
  }

  /** Duration of the shortest iteration. */
  @inline
  get shortest(): i64 {
    return min(this.first, this.first + this.rise * (this.count - 1));
  }

  /** What the next `iterations` take together. */
  @inline
  sum(iterations: i64): i64 {
    return iterations * this.first + (this.rise * (iterations * (iterations - 1))) / 2;
  }

  /** The fewest iterations, at least one, that take `grains` together. They must be among those left, or the answer is more than these. */
  iterationsTo(grains: i64): i64 {
    if (grains <= this.first) return 1;
    // The positive root of rise / 2 * m^2 + (first - rise / 2) * m = grains, in the form that does not cancel; rounding is put right below.
    const rise = <f64>this.rise;
    const b = <f64>this.first - 0.5 * rise;
    const root = (2 * <f64>grains) / (b + Math.sqrt(Math.max(0, b * b + 2 * rise * <f64>grains)));
    let iterations = min(max<i64>(<i64>root, 1), this.count + 1);
    while (iterations <= this.count && this.sum(iterations) < grains) iterations++;
    while (iterations > 1 && this.sum(iterations - 1) >= grains) iterations--;
    return iterations;
  }

  /** `iterations` are over. */
  @inline
  advance(iterations: i64): void {
    this.count -= iterations;
    this.first += this.rise * iterations;
  }
}

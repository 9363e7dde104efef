/** Means, variances and correlations in one pass (B. P. Welford, Technometrics 4(3), 1962): no cancellation, whatever the offset. */

/** Mean and variance of a stream of numbers. */
export class Moments {
  count = 0;
  mean = 0;
  private squares = 0;

  add(value: number): void {
    this.count++;
    const deviation = value - this.mean;
    this.mean += deviation / this.count;
    this.squares += deviation * (value - this.mean);
  }

  /** Standard deviation of the population over its mean; `null` with fewer than two values or a mean of zero. */
  coefficientOfVariation(): number | null {
    if (this.count < 2 || this.mean === 0) return null;
    return Math.sqrt(this.squares / this.count) / this.mean;
  }
}

/** Pearson correlation of a stream of pairs. */
export class Correlation {
  private count = 0;
  private meanX = 0;
  private meanY = 0;
  private squaresX = 0;
  private squaresY = 0;
  private products = 0;

  add(x: number, y: number): void {
    this.count++;
    const dx = x - this.meanX;
    const dy = y - this.meanY;
    this.meanX += dx / this.count;
    this.meanY += dy / this.count;
    this.squaresX += dx * (x - this.meanX);
    this.squaresY += dy * (y - this.meanY);
    this.products += dx * (y - this.meanY);
  }

  /** In -1..1; `null` with fewer than two pairs or where one side never changes. */
  coefficient(): number | null {
    const scale = Math.sqrt(this.squaresX) * Math.sqrt(this.squaresY);
    return scale > 0 ? Math.min(1, Math.max(-1, this.products / scale)) : null;
  }
}

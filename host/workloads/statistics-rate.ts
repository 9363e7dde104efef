/** How the arrivals of a workload vary through time. */
import { Correlation } from "./statistics-moments.js";

/** Arrivals counted in windows of one length. */
export interface RateVariation {
  /** Length of a window, seconds. */
  windowS: number;
  /** Whole windows between the first and the last arrival. */
  windows: number;
  /**
   * Index of dispersion: population variance over mean of the counts; 1 for a Poisson process. `null` with fewer than two
   * windows.
   */
  indexOfDispersion: number | null;
  /** Most arrivals in a window, as requests/s; `null` without a window. */
  peakRateRps: number | null;
  /** That over the mean rate. */
  peakToMean: number | null;
}

/**
 * Counts arrivals in consecutive windows from the first arrival on. The window that holds the last arrival is cut short by the
 * end and does not count. Empty windows cost no time, so that a far-off arrival is no burden.
 */
export class WindowCounts {
  private window = 0;
  private inWindow = 0;
  private sum = 0;
  private squares = 0;
  private peak = 0;

  constructor(private readonly windowS: number) {}

  /** @param sinceFirstS - seconds since the first arrival, never decreasing */
  add(sinceFirstS: number): void {
    const window = Math.floor(sinceFirstS / this.windowS);
    if (window !== this.window) {
      this.sum += this.inWindow;
      this.squares += this.inWindow * this.inWindow;
      if (this.inWindow > this.peak) this.peak = this.inWindow;
      this.window = window;
      this.inWindow = 0;
    }
    this.inWindow++;
  }

  variation(meanRateRps: number | null): RateVariation {
    const windows = this.window;
    const spread = (windows * this.squares - this.sum * this.sum) / (windows * this.sum);
    const peakRateRps = windows > 0 ? this.peak / this.windowS : null;
    return {
      windowS: this.windowS,
      windows,
      indexOfDispersion: windows > 1 ? Math.max(0, spread) : null,
      peakRateRps,
      peakToMean: peakRateRps !== null && meanRateRps !== null ? peakRateRps / meanRateRps : null,
    };
  }
}

/**
 * Correlation, over windows, of the number of arrivals with the mean length of the requests that arrived. Negative: busy times
 * have short requests, so that shuffling lengths over time would overload them.
 */
export interface RateLengthCorrelation {
  windowS: number;
  /** Whole windows with at least one arrival. */
  windows: number;
  input: number | null;
  output: number | null;
  total: number | null;
}

/** Gathers {@link RateLengthCorrelation}; the window of the last arrival does not count, nor do empty ones. */
export class WindowLengths {
  private window = 0;
  private windows = 0;
  private arrivals = 0;
  private inputSum = 0;
  private outputSum = 0;
  private readonly input = new Correlation();
  private readonly output = new Correlation();
  private readonly total = new Correlation();

  constructor(private readonly windowS: number) {}

  /** @param sinceFirstS - seconds since the first arrival, never decreasing */
  add(sinceFirstS: number, input: number, output: number): void {
    const window = Math.floor(sinceFirstS / this.windowS);
    if (window !== this.window) this.close(window);
    this.arrivals++;
    this.inputSum += input;
    this.outputSum += output;
  }

  private close(next: number): void {
    this.windows++;
    this.input.add(this.arrivals, this.inputSum / this.arrivals);
    this.output.add(this.arrivals, this.outputSum / this.arrivals);
    this.total.add(this.arrivals, (this.inputSum + this.outputSum) / this.arrivals);
    this.window = next;
    this.arrivals = this.inputSum = this.outputSum = 0;
  }

  correlation(): RateLengthCorrelation {
    return {
      windowS: this.windowS,
      windows: this.windows,
      input: this.input.coefficient(),
      output: this.output.coefficient(),
      total: this.total.coefficient(),
    };
  }
}

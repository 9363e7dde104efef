/**
 * The requests of one ServeGen client, one after another.
 */
import {
  lengthsAt,
  windowLengthS,
  type NumberDistribution,
  type ServeGenClient,
  type ServeGenLengths,
} from "./client.js";
import { Gaps } from "./gaps.js";
import { SplitMix64 } from "./split-mix.js";
import type { Arriving } from "../rows/arrival-heap.js";

const MOST_TOKENS = 2 ** 31 - 1;

export interface ClientStreamOptions {
  seed: number;
  fromS: number;
  toS: number;
  rateScale: number;
  /** Lengths for a client that has none. */
  fallbackLengths: readonly ServeGenLengths[];
}

/** Requests whose drawn length was 0 and is now 1. */
export interface RaisedLengths {
  inputs: number;
  outputs: number;
}

/**
 * Each window draws from a stream of random numbers of its own, so that a part of the time gives the same requests as the whole.
 */
export class ClientStream implements Arriving {
  /** The next request, after {@link next} has returned true. */
  arrivalS = 0;
  inputTokens = 0;
  outputTokens = 0;
  private readonly random = new SplitMix64();
  private readonly windowS: number;
  private window = -1;
  private windowEndS = -Infinity;
  private gaps: Gaps | undefined;
  private lengths: ServeGenLengths | undefined;

  constructor(
    private readonly client: ServeGenClient,
    readonly place: number,
    private readonly options: ClientStreamOptions,
    private readonly raised: RaisedLengths,
  ) {
    this.windowS = windowLengthS(client);
  }

  /** Moves on to the next request; false if there is none. */
  next(): boolean {
    const { fromS, toS } = this.options;
    do {
      if (this.gaps) this.arrivalS += this.gaps.next();
      while (!this.gaps || this.arrivalS >= this.windowEndS) {
        if (!this.beginWindow()) return false;
      }
      this.drawLengths();
    } while (this.arrivalS < fromS);
    return this.arrivalS < toS;
  }

  /** Begins the next window that has requests; false if there is none before the end. */
  private beginWindow(): boolean {
    const { client, options } = this;
    for (this.window++; this.window < client.windows.length; this.window++) {
      const window = client.windows[this.window]!;
      if (window.startS >= options.toS) return false;
      this.windowEndS = window.startS + this.windowS;
      if (window.rateRps === 0 || this.windowEndS <= options.fromS) continue;
      this.random.begin(options.seed, client.id, this.window);
      this.gaps = new Gaps(window, options.rateScale, this.random);
      this.lengths = lengthsAt(client.lengths.length > 0 ? client.lengths : options.fallbackLengths, window.startS);
      this.arrivalS = window.startS + this.gaps.first();
      return true;
    }
    return false;
  }

  private drawLengths(): void {
    const { random, raised } = this;
    const lengths = this.lengths!;
    let input = draw(lengths.input, random);
    for (const { count, tokens } of lengths.attachments) {
      for (let left = draw(count, random); left > 0; left--) input += draw(tokens, random);
    }
    const output = draw(lengths.output, random);
    if (this.arrivalS >= this.options.fromS && this.arrivalS < this.options.toS) {
      if (input === 0) raised.inputs++;
      if (output === 0) raised.outputs++;
    }
    this.inputTokens = Math.min(Math.max(1, input), MOST_TOKENS);
    this.outputTokens = Math.max(1, output);
  }
}

/** Draws by inversion: the first value whose cumulative probability is above a uniform number. */
function draw({ values, cumulative }: NumberDistribution, random: SplitMix64): number {
  const uniform = random.uniform();
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > uniform) high = middle;
    else low = middle + 1;
  }
  return values[low]!;
}

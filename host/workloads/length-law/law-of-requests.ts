import type { RequestChunk } from "../requests.js";
import { LengthLaw } from "./length-law.js";

/** Different pairs of lengths that are kept apart. */
const MOST_PAIRS = 2 ** 20;

/** Bits of a length that are kept where there are more: pairs that agree in them go together. */
const BITS = 9;

/** Gathers the lengths of a trace, chunk by chunk; the memory taken does not grow with the number of requests. */
export class LengthTally {
  private table = new PairTable();
  private isCoarse = false;

  /** Takes the requests of a chunk. */
  add({ count, inputTokens, outputTokens }: Pick<RequestChunk, "count" | "inputTokens" | "outputTokens">): void {
    for (let i = 0; i < count; i++) {
      const [input, output] = [inputTokens[i]!, outputTokens[i]!];
      if (this.isCoarse) this.table.add(coarse(input), coarse(output), input, output, 1);
      else this.table.add(input, output, input, output, 1);
      if (this.table.count > MOST_PAIRS && !this.isCoarse) this.coarsen();
    }
  }

  /**
   * The law of what has been taken: every request as likely as another. Exact up to 2^20 different pairs of input and output; beyond, pairs that agree
   * in their first 9 bits are one pair of their means, within 0.4 % of each.
   *
   * @throws RangeError if there were no requests.
   */
  law(): LengthLaw {
    const { count, weight, inputSum, outputSum } = this.table;
    if (count === 0) throw new RangeError("no requests to take the lengths of");
    const totals = Float64Array.from({ length: count }, (_, i) => (inputSum[i]! + outputSum[i]!) / weight[i]!);
    const order = Uint32Array.from(totals.keys()).sort((a, b) => totals[a]! - totals[b]!);
    const requests = weight.subarray(0, count).reduce((sum, each) => sum + each, 0);
    return new LengthLaw({
      rectangles: [],
      streaks: [],
      points: {
        input: Float64Array.from(order, (i) => inputSum[i]! / weight[i]!),
        output: Float64Array.from(order, (i) => outputSum[i]! / weight[i]!),
        weight: Float64Array.from(order, (i) => weight[i]! / requests),
      },
    });
  }

  private coarsen(): void {
    const fine = this.table;
    this.table = new PairTable();
    this.isCoarse = true;
    for (let i = 0; i < fine.count; i++) {
      const [input, output] = [fine.first[i]!, fine.second[i]!];
      this.table.add(coarse(input), coarse(output), fine.inputSum[i]!, fine.outputSum[i]!, fine.weight[i]!);
    }
  }
}

/** The law of requests that are at hand: see {@link LengthTally}. */
export function lengthLawOfRequests(
  chunks: Iterable<Pick<RequestChunk, "count" | "inputTokens" | "outputTokens">>,
): LengthLaw {
  const tally = new LengthTally();
  for (const chunk of chunks) tally.add(chunk);
  return tally.law();
}

/** The first bits of a length; the others 0. */
function coarse(tokens: number): number {
  const spare = Math.max(0, 32 - Math.clz32(tokens) - BITS);
  return (tokens >>> spare) << spare;
}

/** Sums by a pair of numbers: a hash table with open addressing. */
class PairTable {
  count = 0;
  first = new Uint32Array(1024);
  second = new Uint32Array(1024);
  weight = new Float64Array(1024);
  inputSum = new Float64Array(1024);
  outputSum = new Float64Array(1024);
  /** 1 + place in the columns; 0: free. */
  private slots = new Uint32Array(4096);

  add(first: number, second: number, input: number, output: number, weight: number): void {
    const slot = this.find(first, second);
    let place = this.slots[slot]! - 1;
    if (place < 0) {
      place = this.count++;
      this.slots[slot] = place + 1;
      this.first[place] = first;
      this.second[place] = second;
    }
    this.weight[place]! += weight;
    this.inputSum[place]! += input;
    this.outputSum[place]! += output;
    if (this.count === this.first.length) this.grow();
  }

  private find(first: number, second: number): number {
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    const mask = this.slots.length - 1;
    for (let slot = (hash ^ (hash >>> 16)) & mask; ; slot = (slot + 1) & mask) {
      const place = this.slots[slot]! - 1;
      if (place < 0 || (this.first[place] === first && this.second[place] === second)) return slot;
    }
  }

  private grow(): void {
    this.first = doubled(this.first, new Uint32Array(2 * this.count));
    this.second = doubled(this.second, new Uint32Array(2 * this.count));
    this.weight = doubled(this.weight, new Float64Array(2 * this.count));
    this.inputSum = doubled(this.inputSum, new Float64Array(2 * this.count));
    this.outputSum = doubled(this.outputSum, new Float64Array(2 * this.count));
    this.slots = new Uint32Array(4 * this.first.length);
    for (let i = 0; i < this.count; i++) this.slots[this.find(this.first[i]!, this.second[i]!)] = i + 1;
  }
}

function doubled<Column extends Uint32Array | Float64Array>(column: Column, into: Column): Column {
  into.set(column);
  return into;
}

/** What a workload looks like: one pass over its requests, in memory that does not grow with their number. */
import { Correlation, Moments } from "./statistics-moments.js";
import { DEFAULT_MAX_DISTINCT_BLOCKS, PrefixCounts, type PrefixReuse } from "./statistics-prefix.js";
import { WindowCounts, WindowLengths, type RateLengthCorrelation, type RateVariation } from "./statistics-rate.js";
import { TokenCounts, type TokenStatistics } from "./statistics-tokens.js";
import type { RequestChunk, RequestSource } from "./requests.js";

/** Figures of a workload. None is ever NaN or infinite; one that is not defined is `null`. */
export interface WorkloadStatistics {
  requests: number;
  /** Seconds since the start of the workload; `null` without a request. */
  firstArrivalS: number | null;
  lastArrivalS: number | null;
  /** From the first to the last arrival, seconds. */
  spanS: number;
  /** `requests / spanS`; `null` if all arrive at once. */
  meanRateRps: number | null;
  /** `null` without a request. */
  input: TokenStatistics | null;
  output: TokenStatistics | null;
  /** Input and output of a request together. */
  total: TokenStatistics | null;
  /** Output tokens over all tokens. */
  outputShare: number | null;
  /** Pearson correlation of input and output; `null` where one of them never changes. */
  inputOutputCorrelation: number | null;
  /** Over windows of a minute. */
  rateLengthCorrelation: RateLengthCorrelation;
  /**
   * Coefficient of variation of the gaps between arrivals (population standard deviation over mean); 1 for a Poisson process.
   * `null` with fewer than three requests, or if all arrive at once.
   */
  gapCv: number | null;
  /** In windows of 1, 10 and 60 s. */
  rateVariation: RateVariation[];
  /** `null` if the source has no prompt blocks. */
  prefixReuse: PrefixReuse | null;
  /** Requests by label, most frequent first, the empty string for those without; empty if no request has one. */
  labels: NamedShare[];
  /** The same by category. */
  categories: NamedShare[];
  /** The same by priority, the one that goes first at the head; empty if the source has no priorities. */
  priorities: PriorityShare[];
}

/** A part of the requests. */
export interface NamedShare {
  name: string;
  requests: number;
  /** Of all requests. */
  share: number;
}

/** The requests of one priority. */
export interface PriorityShare {
  /** 0 .. 255, smaller goes first. */
  priority: number;
  requests: number;
  /** Of all requests. */
  share: number;
}

export interface DescribeOptions {
  /** Different prompt blocks to keep; beyond it the prefix reuse is a lower bound. Default 4,194,304 (32 MB). */
  maxDistinctBlocks?: number;
  /** Called after each chunk with the requests read so far. */
  onProgress?: (requests: number) => void;
}

const WINDOWS_S = [1, 10, 60] as const;
const MINUTE_S = 60;

/**
 * Describe a workload.
 *
 * Percentiles are those of rank `ceil(p n)`, counted from 1; exact below 2^20 tokens, beyond that at most 0.1 % too high.
 *
 * @param source - read to its end
 */
export async function describeRequests(
  source: RequestSource,
  options: DescribeOptions = {},
): Promise<WorkloadStatistics> {
  const description = new Description(options.maxDistinctBlocks ?? DEFAULT_MAX_DISTINCT_BLOCKS);
  for await (const chunk of source.chunks()) {
    description.add(chunk);
    options.onProgress?.(description.requests);
  }
  return description.statistics(source);
}

class Description {
  requests = 0;
  private firstS = 0;
  private lastS = 0;
  private readonly gaps = new Moments();
  private readonly input = new TokenCounts();
  private readonly output = new TokenCounts();
  private readonly total = new TokenCounts();
  private readonly inputOutput = new Correlation();
  private readonly windows = WINDOWS_S.map((windowS) => new WindowCounts(windowS));
  private readonly minutes = new WindowLengths(MINUTE_S);
  private readonly labels: number[] = [];
  private readonly categories: number[] = [];
  private readonly priorities = new Float64Array(256);
  private hasPriorities = false;
  private prefixes: PrefixCounts | undefined;

  constructor(private readonly maxDistinctBlocks: number) {}

  add(chunk: RequestChunk): void {
    for (let i = 0; i < chunk.count; i++) {
      this.addArrival(chunk.arrivalS[i]!);
      this.addLengths(chunk.arrivalS[i]! - this.firstS, chunk.inputTokens[i]!, chunk.outputTokens[i]!);
      count(this.labels, chunk.label[i]!);
      count(this.categories, chunk.category[i]!);
    }
    this.addPriorities(chunk);
    if (chunk.blocks) (this.prefixes ??= new PrefixCounts(this.maxDistinctBlocks)).add(chunk.blocks, chunk.count);
  }

  /** Of a chunk without priorities all are 0. */
  private addPriorities({ count, priority }: RequestChunk): void {
    if (!priority) {
      this.priorities[0]! += count;
      return;
    }
    this.hasPriorities = true;
    for (let i = 0; i < count; i++) this.priorities[priority[i]!]!++;
  }

  private addArrival(arrivalS: number): void {
    if (this.requests === 0) this.firstS = arrivalS;
    else this.gaps.add(arrivalS - this.lastS);
    this.requests++;
    this.lastS = arrivalS;
    for (const window of this.windows) window.add(arrivalS - this.firstS);
  }

  private addLengths(sinceFirstS: number, input: number, output: number): void {
    this.input.add(input);
    this.output.add(output);
    this.total.add(input + output);
    this.inputOutput.add(input, output);
    this.minutes.add(sinceFirstS, input, output);
  }

  statistics({ labels, categories }: Pick<RequestSource, "labels" | "categories">): WorkloadStatistics {
    const { requests } = this;
    const spanS = this.lastS - this.firstS;
    const rate = requests / spanS;
    const meanRateRps = Number.isFinite(rate) ? rate : null;
    return {
      requests,
      firstArrivalS: requests > 0 ? this.firstS : null,
      lastArrivalS: requests > 0 ? this.lastS : null,
      spanS,
      meanRateRps,
      input: this.input.statistics(),
      output: this.output.statistics(),
      total: this.total.statistics(),
      outputShare: this.total.total() > 0 ? this.output.total() / this.total.total() : null,
      inputOutputCorrelation: this.inputOutput.coefficient(),
      rateLengthCorrelation: this.minutes.correlation(),
      gapCv: this.gaps.coefficientOfVariation(),
      rateVariation: this.windows.map((window) => window.variation(meanRateRps)),
      prefixReuse: this.prefixes?.reuse() ?? null,
      labels: shares(this.labels, labels, requests),
      categories: shares(this.categories, categories, requests),
      priorities: this.hasPriorities ? priorityShares(this.priorities, requests) : [],
    };
  }
}

function count(counts: number[], code: number): void {
  counts[code] = (counts[code] ?? 0) + 1;
}

/** Code 0 is "none"; where there is nothing else, there is nothing to tell. */
function shares(counts: readonly number[], names: readonly string[], requests: number): NamedShare[] {
  const parts: NamedShare[] = [];
  counts.forEach((count, code) => parts.push({ name: names[code] ?? "", requests: count, share: count / requests }));
  if (parts.every((part) => part.name === "")) return [];
  return parts.sort((a, b) => b.requests - a.requests);
}

function priorityShares(counts: Float64Array, requests: number): PriorityShare[] {
  return [...counts]
    .map((count, priority) => ({ priority, requests: count, share: count / requests }))
    .filter((part) => part.requests > 0);
}

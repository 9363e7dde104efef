import { InputError } from "../../specs/input-error.js";
import type { RequestChunk, RequestSource } from "../../workloads/requests.js";
import { type HeldRequests, sourceAtSpeed } from "../capacity-held-requests.js";
import { drawnSource, redrawnSource } from "../drawn-source.js";
import type { PlanningRequests } from "../planning-requests.js";
import type { ReplayRequests } from "../replay.js";
import { MAX_POOL_REQUESTS } from "../sizing/sizing-limits.js";

/** Requests that all runs of a question play: the same ones, faster or slower. */
export interface HeldLoad {
  count: number;
  /** Share of all requests that are longer than the window, and left out. */
  tooLongShare: number;
  /** Mean rate of those that are held, for one of all requests together. */
  share: number;
  /** Tokens that a prompt block stands for; absent: they have none. */
  blockTokens?: number;
  /** Means, tokens. */
  meanInput: number;
  meanOutput: number;
  /** As a source to be played, at a mean rate of all requests together, those that are left out included, requests/s. */
  at(rateRps: number): RequestSource;
}

/** Which requests are held. */
export interface HeldLoadOptions {
  /** Longest request, input and output tokens together; longer ones are left out. */
  maxCtx: number;
  /** So many, and of requests that vary in time rather more: whole rounds of the variation. A trace is held whole, as far as a run goes. */
  count: number;
  /** Whether there are to be so many and no more, of a trace as well. */
  isCount: boolean;
  seed: number;
  /** Prompt and output tokens of every request, in place of its own. */
  input?: number;
  output?: number;
}

/** Requests in a chunk: as many are played before a run is asked whether it is lost. */
const ROWS_AT_ONCE = 1024;

/** @throws InputError if no request is short enough, or the source cannot be read. */
export async function holdLoad(requests: PlanningRequests, options: HeldLoadOptions): Promise<HeldLoad> {
  const { rateRps } = requests;
  const { count, isCount } = options;
  const wanted = isCount || requests.isDrawn ? count : Math.min(requests.count, MAX_POOL_REQUESTS);
  const round = isCount ? 1 : requests.isDrawn ? Math.max(1, Math.round(requests.cycle ?? 1)) : wanted;
  const played = requests.at(rateRps, mostDrawn(requests));
  const filter = new LoadFilter(options);
  await filter.read(await sourceOf(played, options.seed), wanted, round);
  const { held, lookedAt, sums } = filter;
  if (held.count === 0) {
    throw new InputError(
      `no request of ${requests.name} has at most ${options.maxCtx} tokens: the fleet would serve none.`,
    );
  }
  const share = held.count / lookedAt;
  return {
    count: held.count,
    tooLongShare: 1 - share,
    share,
    ...("drawn" in played || played.blockTokens === undefined ? {} : { blockTokens: played.blockTokens }),
    meanInput: sums.input / held.count,
    meanOutput: sums.output / held.count,
    at: (wantedRps) => sourceAtSpeed(held, wantedRps / rateRps),
  };
}

/** Requests that are drawn before the clock ends, at most: more than any run has. */
const MOST_DRAWN = 4_000_000;

function mostDrawn(requests: PlanningRequests): number {
  if (!requests.isDrawn) return requests.count;
  for (let count = MOST_DRAWN; count >= 1000; count = Math.floor(count / 2)) {
    if (requests.slowestRps(count) <= requests.rateRps) return count;
  }
  throw new InputError(
    `a rate of ${requests.rateRps} requests/s is too slow: the clock ends before a thousand of them have come.`,
  );
}

async function sourceOf(played: ReplayRequests, seed: number): Promise<RequestSource> {
  if ("drawn" in played) return drawnSource(played.drawn, { seed, chunkRows: 16 * ROWS_AT_ONCE });
  const source = await played.open(0);
  return played.arrivals ? redrawnSource(source, played.arrivals, { seed }) : source;
}

/** Reads a source as far as is wanted, and keeps what is short enough. */
class LoadFilter {
  readonly sums = { input: 0, output: 0 };
  lookedAt = 0;
  private readonly chunks: RequestChunk[] = [];
  private kept = 0;
  private lastS = 0;
  private firstS: number | undefined;
  private names: Pick<HeldRequests, "labels" | "categories"> = { labels: [""], categories: [""] };

  constructor(private readonly options: HeldLoadOptions) {}

  get held(): HeldRequests {
    const { chunks, kept, lastS, firstS = 0, names } = this;
    return { chunks, ...names, count: kept, firstS, lastS, blockIds: 0 };
  }

  async read(source: RequestSource, wanted: number, round: number): Promise<void> {
    let end = Infinity;
    for await (const chunk of source.chunks()) {
      const rows: number[] = [];
      for (let row = 0; row < chunk.count && this.lookedAt < end; row++) {
        this.lookedAt++;
        if (!this.isShort(chunk, row)) continue;
        rows.push(row);
        if (++this.kept === wanted) end = Math.ceil(this.lookedAt / round) * round;
      }
      for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
        this.keep(chunk, rows.slice(from, from + ROWS_AT_ONCE));
      if (this.lookedAt >= end) break;
    }
    this.names = { labels: [...source.labels], categories: [...source.categories] };
  }

  private isShort({ inputTokens, outputTokens }: RequestChunk, row: number): boolean {
    return inputTokens[row]! + outputTokens[row]! <= this.options.maxCtx;
  }

  private keep(chunk: RequestChunk, rows: readonly number[]): void {
    const { input, output } = this.options;
    const own: RequestChunk = {
      count: rows.length,
      arrivalS: Float64Array.from(rows, (row) => chunk.arrivalS[row]!),
      inputTokens: Uint32Array.from(rows, (row) => input ?? chunk.inputTokens[row]!),
      outputTokens: Uint32Array.from(rows, (row) => output ?? chunk.outputTokens[row]!),
      label: new Uint16Array(rows.length),
      category: new Uint8Array(rows.length),
      ...(chunk.priority ? { priority: Uint8Array.from(rows, (row) => chunk.priority![row]!) } : {}),
    };
    if (chunk.blocks && input === undefined) own.blocks = blocksOf(chunk.blocks, rows);
    for (let i = 0; i < own.count; i++) {
      this.sums.input += own.inputTokens[i]!;
      this.sums.output += own.outputTokens[i]!;
    }
    this.firstS ??= own.arrivalS[0]!;
    this.lastS = own.arrivalS[own.count - 1]!;
    this.chunks.push(own);
  }
}

function blocksOf({ offsets, ids }: NonNullable<RequestChunk["blocks"]>, rows: readonly number[]) {
  const kept = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => (kept[i + 1] = kept[i]! + offsets[row + 1]! - offsets[row]!));
  const keptIds = new Uint32Array(kept[rows.length]!);
  rows.forEach((row, i) => keptIds.set(ids.subarray(offsets[row], offsets[row + 1]), kept[i]));
  return { offsets: kept, ids: keptIds };
}

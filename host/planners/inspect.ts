import { getBuiltinWorkload } from "../workloads/builtin/catalog.js";
import type { RequestSource } from "../workloads/requests.js";
import { describeRequests, type DescribeOptions, type WorkloadStatistics } from "../workloads/statistics.js";
import { withChunks } from "../workloads/traces/transform/pass-through.js";
import { drawnSource, redrawnSource } from "./drawn-source.js";
import { openRequests } from "./open-requests.js";
import { DEFAULT_SEED, type ReplayRequests } from "./replay.js";
import type { RequestOptions } from "./request-options.js";
import { type SnakeCased, snakeCased } from "./snake-case.js";
import { beginsAsCdf, locateInput, openBytes, type TraceInput } from "./trace-input.js";
import type { TraceSummary } from "./trace-summary.js";

/** What {@link inspect} inspects. */
export interface InspectOptions extends RequestOptions, Omit<DescribeOptions, "onProgress"> {
  trace: TraceInput;
  /** Told how many requests have been looked at. Waited for, so that it can let other work have its turn. */
  onProgress?: (requests: number) => void | Promise<void>;
  /** Of all draws. Default 42. */
  seed?: number;
}

/** Rate at which a CDF, which has none of its own, is drawn from unless the caller says otherwise, requests/s. */
export const DEFAULT_INSPECT_RATE_RPS = 1;

/** What a trace or a workload looks like. Statistics are of the requests as they would be played, after all changes. */
export interface InspectResult extends SnakeCased<WorkloadStatistics> {
  /** Where the requests come from, and what became of the rows. */
  trace: TraceSummary;
  /** Of all draws. */
  seed: number;
}

/**
 * Reads a trace, or draws from a workload, and tells what it looks like: counts, rates, lengths, burstiness, reuse of prefixes, and the
 * rows that cannot be used.
 *
 * @throws InputError one sentence about what is wrong with the trace or an option.
 */
export async function inspect(options: InspectOptions): Promise<InspectResult> {
  const { trace, seed = DEFAULT_SEED } = options;
  const rateRps = options.rateRps ?? ((await hasNoRate(trace, options)) ? DEFAULT_INSPECT_RATE_RPS : undefined);
  const opened = await openRequests(trace, rateRps === undefined ? options : { ...options, rateRps }, seed);
  const source = await sourceOf(opened.requests, seed);
  const { maxDistinctBlocks, onProgress } = options;
  const statistics = await describeRequests(onProgress ? watched(source, onProgress) : source, {
    ...(maxDistinctBlocks === undefined ? {} : { maxDistinctBlocks }),
  });
  return { trace: opened.summary(), seed, ...snakeCased(statistics) };
}

/** Whether an input is a CDF. (Of one that can be read but once this is not known before it is read.) */
async function hasNoRate(input: TraceInput, { isCdf }: InspectOptions): Promise<boolean> {
  const located = await locateInput(input);
  switch (located.kind) {
    case "workload":
      return getBuiltinWorkload(located.name).nativeRateRps === undefined;
    case "model":
      return located.model.nativeRateRps === undefined;
    case "folder":
      return false;
    case "bytes":
      return isCdf === true || (!located.isReadOnce && (await beginsWithCdf(located.open())));
  }
}

async function beginsWithCdf(bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  const { beginning, all } = await openBytes(bytes);
  // Begun and given up, so that a file is closed.
  const rest = all[Symbol.asyncIterator]();
  await rest.next();
  await rest.return?.();
  return beginsAsCdf(beginning);
}

async function sourceOf(requests: ReplayRequests, seed: number): Promise<RequestSource> {
  if ("drawn" in requests) return drawnSource(requests.drawn, { seed });
  const source = await requests.open(0);
  return requests.arrivals ? redrawnSource(source, requests.arrivals, { seed }) : source;
}

function watched(source: RequestSource, onProgress: (requests: number) => void | Promise<void>): RequestSource {
  return withChunks(source, async function* () {
    let requests = 0;
    for await (const chunk of source.chunks()) {
      requests += chunk.count;
      yield chunk;
      await onProgress(requests);
    }
  });
}

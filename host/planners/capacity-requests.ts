import { MAX_SECONDS } from "../../assembly/contract.js";
import { InputError } from "../specs/input-error.js";
import type { ArrivalProcess, WorkloadModel } from "../workloads/models.js";
import { holdRequests, type HeldRequests, sourceAtSpeed } from "./capacity-held-requests.js";
import type { DrawnRequests } from "./feed.js";
import { openRequests } from "./open-requests.js";
import type { ReplayRequests } from "./replay.js";
import type { RequestOptions } from "./request-options.js";
import type { TraceInput } from "./trace-input.js";
import type { TraceSummary } from "./trace-summary.js";

/** What requests are: drawn from a workload, or those of a trace as they were read (of its first replication, where these differ). */
export type RequestContent = { model: WorkloadModel } | { held: HeldRequests };

/** Requests that can be played at any rate: the same ones, with the same gaps between them but for their scale. */
export interface ScalableRequests {
  /** What analysis takes their lengths from. */
  readonly content: RequestContent;
  /** Whether as many can be had as are wanted; of others there are `count`. */
  readonly isDrawn: boolean;
  /** Whether another replication has other requests, or other arrivals; else all replications play the same. */
  readonly isNewEachTime: boolean;
  /** Requests of a run, unless it wants another number of them. */
  readonly count: number;
  /** The rate at which they come by themselves, or at which their user would have them; absent: none. */
  readonly ownRateRps?: number;
  /** Drawn ones: requests after which the rate and the lengths repeat themselves. */
  readonly cycle?: number;
  /** The requests at a mean rate, requests/s. Drawn ones are `count`. */
  at(rateRps: number, count: number): ReplayRequests;
  /** The slowest rate at which the clock holds them all, requests/s. */
  slowestRps(count: number): number;
  /** Where they come from; played at a rate. */
  summary(rateRps: number | undefined, count: number): TraceSummary;
}

/** How the requests of a capacity search are understood: as those of a replay, but that their speed is what is searched. */
export type ScalableRequestOptions = Omit<RequestOptions, "speed" | "isClosedLoop">;

/**
 * Opens requests to be played at several rates. A workload is drawn at each rate; where its rate or its lengths vary in time, their course is stretched with the gaps, so
 * that the very same requests come. A trace is read once, held, and played faster or slower; with `rateRps` or `arrivals` its arrivals are drawn.
 *
 * @param runs.replications What differs between replications of a trace is held for each.
 * @throws InputError if the input cannot be used, an option has no meaning for it, or a trace is too long to be held.
 */
export async function openScalable(
  input: TraceInput,
  options: ScalableRequestOptions,
  runs: { seed: number; replications: number; isClosedLoop: boolean },
): Promise<ScalableRequests> {
  const { arrivals, rateRps } = options;
  // A trace draws arrivals only at a rate; every run will give its own.
  const rate = rateRps ?? (arrivals ? 1 : undefined);
  const opened = await openRequests(
    input,
    { ...options, ...(rate === undefined ? {} : { rateRps: rate }), isClosedLoop: true },
    runs.seed,
  );
  const { requests } = opened;
  if ("drawn" in requests) return drawnAt(requests.drawn, rateRps, runs.isClosedLoop, () => opened.summary());
  const isNewEachTime = options.scale !== undefined || opened.summary().format === "servegen";
  const held: HeldRequests[] = [];
  for (let run = 0; run < (isNewEachTime ? runs.replications : 1); run++) {
    held.push(await holdRequests(await requests.open(run), opened.summary().name, held));
  }
  const summary = opened.summary();
  const first = held[0]!;
  if (first.count === 0) throw new InputError(`${summary.name}: nothing to play: none of its requests is left.`);
  const process = requests.arrivals?.process;
  const ownRateRps = process ? rateRps : runs.isClosedLoop ? undefined : meanRate(first, summary.name);
  return {
    content: { held: first },
    isDrawn: false,
    isNewEachTime: isNewEachTime || process !== undefined,
    count: first.count,
    ...(ownRateRps === undefined ? {} : { ownRateRps }),
    at: (wanted) => ({
      open: async (replication) => {
        const played = held[replication % held.length]!;
        const speed = process || runs.isClosedLoop ? 1 : wanted / meanRate(played, summary.name);
        return sourceAtSpeed(played, speed);
      },
      ...(requests.blockTokens === undefined ? {} : { blockTokens: requests.blockTokens }),
      ...(process ? { arrivals: { rateRps: wanted, process } } : {}),
    }),
    slowestRps: () => (process ? slowestDrawn(first.count, process) : (first.count * 2) / MAX_SECONDS),
    summary: (wanted) => atRate(summary, wanted),
  };
}

function meanRate({ count, firstS, lastS }: HeldRequests, name: string): number {
  if (lastS > firstS) return (count - 1) / (lastS - firstS);
  throw new InputError(
    `${name}: its ${count} requests arrive at one moment, so that there is no rate to change; --arrivals poisson draws new arrivals.`,
  );
}

function drawnAt(
  drawn: DrawnRequests,
  givenRps: number | undefined,
  isClosedLoop: boolean,
  summary: () => TraceSummary,
): ScalableRequests {
  const { model, process } = drawn;
  const ownRateRps = givenRps ?? model.nativeRateRps;
  const cycleS = cycleOf(model);
  if (cycleS > 0 && ownRateRps === undefined && !isClosedLoop) {
    throw new InputError(`${model.name}: varies in time, but at no rate of its own; --rate must say at which.`);
  }
  return {
    content: { model },
    isDrawn: true,
    isNewEachTime: true,
    count: drawn.count,
    ...(ownRateRps === undefined ? {} : { ownRateRps }),
    ...(cycleS > 0 && ownRateRps !== undefined ? { cycle: cycleS * ownRateRps } : {}),
    at: (rateRps, count) => {
      if (isClosedLoop) return { drawn: { ...drawn, rateRps: ownRateRps ?? 1, count } };
      return { drawn: { ...drawn, model: stretched(model, (ownRateRps ?? rateRps) / rateRps), rateRps, count } };
    },
    slowestRps: (count) => slowestDrawn(count + cycleS * (ownRateRps ?? 1), process),
    summary: (rateRps, count) => ({ ...atRate(summary(), rateRps), rows: count, used: count }),
  };
}

/** A rate at which gaps of a process certainly end before the clock does: the bound of draw-limits.ts, doubled. */
function slowestDrawn(count: number, process: ArrivalProcess): number {
  const cv = process.type === "gamma" ? process.cv : process.type === "poisson" ? 1 : 0;
  return (2 * (count + 12 * cv * Math.sqrt(count) + 60 * cv * cv)) / MAX_SECONDS;
}

/** Seconds after which the rate and the lengths of a workload repeat themselves; 0 where they do not vary. */
function cycleOf({ profile, lengths }: WorkloadModel): number {
  const windows = lengths.windowCell.length - 1;
  return Math.max(
    profile ? profile.stepS * profile.relativeRate.length : 0,
    windows > 1 ? lengths.windowS * windows : 0,
  );
}

/** The workload with its course in time stretched by a factor. */
function stretched(model: WorkloadModel, factor: number): WorkloadModel {
  const { lengths, profile } = model;
  return {
    ...model,
    lengths: { ...lengths, windowS: lengths.windowS * factor },
    ...(profile ? { profile: { ...profile, stepS: profile.stepS * factor } } : {}),
  };
}

function atRate({ arrivals, ...summary }: TraceSummary, rateRps: number | undefined): TraceSummary {
  if (arrivals === undefined || rateRps === undefined) return summary;
  return { ...summary, arrivals: { ...arrivals, rate_rps: rateRps } };
}

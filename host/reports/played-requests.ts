/** What was played, in words: for the reports of planners. */
import type { PlayedRequests, RequestStream } from "../planners/fleet-summary.js";
import { unusableText } from "./replay-notes.js";
import { significant } from "./quantities.js";

/** Most streams that are named. */
const MOST_STREAMS = 6;

/** How far a rate may be from the own one of the requests before that is told. */
const SAME_RATE = 1e-3;

/** Where requests came from and how fast, as `azure at 200 requests/s`. */
export function playedFrom(arrivals: readonly RequestStream[]): string {
  const named = arrivals.map(streamText);
  return named.slice(0, MOST_STREAMS).join(", ") + (named.length > MOST_STREAMS ? ", ..." : "");
}

function streamText({ workload, trace, rate_rps, own_rate_rps, pool }: RequestStream): string {
  const stream = `${workload ?? trace} at ${significant(rate_rps)} requests/s${speedText(rate_rps, own_rate_rps)}`;
  return pool === undefined ? stream : `${stream} for ${pool}`;
}

/** What varies in time is played faster or slower to come at another rate than its own. */
function speedText(rateRps: number, ownRps: number | undefined): string {
  if (ownRps === undefined || Math.abs(rateRps / ownRps - 1) < SAME_RATE) return "";
  return ` (its own ${significant(ownRps)}, played ${significant(rateRps / ownRps)} times as fast)`;
}

/** What a reader must know of a trace that was played: the rows that could not be used, and what was assumed. */
export function traceNotes({ trace }: PlayedRequests): string[] {
  if (trace === undefined) return [];
  const unusable = unusableText(trace);
  return [...(unusable === undefined ? [] : [unusable]), ...trace.notes];
}

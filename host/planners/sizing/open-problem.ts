import { type Core, loadCore } from "../../core/load.js";
import type { Engine } from "../../specs/fleet-spec.js";
import { InputError } from "../../specs/input-error.js";
import { lengthLawOf } from "../../workloads/length-law/law-of-model.js";
import { lengthLawOfRequests } from "../../workloads/length-law/law-of-requests.js";
import type { RequestSource } from "../../workloads/requests.js";
import { MAX_HELD_REQUESTS } from "../capacity-held-requests.js";
import { drawnSource, redrawnSource } from "../drawn-source.js";
import { openPlanningRequests, type PlanningInput, type PlanningRequests } from "../planning-requests.js";
import { DEFAULT_ENGINE, DEFAULT_SEED, DEFAULT_SLO_MS, type ReplayRequests } from "../replay.js";
import { checkSizingOptions } from "./sizing-limits.js";
import { drawnSupply } from "./drawn-supply.js";
import { HeldStream } from "./held-stream.js";
import type { RequestSupply } from "./request-supply.js";
import type { SizeBy, SizingProblem } from "./sizing-problem.js";

/** What every planner that sizes pools asks of its caller. */
export interface SizingOptions {
  /** Objective for the P99 of TTFT = wait + own prefill, in every pool, ms. Default 500. */
  sloMs?: number;
  /** Objective for the P99 of the time per output token, ms. Default: none. */
  sloTpotMs?: number;
  /** Whether the interval of a P99 has to lie within its limit, or the P99 itself. Default `interval`. */
  sizeBy?: SizeBy;
  /** How requests are served inside a replica. Default `iterations`. */
  engine?: Engine;
  /** Requests that are simulated for each pool. Default: 30,000, or as many as turn the pool over 20 times. */
  requests?: number;
  /** Whole number; the same seed gives the same answer to the last bit. Default 42. */
  seed?: number;
  /** An instance of the core to run in; by default a new one. */
  core?: Core;
  /** Told how many runs there were so far. Waited for, so that it can let other work have its turn. */
  onRun?: (runs: number) => void | Promise<void>;
}

/** A question that is open, and the requests it is about. */
export interface OpenProblem {
  problem: SizingProblem;
  requests: PlanningRequests;
}

/**
 * Opens the requests of a question of size, and settles what all its runs have in common.
 *
 * @throws InputError if the input cannot be used or an option is out of range.
 */
export async function openProblem(options: PlanningInput & SizingOptions): Promise<OpenProblem> {
  checkSizingOptions(options);
  const { seed = DEFAULT_SEED, sloMs = DEFAULT_SLO_MS, engine = DEFAULT_ENGINE } = options;
  const requests = await openPlanningRequests(options, { seed });
  const { rateRps } = requests;
  const played = requests.at(rateRps, mostDrawn(requests));
  const { content } = requests;
  const problem: SizingProblem = {
    engine,
    sizeBy: options.sizeBy ?? "interval",
    objective: { ttftMs: sloMs, ...(options.sloTpotMs === undefined ? {} : { tpotMs: options.sloTpotMs }) },
    rateRps,
    law: "model" in content ? lengthLawOf(content.model) : lengthLawOfRequests(content.held.chunks),
    supply: await supplyOf(requests, played, seed),
    ...("drawn" in played ? { fresh: await supplyOf(requests, played, seed + 1) } : {}),
    ...("drawn" in played || played.blockTokens === undefined ? {} : { blockTokens: played.blockTokens }),
    ...(options.requests === undefined ? {} : { requests: options.requests }),
    seed,
    core: options.core ?? (await loadCore()),
    ...(options.onRun ? { onRun: options.onRun } : {}),
    runs: 0,
    loads: new Map(),
  };
  return { problem, requests };
}

/** Requests that can be drawn at the rate before the clock ends. */
function mostDrawn(requests: PlanningRequests): number {
  if (!requests.isDrawn) return requests.count;
  for (let count = MAX_HELD_REQUESTS; count >= 1000; count = Math.floor(count / 2)) {
    if (requests.slowestRps(count) <= requests.rateRps) return count;
  }
  throw new InputError(
    `a rate of ${requests.rateRps} requests/s is too slow: the clock ends before a thousand of them have come.`,
  );
}

/** Requests in parts: drawn by the core where they can be, with the seed of the run; else held. */
async function supplyOf(requests: PlanningRequests, played: ReplayRequests, seed: number): Promise<RequestSupply> {
  const drawn = "drawn" in played ? drawnSupply(played.drawn) : undefined;
  if (drawn) return drawn;
  const round = requests.isDrawn ? Math.max(1, Math.round(requests.cycle ?? 1)) : requests.count;
  return new HeldStream(await sourceOf(played, seed), MAX_HELD_REQUESTS, round);
}

async function sourceOf(played: ReplayRequests, seed: number): Promise<RequestSource> {
  if ("drawn" in played) return drawnSource(played.drawn, { seed });
  const source = await played.open(0);
  return played.arrivals ? redrawnSource(source, played.arrivals, { seed }) : source;
}

import { InputError } from "../specs/input-error.js";
import { builtinWorkloads, getBuiltinCdf, getBuiltinWorkload } from "../workloads/builtin/catalog.js";
import { type Cdf, cdfToModel, readCdfFile } from "../workloads/cdf.js";
import { lengthLawOf } from "../workloads/length-law/law-of-model.js";
import { lengthLawOfRequests } from "../workloads/length-law/law-of-requests.js";
import type { LengthLaw } from "../workloads/length-law/length-law.js";
import type { ArrivalProcess, WorkloadModel } from "../workloads/models.js";
import type { HeldRequests } from "./capacity-held-requests.js";
import { openScalable, type ScalableRequests } from "./capacity-requests.js";
import type { TraceChangeOptions } from "./change-trace.js";
import type { PlayedRequests } from "./fleet-summary.js";
import { DEFAULT_SEED, type ReplayRequests } from "./replay.js";
import type { RequestOptions } from "./request-options.js";
import type { TraceInput } from "./trace-input.js";

/** Rate that is planned for where neither the caller nor the requests have one, requests/s: the Python tool's default. */
export const DEFAULT_RATE_RPS = 200;

/** How the trace of a {@link PlanningInput} is read, and which part of it is taken. */
export type PlanningTraceOptions = Pick<
  RequestOptions,
  "format" | "columns" | "arrivalUnit" | "fieldMap" | "blockSize" | "spreadTicks" | "maxUnusableShare"
> &
  Pick<TraceChangeOptions, "fromS" | "toS" | "repeat" | "limit">;

/** What a fleet is planned for: exactly one source of requests. */
export type PlanningSource =
  /** A workload to draw from, or the name of a built-in one. */
  | { workload: WorkloadModel | string }
  /** A CDF of total tokens, or (Node) the path of one; `inputShare` of the tokens is input, default 0.8. */
  | { cdf: Cdf | string; inputShare?: number }
  /** A trace: its requests are played as they are, lengths and order and bursts, faster or slower. */
  | ({ trace: TraceInput } & PlanningTraceOptions)
  /** Requests that are open already: several planners can share them. */
  | { opened: PlanningRequests };

/** How fast and in which manner requests arrive. */
export interface PlanningRate {
  /**
   * Mean rate, requests/s. Default: the own rate of the requests; where they have none, as those of a CDF, {@link DEFAULT_RATE_RPS}.
   */
  rateRps?: number;
  /** How arrivals are drawn. Default: Poisson; a trace keeps its own arrivals, and gets drawn ones only where this is given. */
  arrivals?: ArrivalProcess;
}

/** What a fleet is planned for, as planners take it among their options. */
export type PlanningInput = PlanningSource & PlanningRate;

/** Whether options name a source of requests. */
export function isPlanningInput<Options extends PlanningRate>(options: Options): options is Options & PlanningInput {
  const keys = Object.entries(options).filter(([, value]) => value !== undefined);
  return keys.some(([key]) => key === "workload" || key === "cdf" || key === "trace" || key === "opened");
}

/** Requests to plan a fleet for: the same ones at any rate, and what analysis needs to know of them. */
export interface PlanningRequests extends ScalableRequests {
  /** What their user calls them. */
  readonly name: string;
  /** The rate that is planned for, requests/s. */
  readonly rateRps: number;
  /** The points of the CDF of total tokens that they are drawn from; absent where they are not. */
  readonly cdf?: Cdf;
}

/** Requests of one run: how many, and what the core plays. */
export interface PlannedRun {
  count: number;
  requests: ReplayRequests;
  /** What results say of them. */
  told: PlayedRequests;
}

/** What of the runs the opening of requests depends on. */
export interface PlanningRuns {
  /** Of the draws that a ServeGen folder makes. Default 42. */
  seed?: number;
  /** Default 1. */
  replications?: number;
}

/**
 * Opens the requests that a fleet is planned for. Drawn ones are drawn by the core when they are played; a trace is read here and held (at most some four million
 * requests), so that it can be played at every rate a planner tries with its (arrival, input, output) kept together. What varies in time, a trace or a workload made from
 * one, is played faster or slower, so that every rate meets the same requests.
 *
 * @throws InputError if the source cannot be used, or an option has no meaning for it.
 */
export async function openPlanningRequests(input: PlanningInput, runs: PlanningRuns = {}): Promise<PlanningRequests> {
  if ("opened" in input) return reopened(input.opened, input);
  if ("trace" in input) return openTraceRequests(input, runs);
  const { model, cdf } = "cdf" in input ? await cdfOf(input) : workloadOf(input.workload);
  const { rateRps, arrivals } = input;
  const requests = await openScalable(
    model,
    {
      ...(arrivals ? { arrivals } : {}),
      // One without a rate of its own is drawn at the planned one from the start; others are stretched to it: see openScalable.
      ...(model.nativeRateRps === undefined && rateRps !== undefined ? { rateRps } : {}),
    },
    settled(runs),
  );
  return {
    ...requests,
    name: model.name,
    rateRps: rateRps ?? requests.ownRateRps ?? DEFAULT_RATE_RPS,
    ...(cdf ? { cdf } : {}),
  };
}

/**
 * The requests of a run at the planned rate.
 *
 * @param wanted How many, as the caller asked; a trace has as many as it has.
 * @param drawnByDefault How many are drawn where the caller asked for no number.
 * @throws InputError if a number is asked of a trace.
 */
export function plannedRun(requests: PlanningRequests, wanted: number | undefined, drawnByDefault: number): PlannedRun {
  const { name, isDrawn, rateRps } = requests;
  if (!isDrawn && wanted !== undefined) {
    throw new InputError(
      `${name}: is a trace, and played whole; --n-req has no meaning for it: --limit takes its beginning.`,
    );
  }
  const count = isDrawn ? (wanted ?? drawnByDefault) : requests.count;
  const ownRateRps = ownRate(requests);
  return {
    count,
    requests: requests.at(rateRps, count),
    told: {
      arrivals: [
        {
          ...(isDrawn ? { workload: name } : { trace: name }),
          rate_rps: rateRps,
          ...(ownRateRps === undefined ? {} : { own_rate_rps: ownRateRps }),
          requests: count,
        },
      ],
      ...(isDrawn ? {} : { trace: requests.summary(rateRps, count) }),
    },
  };
}

/** The law of the lengths of opened requests, for analysis. */
export function plannedLengths({ content }: Pick<PlanningRequests, "content">): LengthLaw {
  return "model" in content ? lengthLawOf(content.model) : lengthLawOfRequests(content.held.chunks);
}

/** The rate that opened requests have by themselves, requests/s: that of a trace, or of the one that a workload was made from; absent where there is none. */
export function ownRate({ content }: Pick<PlanningRequests, "content">): number | undefined {
  return "model" in content ? content.model.nativeRateRps : meanRateRps(content.held);
}

type TraceOfInput = { trace: TraceInput } & PlanningTraceOptions & PlanningRate;

async function openTraceRequests(input: TraceOfInput, runs: PlanningRuns): Promise<PlanningRequests> {
  const { trace, rateRps, ...options } = input;
  refuseWorkload(trace);
  const requests = await openScalable(trace, options, settled(runs));
  const { name } = requests.summary(undefined, requests.count);
  const { content } = requests;
  if ("model" in content) throw new InputError(`${name}: is a CDF to draw from, not a trace; give it as --cdf.`);
  const planned = rateRps ?? requests.ownRateRps ?? meanRateRps(content.held);
  if (planned === undefined) {
    throw new InputError(`${name}: has no arrival times to take a rate from; --lam must give one.`);
  }
  return { ...requests, name, rateRps: planned };
}

function refuseWorkload(trace: TraceInput): void {
  const isText = typeof trace === "string";
  if (isText ? !builtinWorkloads.some(({ name }) => name === trace) : !("lengths" in trace)) return;
  const [name, hint] = isText ? [trace, ` (a file of that name is ./${trace})`] : [(trace as WorkloadModel).name, ""];
  throw new InputError(`${name}: is a workload to draw from, not a trace; give it as --workload${hint}.`);
}

/** Of requests that are held, by their own times; `undefined` if they all come at one moment. */
function meanRateRps({ count, firstS, lastS }: HeldRequests): number | undefined {
  return lastS > firstS ? (count - 1) / (lastS - firstS) : undefined;
}

function reopened(opened: PlanningRequests, { rateRps, arrivals }: PlanningRate): PlanningRequests {
  if (arrivals) throw new InputError("arrivals has no meaning for requests that are open: open them with it.");
  return rateRps === undefined ? opened : { ...opened, rateRps };
}

interface Drawable {
  model: WorkloadModel;
  cdf?: Cdf;
}

function workloadOf(workload: WorkloadModel | string): Drawable {
  if (typeof workload !== "string") return { model: workload };
  const isCdf = builtinWorkloads.some(({ name, kind }) => name === workload && kind === "cdf");
  return { model: getBuiltinWorkload(workload), ...(isCdf ? { cdf: getBuiltinCdf(workload) } : {}) };
}

async function cdfOf({ cdf, inputShare }: { cdf: Cdf | string; inputShare?: number }): Promise<Drawable> {
  const [points, name] = typeof cdf === "string" ? [await readCdfFile(cdf), cdf] : [cdf, "cdf"];
  return { model: cdfToModel(points, name, inputShare === undefined ? {} : { inputShare }), cdf: points };
}

function settled({ seed = DEFAULT_SEED, replications = 1 }: PlanningRuns) {
  return { seed, replications, isClosedLoop: false };
}

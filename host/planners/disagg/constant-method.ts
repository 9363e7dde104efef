import { weightedMoments } from "../../queueing/weighted-moments.js";
import { OptionError } from "../../specs/option-error.js";
import {
  decodeKind,
  type DecodeKind,
  DISAGG_CONSTANTS,
  type DisaggLoad,
  prefillKind,
  type PrefillKind,
  type WorkerKind,
  type WorkerLoad,
} from "./constant-side.js";
import { type AggregatedFleet, aggregatedFleets } from "./constant-aggregated.js";
import { rounded } from "../fleet-summary.js";
import { openPlanningRequests, type PlanningInput, type PlanningRequests } from "../planning-requests.js";
import type { PythonDisaggPoint } from "../python/disagg.js";
import { loadLengths } from "./load-lengths.js";
import type { ReplicaOption } from "../sizing/replica-option.js";
import { checkTokens, within } from "../sizing/sizing-limits.js";

/** Most workers of each kind, limits, and windows unless the caller says otherwise: the Python tool's. */
export const DISAGG_DEFAULTS = { maxPrefill: 32, maxDecode: 64, sloTtftMs: 500, sloTpotMs: 100, maxCtx: 8192 } as const;

/** Most workers of a kind that are compared. */
export const MAX_WORKERS = 512;

/** Share of what workers can serve beyond which a pair of pools is too near to saturation to be called feasible: a day a little busier than the mean would be too much. */
export const DEFAULT_MAX_RHO = 0.95;

/** What {@link disaggConstant} is asked. */
export type DisaggConstantOptions = PlanningInput & {
  /** Workers that prefill, and workers that decode. */
  prefill: ReplicaOption;
  decode: ReplicaOption;
  /** Limit for the P99 of the time to first token, ms. Default 500. */
  sloTtftMs?: number;
  /** Limit for the time per output token, ms. Default 100. */
  sloTpotMs?: number;
  /** Longest request, tokens. Default 8192. */
  maxCtx?: number;
  /** Prompt and output tokens of every request, in place of those of the requests. */
  meanIsl?: number;
  meanOsl?: number;
  /** Most workers of each kind, at most {@link MAX_WORKERS}. Default 32 and 64. */
  maxPrefill?: number;
  maxDecode?: number;
  /** Largest load of either kind, as a share of what it can serve. Default {@link DEFAULT_MAX_RHO}. */
  maxRho?: number;
  /** Size fleets without separate pools for the same requests and limits too, by simulation. Not with lengths that are given. Default false. */
  comparesAggregated?: boolean;
  /** Of those simulations. Default 42. */
  seed?: number;
};

/** A pair of pools. The first nine keys are the Python tool's. */
export interface DisaggConstantPoint extends PythonDisaggPoint {
  /** 1.80 times the mean prefill: a constant, whatever link and load. No wait is in it. */
  ttft_ms: number;
  /** An iteration of a full decode worker. */
  tpot_ms: number;
  /** Whether `p99_ttft_ms` and `tpot_ms` lie within their limits, and neither pool is near saturation. */
  slo_met: boolean;
  /** The way between the pools is a constant factor: neither link nor sizes count. */
  method: "constant";
  /** Arrivals as a share of what each pool can serve. */
  rho_prefill: number;
  rho_decode: number;
  /** Waits by M/G/c; `null` where a pool cannot keep up. */
  p99_prefill_wait_ms: number | null;
  p99_decode_wait_ms: number | null;
  /** P99 of wait and 1.80 times the own prefill, and the P99 of the wait for a decode slot on top: no less than the true one. */
  p99_ttft_ms: number | null;
  /** Whether a pool carries more than it should. */
  near_saturation: boolean;
}

/** A pool's worker in a result. */
export interface DisaggWorker {
  replica: string;
  gpus_per_worker: number;
  cost_per_hr: number;
  /** Requests a second. */
  rate_per_worker: number;
}

/** The answer of {@link disaggConstant}. */
export interface DisaggConstantResult {
  /** The cheapest pair that meets the limits; `null` if none does. */
  best: DisaggConstantPoint | null;
  /** Pairs of which no other is cheaper with no more GPUs, or smaller at no more cost, by GPUs. */
  pareto: DisaggConstantPoint[];
  method: "constant";
  /** Fleets whose replicas do both, one of each kind; absent where none were wanted. */
  aggregated?: AggregatedFleet[];
  /** Why there is no answer, where there is none. */
  why_none: string | null;
  prefill: DisaggWorker & { prompt_tokens_per_s: number };
  decode: DisaggWorker & { slots_per_worker: number };
  /** Means, tokens; `given` where the caller named them. */
  lengths: { mean_isl: number; mean_osl: number; from: "requests" | "given" };
  objective: { ttft_ms: number; tpot_ms: number; max_rho: number };
  requests: { name: string; rate_rps: number; too_long_share: number };
  max_ctx: number;
  /** What a reader should know. */
  notes: string[];
}

/**
 * Sizes a pool of workers that prefill and one of workers that decode. The way of keys and values between them is the constant factor of the Python tool, which knows neither link nor sizes; waits in both
 * pools are added by M/G/c. So an answer is a first guess, marked as `constant`.
 *
 * Lengths are those of the requests, not three and one quarter of a total; a prefill worker takes one prompt at a time, so that prefill has a price.
 *
 * @throws InputError if an option is out of range.
 */
export async function disaggConstant(options: DisaggConstantOptions): Promise<DisaggConstantResult> {
  const settled = settle(options);
  for (const field of ["prefill", "decode"] as const) checkWorker(field, options[field]);
  const opened = await openPlanningRequests(options);
  const nodes = loadLengths(opened, settled);
  const share = sum(nodes.weight);
  const load: DisaggLoad = { rateRps: opened.rateRps * share, nodes, maxCtx: settled.maxCtx };
  const prefill = prefillKind(options.prefill, load);
  const decode = decodeKind(options.decode, load);
  const feasible = pointsOf(prefill, decode, settled).filter((point) => point.slo_met);
  const best = feasible.reduce<DisaggConstantPoint | null>((least, point) => better(point, least), null);
  const isGiven = options.meanIsl !== undefined || options.meanOsl !== undefined;
  return {
    best,
    pareto: front(feasible),
    method: "constant",
    ...(options.comparesAggregated && !isGiven ? { aggregated: await aggregatedOf(options, opened, settled) } : {}),
    why_none: best === null ? whyNone(prefill, decode, settled) : null,
    prefill: { ...workerOf(prefill), prompt_tokens_per_s: rounded(prefill.promptTokensPerS, 1) },
    decode: { ...workerOf(decode), slots_per_worker: decode.slots },
    lengths: {
      mean_isl: rounded(weightedMoments(nodes.input, nodes.weight).mean, 2),
      mean_osl: rounded(weightedMoments(nodes.output, nodes.weight).mean, 2),
      from: isGiven ? "given" : "requests",
    },
    objective: { ttft_ms: settled.sloTtftMs, tpot_ms: settled.sloTpotMs, max_rho: settled.maxRho },
    requests: { name: opened.name, rate_rps: opened.rateRps, too_long_share: rounded(Math.max(0, 1 - share), 6) },
    max_ctx: settled.maxCtx,
    notes: [...notesOn(options, prefill), ...opened.summary(opened.rateRps, opened.count).notes],
  };
}

function aggregatedOf(
  { prefill, decode, seed }: DisaggConstantOptions,
  opened: PlanningRequests,
  { sloTtftMs, sloTpotMs, maxCtx }: Settled,
): Promise<AggregatedFleet[]> {
  const options = prefill.name === decode.name ? [prefill] : [prefill, decode];
  return aggregatedFleets({ opened, options, sloTtftMs, sloTpotMs, maxCtx, ...(seed === undefined ? {} : { seed }) });
}

/** Analysis has figures of profiles and rooflines, and none that a measured iteration model or settings of a profile's engine would change. */
function checkWorker(field: string, { name, replica }: ReplicaOption): void {
  if (replica.serving?.enable_prefix_caching) {
    throw new OptionError(
      (nameOf) => `${nameOf(field)} is ${name} with a prefix cache, but this analysis counts every prompt whole.`,
    );
  }
  const type = replica.iteration_model?.type;
  if (type === "roofline") return;
  if (type !== undefined)
    throw new OptionError(
      (nameOf) =>
        `${nameOf(field)} is ${name}, whose iteration model is ${type}: a worker must be a profile or a roofline.`,
    );
  if (replica.serving === undefined) return;
  throw new OptionError(
    (nameOf) =>
      `${nameOf(field)} is ${name} with settings of the engine, which have no meaning for a profile here: its constants say how workers batch.`,
  );
}

type Settled = Required<
  Pick<DisaggConstantOptions, "sloTtftMs" | "sloTpotMs" | "maxCtx" | "maxPrefill" | "maxDecode" | "maxRho">
> &
  Pick<DisaggConstantOptions, "meanIsl" | "meanOsl">;

function settle(options: DisaggConstantOptions): Settled {
  const { meanIsl, meanOsl, ...given } = options;
  const settled: Settled = {
    ...DISAGG_DEFAULTS,
    maxRho: DEFAULT_MAX_RHO,
    ...defined(given),
    ...(meanIsl === undefined ? {} : { meanIsl }),
    ...(meanOsl === undefined ? {} : { meanOsl }),
  };
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;
  const isTime = (value: number) => value > 0 && value < Infinity;
  for (const name of ["sloTtftMs", "sloTpotMs"] as const)
    within(name, settled[name], isTime, "a finite number of ms above 0");
  for (const name of ["maxCtx", "meanIsl", "meanOsl"] as const) checkTokens(name, settled[name]);
  for (const name of ["maxPrefill", "maxDecode"] as const) {
    within(name, settled[name], (n) => isCount(n) && n <= MAX_WORKERS, `a whole number from 1 to ${MAX_WORKERS}`);
  }
  within("maxRho", settled.maxRho, (rho) => rho > 0 && rho < 1, "a share above 0 and below 1");
  return settled;
}

function defined({ sloTtftMs, sloTpotMs, maxCtx, maxPrefill, maxDecode, maxRho }: Partial<Settled>) {
  const fields = Object.entries({ sloTtftMs, sloTpotMs, maxCtx, maxPrefill, maxDecode, maxRho });
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as Partial<Settled>;
}

function pointsOf(prefill: PrefillKind, decode: DecodeKind, settled: Settled): DisaggConstantPoint[] {
  const decodes = Array.from({ length: settled.maxDecode }, (_, i) => decode.at(i + 1));
  const points: DisaggConstantPoint[] = [];
  for (let n = 1; n <= settled.maxPrefill; n++) {
    const load = prefill.at(n);
    if (load.rho > settled.maxRho) continue;
    const ttftS = prefill.p99TtftS(n);
    for (const [index, decodeLoad] of decodes.entries()) {
      points.push(pointOf({ prefill, decode, settled }, { n, load, ttftS }, { n: index + 1, load: decodeLoad }));
    }
  }
  return points;
}

function pointOf(
  { prefill, decode, settled }: { prefill: PrefillKind; decode: DecodeKind; settled: Settled },
  before: { n: number; load: WorkerLoad; ttftS: number },
  after: { n: number; load: WorkerLoad },
): DisaggConstantPoint {
  const gpus = before.n * prefill.gpusPerWorker + after.n * decode.gpusPerWorker;
  const rate = Math.min(before.n * prefill.rateRps, after.n * decode.rateRps);
  const tpotMs = 1000 * decode.iterationS;
  const p99TtftMs = 1000 * (before.ttftS + after.load.p99WaitS);
  const isNear = Math.max(before.load.rho, after.load.rho) > settled.maxRho;
  return {
    n_prefill: before.n,
    n_decode: after.n,
    total_gpus: gpus,
    system_rate: rounded(rate, 4),
    thru_per_gpu: rounded(rate / gpus, 6),
    ttft_ms: rounded(1000 * DISAGG_CONSTANTS.ttftFactor * prefill.meanPrefillS, 3),
    tpot_ms: rounded(tpotMs, 3),
    cost_per_hr: rounded(before.n * prefill.costPerHr + after.n * decode.costPerHr, 4),
    slo_met: p99TtftMs <= settled.sloTtftMs && tpotMs <= settled.sloTpotMs && !isNear,
    method: "constant",
    rho_prefill: rounded(before.load.rho, 4),
    rho_decode: rounded(after.load.rho, 4),
    p99_prefill_wait_ms: finiteMs(before.load.p99WaitS),
    p99_decode_wait_ms: finiteMs(after.load.p99WaitS),
    p99_ttft_ms: finiteMs(p99TtftMs / 1000),
    near_saturation: isNear,
  };
}

/** The cheaper; of equally cheap ones that of fewer GPUs, then that whose busier pool is less busy. */
function better(point: DisaggConstantPoint, other: DisaggConstantPoint | null): DisaggConstantPoint {
  if (other === null) return point;
  const order =
    point.cost_per_hr - other.cost_per_hr || point.total_gpus - other.total_gpus || busier(point) - busier(other);
  return order < 0 ? point : other;
}

function busier({ rho_prefill, rho_decode }: DisaggConstantPoint): number {
  return Math.max(rho_prefill, rho_decode);
}

function front(points: readonly DisaggConstantPoint[]): DisaggConstantPoint[] {
  const bestOfSize = new Map<number, DisaggConstantPoint>();
  for (const point of points) {
    bestOfSize.set(point.total_gpus, better(point, bestOfSize.get(point.total_gpus) ?? null));
  }
  let cheapest = Infinity;
  const bySize = [...bestOfSize.values()].sort((a, b) => a.total_gpus - b.total_gpus);
  return bySize.filter(({ cost_per_hr: cost }) => {
    const isCheaper = cost < cheapest;
    cheapest = Math.min(cheapest, cost);
    return isCheaper;
  });
}

function whyNone(prefill: PrefillKind, decode: DecodeKind, settled: Settled): string {
  const { sloTtftMs, sloTpotMs, maxPrefill, maxDecode, maxRho } = settled;
  const tpotMs = 1000 * decode.iterationS;
  if (tpotMs > sloTpotMs) {
    return `a full decode worker of ${decode.name} takes ${shown(tpotMs)} ms a token, more than the limit of ${sloTpotMs} ms: no number of them changes that`;
  }
  const slow = [
    { kind: prefill, what: "prefill", most: maxPrefill },
    { kind: decode, what: "decode", most: maxDecode },
  ].find(({ kind, most }) => kind.at(most).rho > maxRho);
  if (slow) {
    const { kind, what, most } = slow;
    return `${most} ${what} workers of ${kind.name} would be ${shown(100 * kind.at(most).rho)} % busy, more than ${100 * maxRho} %: allow more`;
  }
  const p99Ms = 1000 * (prefill.p99TtftS(maxPrefill) + decode.at(maxDecode).p99WaitS);
  return `with ${maxPrefill} prefill workers and ${maxDecode} decode workers the P99 of the first token is ${shown(p99Ms)} ms, more than the limit of ${sloTtftMs} ms`;
}

function notesOn({ prefill, meanIsl, meanOsl }: DisaggConstantOptions, kind: PrefillKind): string[] {
  const notes = [CONSTANT];
  if (!("iteration_model" in prefill.replica)) {
    notes.push(
      `The constants of ${kind.name} know no price of a prompt token: a chunk takes an iteration, which makes ${Math.round(kind.promptTokensPerS).toLocaleString("en-US")} prompt tokens/s a worker. ` +
        "A model (--model) has the price that its arithmetic has.",
    );
  }
  if (meanIsl !== undefined || meanOsl !== undefined)
    notes.push("Lengths that are given are those of every request: their spread, which waits hang on, is left out.");
  return notes;
}

const CONSTANT =
  `Method constant: the way of keys and values between the pools is ${DISAGG_CONSTANTS.ttftFactor.toFixed(2)} times the prefill, whatever link and load; measured it is 1.04 times over NVLink, and 4.5 over 25 Gb/s (OPT-66B, 512 tokens). ` +
  "Neither contention nor memory held on both sides counts.";

function workerOf({ name, gpusPerWorker, costPerHr, rateRps }: WorkerKind): DisaggWorker {
  return {
    replica: name,
    gpus_per_worker: gpusPerWorker,
    cost_per_hr: rounded(costPerHr, 4),
    rate_per_worker: rounded(rateRps, 4),
  };
}

function finiteMs(seconds: number): number | null {
  return seconds < Infinity ? rounded(1000 * seconds, 3) : null;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

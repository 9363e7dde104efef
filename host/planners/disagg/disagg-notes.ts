import { isGroupOfEight } from "../../specs/gpu-catalog.js";
import type { PrefillStage } from "../../specs/pool-stage.js";
import { ownRate } from "../planning-requests.js";
import type { DisaggQuestion } from "./disagg-question.js";
import type { DisaggOptions } from "./disagg-options.js";
import type { DisaggCheck } from "./disagg-result.js";
import { PROFILE_KV_BYTES } from "./pair-fleet.js";
import type { PairKind } from "./pair-kind.js";
import type { FoundPair } from "./size-pairs.js";

/** What was not given and is taken to be so, in sentences; where it differs from pair to pair, of the answer. */
export function assumedOf(
  question: DisaggQuestion,
  { handover = {} }: DisaggOptions,
  answer: PairKind | undefined,
): string[] {
  const { link } = handover;
  const kind = answer ?? question.pairs[0]!;
  const { pools } = kind.fleetOf({ prefill: 1, decode: 1 });
  const crossing = kind.inputOf({ prefill: 1, decode: 1 }).pools[0]!.link;
  const stage = pools[0]!.stage as PrefillStage;
  const assumed: string[] = [];
  if (link?.type === undefined && link?.bandwidth_GBps === undefined) {
    const ends = pools.map(({ stage: own }) => `${own!.link.nics} ${own!.link.name}`);
    const both =
      ends[0] === ends[1] ? `${ends[0]} a replica` : `${ends[0]} a replica that prefills, ${ends[1]} one that decodes`;
    assumed.push(`The link is that of servers with these GPUs: ${both}; --link names another.`);
  }
  if (link?.efficiency === undefined && stage.link.bytesPerS < Infinity) {
    assumed.push(
      `Links carry ${Math.round(100 * stage.link.efficiency)} % of their bandwidth; --link-efficiency says otherwise.`,
    );
  }
  if (crossing?.mode === "layerwise" && crossing.latency_us === undefined) {
    assumed.push(
      `Of a transfer layer by layer ${(stage.latencyS * 1e6).toLocaleString("en-US")} us stay visible, as Splitwise measures on H100; --link-latency-us says otherwise.`,
    );
  }
  const isProfile = question.prefills.some(({ pool }) => !pool.roofline && isGroupOfEight(pool.profile));
  if (isProfile && link?.kv_bytes_per_token === undefined) {
    assumed.push(
      `Keys and values are those of Llama-3.1-70B, ${PROFILE_KV_BYTES.toLocaleString("en-US")} bytes a token, whose times the profiles a100 and h100 have; --kv-bytes-per-token or --model say otherwise.`,
    );
  }
  return assumed;
}

/** What a reader should know. */
export function notesOf(question: DisaggQuestion, { exceptions }: FoundPair, check: DisaggCheck | null): string[] {
  const { prefills, decodes, opened, rateRps, load } = question;
  const notes: string[] = [];
  const kinds = [...prefills, ...decodes];
  if (kinds.some(({ pool }) => !pool.roofline && isGroupOfEight(pool.profile))) {
    notes.push(
      "The constants of a100 and h100 are those of Llama-3-70B on eight GPUs, price and power those of one, as in the Python tool: --model names a model, and counts its GPUs.",
    );
  }
  const unpriced = prefills.find(({ option }) => !("iteration_model" in option.replica));
  if (unpriced) {
    notes.push(
      `The constants of ${unpriced.option.name} know no price of a prompt token: an iteration takes as long with prompts as without. A model (--model) has the price that its arithmetic has.`,
    );
  }
  const beyond = check?.holds ? reachBeyond(question, check) : undefined;
  if (beyond !== undefined) notes.push(beyond);
  if (check && !check.holds) {
    notes.push(
      "With other requests still the answer does not keep the objective: it is near the edge. One replica more on the side that breaks first is on the safe side.",
    );
  }
  if (exceptions.length > 0) {
    const [{ pair, enough, not_enough: not }] = exceptions as [(typeof exceptions)[0]];
    notes.push(
      `More replicas were worse in ${exceptions.length} of the runs: of ${pair} ${enough.prefill} + ${enough.decode} keep the objective and ${not.prefill} + ${not.decode} do not. There the least fleet may be another by a replica.`,
    );
  }
  if (load.tooLongShare > 0.01) {
    notes.push("Requests that are longer than --max-ctx are left out: nobody serves them in this fleet.");
  }
  const course = courseNote(opened.name, rateRps, ownRate(opened));
  return [...notes, ...(course === undefined ? [] : [course]), ...opened.summary(rateRps, load.count).notes];
}

/** A percentile is as sure as its interval: said where that reaches beyond a limit that the figure itself keeps. */
function reachBeyond({ objective }: DisaggQuestion, check: DisaggCheck): string | undefined {
  const { conditions, reference, ttftAt } = objective;
  const limitMs = conditions.find(({ limits }) => limits.ttft !== undefined && limits.tpot === undefined)?.limits.ttft;
  const at = { prefill: check.ttft_at_prefill_ms, user: check.ttft_at_user_ms };
  const interval = (ttftAt === undefined ? check.ttft_ms : at[ttftAt]).p99_ci95;
  if (reference || limitMs === undefined || interval === null || interval[1] <= limitMs) return undefined;
  const [low, high] = interval.map((ms) => Math.round(ms).toLocaleString("en-US"));
  return `In the check the P99 of TTFT lies between ${low} and ${high} ms (95 % interval), beyond the limit: requests that come in other bursts may miss it. The figure is what is asked for here, the interval what plan asks for.`;
}

/** Shares of the own rate that make no difference to how a course in time is played. */
const SAME_COURSE = 0.1;

/** What varies in time comes faster or slower as a whole here, which replay does not do with a rate. */
function courseNote(name: string, rateRps: number, own: number | undefined): string | undefined {
  if (own === undefined || Math.abs(rateRps / own - 1) < SAME_COURSE) return undefined;
  return `${name} has ${own.toPrecision(3)} requests/s of its own: its course in time is played ${(rateRps / own).toPrecision(3)} times as fast, so that bursts are that much shorter. replay of a workload with --rate keeps the time of the course, which is harder: play the answer there too.`;
}

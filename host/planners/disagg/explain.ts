import { InputError } from "../../specs/input-error.js";
import { type LinkMode, transferOf } from "../../specs/link-spec.js";
import type { LengthNodes } from "../../workloads/length-law/node-list.js";
import { fleetOf, type PoolInput } from "../sizing/replica-option.js";
import { within } from "../sizing/sizing-limits.js";
import { prefillAlternatives } from "./explain-alternatives.js";
import { explainLink, type LinkExplanation } from "./explain-link.js";
import { explainPrefill, type PrefillExplanation } from "./explain-prefill.js";

/** A pair of pools, and what it serves. */
export interface ExplainDisaggOptions {
  /** The pool that prefills and the one that decodes, in the keys of a fleet file: `role`, `link`, replicas and all. */
  prefill: PoolInput;
  decode: PoolInput;
  /** Requests a second that reach the prefill pool, above 0. */
  rateRps: number;
  /** What they are, as a law of a workload or a trace gives them. */
  lengths: LengthNodes;
}

/** What formulas say of a pair of pools: plain data. Nothing is simulated; times in seconds. */
export interface DisaggExplanation {
  /** Requests a second. */
  rate_rps: number;
  prefill_pool: string;
  decode_pool: string;
  prefill: PrefillExplanation;
  /** `null` where nothing is handed over. */
  link: LinkExplanation | null;
  /** Prompt and transfer together over the prompt, on free links: what a constant would have to be. `null` where nothing is handed over. */
  handover_factor: number | null;
}

/**
 * Why a pair of pools is what it is: whether GPUs of a prefill replica should share layers or hold stages (Zhong et al., DistServe, OSDI 2024, section 3.1), and what the link carries.
 *
 * @throws InputError if the pools cannot be, the rate is not a finite number above 0, or there are no lengths.
 */
export function explainDisagg({ prefill, decode, rateRps, lengths }: ExplainDisaggOptions): DisaggExplanation {
  within("rateRps", rateRps, (rate) => rate > 0 && rate < Infinity, "a finite number of requests/s above 0");
  if (lengths.weight.length === 0) throw new InputError("lengths has no request.");
  const pools = fleetOf([prefill, decode]).pools;
  const [before, after] = [pools[0]!, pools[1]!];
  if (before.stage?.role !== "prefill") {
    throw new InputError(
      `The pool ${JSON.stringify(before.id)}: role is ${before.stage?.role ?? "mixed"}, but must be prefill.`,
    );
  }
  const alternatives = prefillAlternatives(prefill, before);
  const ofPrefill = explainPrefill({ pool: before, alternatives, rateRps, lengths });
  const executionS = ofPrefill.mean_execution_s;
  const latencyS = { serial: latencyOf(prefill, "serial"), layerwise: latencyOf(prefill, "layerwise") };
  const link = explainLink({
    prefill: before,
    stage: before.stage,
    latencyS,
    decode: after,
    rateRps,
    lengths,
    executionS,
  });
  const transferS = link && (link.mode === "serial" ? link.serial_s : link.layerwise_s);
  return {
    rate_rps: rateRps,
    prefill_pool: before.id,
    decode_pool: after.id,
    prefill: ofPrefill,
    link,
    handover_factor: transferS === null ? null : (executionS + transferS) / executionS,
  };
}

/** What a transfer of a pool takes beside its bytes in a mode, s: what was given, else what is usual in that mode. */
function latencyOf({ link }: PoolInput, mode: LinkMode): number {
  return transferOf({ ...link, mode }).latencyS;
}

import type { Core } from "../../../host/core/load.js";
import { loadCore } from "../../../host/core/load.js";
import type { DisaggOptions } from "../../../host/planners/disagg.js";
import type { ReplicaOption } from "../../../host/planners/sizing/replica-option.js";
import { replicaOptions } from "../../../host/planners/sizing/replica-options.js";
import { fixedLengths } from "../capacity-fixtures.js";
import { inPieces, traceText } from "../small-fleet.js";

/** One instance for all questions of a file: they are asked one after the other. */
export const CORE: Core = await loadCore();

/** Kinds of replica that serve Llama-3.1-8B, each on one GPU. */
export function kinds(...gpus: string[]): ReplicaOption[] {
  return replicaOptions({ gpus, model: "llama-3.1-8b", tps: [1] });
}

/** A replica whose iterations take `ms`, and `tokenMs` for each token; so many seats, and blocks of 16 tokens. */
export function linear(
  name: string,
  { ms = 10, tokenMs = 0, seats = 16, blocks }: { ms?: number; tokenMs?: number; seats?: number; blocks?: number },
): ReplicaOption {
  return {
    name,
    replica: {
      profile: { name, W: ms / 1000, H: 0, cost_per_hr: 1 },
      iteration_model: { type: "linear", c0_ms: ms, c1_ms: tokenMs },
      serving: { max_num_seqs: seats, ...(blocks === undefined ? {} : { num_blocks: blocks }) },
    },
  };
}

/** Requests in bursts with lengths that vary, by a generator that every machine has alike. A trace: all runs play it, and nothing else can. */
export function burstyTrace(seed: number, count: number, rateRps: number) {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  let at = 0;
  const rows = Array.from({ length: count }, () => {
    at += ((uniform() < 0.5 ? 0.5 : 1.5) * 2 * uniform()) / rateRps;
    return [at.toFixed(6), 50 + Math.floor(4000 * uniform() * uniform()), 1 + Math.floor(600 * uniform() * uniform())];
  });
  return { name: `bursts-${seed}.csv`, open: () => inPieces(traceText(rows)) };
}

/** A small question about a trace, without the fleets that do both. */
export function smallQuestion(seed: number, rateRps: number, more: Partial<DisaggOptions> = {}): DisaggOptions {
  return {
    trace: burstyTrace(seed, 1500, rateRps),
    rateRps,
    prefill: kinds("h100-sxm"),
    decode: kinds("h100-sxm"),
    maxPrefill: 4,
    maxDecode: 4,
    sloTtftMs: 300,
    sloTpotMs: 16,
    comparesColocated: false,
    core: CORE,
    ...more,
  };
}

/** 512 prompt and 101 output tokens each; prompts take 10 ms, decodes 10 ms a token. */
export const EVEN: DisaggOptions = {
  workload: fixedLengths(512, 101),
  rateRps: 20,
  prefill: linear("prefill", {}),
  decode: linear("decode", {}),
  handover: { link: { type: "none", latency_us: 0, kv_bytes_per_token: 100_000 } },
  sloTtftMs: 100,
  sloTpotMs: 20,
  requests: 2000,
  maxPrefill: 4,
  maxDecode: 8,
  comparesColocated: false,
  core: CORE,
};

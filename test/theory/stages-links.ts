import type { Core } from "../../host/core/load.js";
import type { CorePool, CorePrefillStage } from "../../host/core/run-spec.js";
import type { Simulation } from "../../host/core/simulation.js";
import { transferMoments, transferS } from "../../host/queueing/kv-transfer.js";
import { decodeStage, iterationOf, playPoisson, prefillStage, stagePool, WARM_UP } from "./stages.js";

/** The points at which formulas are held against the core, each with a seed of its own. */
export const LINK_POINTS: readonly Omit<LinkCase, "sharing">[] = [
  { rho: 0.3, narrow: "decode", seed: 107 },
  { rho: 0.6, narrow: "decode", seed: 137 },
  { rho: 0.8, narrow: "decode", seed: 157 },
  { rho: 0.6, narrow: "prefill", seed: 138 },
];

const COUNT = 40_000;
/** A prompt takes so long, whatever its length: what leaves the prefill side is what arrived there, later, and so a Poisson process. */
const PREFILL_S = 0.001;
/** So short that nothing waits for an iteration of the decode side. */
const DECODE_S = 1e-6;
/** So many that no prompt meets another: some 0.1 are under way. */
const PREFILL_REPLICAS = 64;

/** Three of four requests are short. */
const SHORT = 500;
const LONG = 4000;
const BYTES_PER_TOKEN = 1e5;
const BANDWIDTH = 1e10;
/** Of the transfers of all requests. */
export const MOMENTS = transferMoments([SHORT * BYTES_PER_TOKEN, LONG * BYTES_PER_TOKEN], [3, 1], BANDWIDTH);

/** What a request takes on a free link, s. */
export const ALONE_S = {
  short: transferS(SHORT * BYTES_PER_TOKEN, BANDWIDTH),
  long: transferS(LONG * BYTES_PER_TOKEN, BANDWIDTH),
} as const;

/** Uniform draws of 0 to 1 by a generator of its own (xorshift32). */
function uniforms(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  const next = () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < 10; i++) next();
  return next;
}

/** Two pools whose link is what requests wait for. */
export interface LinkCase {
  rho: number;
  sharing: "fifo" | "shared";
  /** The side whose link is the narrow one; the other has no limit. */
  narrow: "prefill" | "decode";
  seed: number;
}

function pools({ sharing, narrow }: LinkCase): CorePool[] {
  const kv = { tokenBytes: BYTES_PER_TOKEN, windowBytes: 0, window: 0 };
  const linkOf = (side: "prefill" | "decode") => (narrow === side ? BANDWIDTH : Infinity);
  const stage: Partial<CorePrefillStage> = { sharing, kv, linkBytesPerS: linkOf("prefill") };
  const many = { slots: 4096, kvBlocks: 2 ** 30 };
  // One replica where its link is in question: then a batch must take no time, for its prompts to go on as they came.
  const isMany = narrow === "decode";
  const model = iterationOf(isMany ? PREFILL_S : DECODE_S);
  return [
    stagePool(model, { ...many, replicas: isMany ? PREFILL_REPLICAS : 1, stage: prefillStage(stage) }),
    stagePool(iterationOf(DECODE_S), { ...many, stage: decodeStage(linkOf("decode")) }),
  ];
}

/** What requests take from the end of the prompt to landing, s, on average: of all, and of the short and the long ones. */
export function playTransfers(
  core: Core,
  one: LinkCase,
  replication: number,
): { all: number; short: number; long: number } {
  const next = uniforms(1000 * one.seed + replication);
  const short: number[] = [];
  const long: number[] = [];
  const rateRps = one.rho / MOMENTS.meanS;
  const lengths = () => [next() < 0.75 ? SHORT : LONG, 2] as const;
  let seen = 0;
  const read = (simulation: Simulation) => {
    const { count, inputTokens, ttft, e2e } = simulation.results();
    for (let i = 0; i < count; i++) {
      if (seen++ < COUNT * WARM_UP) continue;
      // The one token of the decode side takes an iteration.
      (inputTokens[i] === SHORT ? short : long).push((e2e[i]! - ttft[i]!) / 1e9 - DECODE_S);
    }
  };
  playPoisson(core, pools(one), { rateRps, count: COUNT, seed: one.seed, replication, lengths, read });
  if (seen !== COUNT) throw new Error(`${COUNT - seen} of ${COUNT} requests were not settled`);
  const sum = (of: number[]) => of.reduce((total, value) => total + value, 0);
  const all = (sum(short) + sum(long)) / (short.length + long.length);
  return { all, short: sum(short) / short.length, long: sum(long) / long.length };
}

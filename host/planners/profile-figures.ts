import type { ComputedProfile } from "../profiles/computed-profile.js";
import { decodeWork } from "../profiles/decode-work.js";
import type { PowerQuality } from "../profiles/power-coefficients.js";
import type { ReplicaPerformance } from "../profiles/replica-performance.js";
import { rooflineReplica } from "../profiles/roofline-replica.js";

/** Lengths of prompts, tokens, whose prefill is shown. */
const PROMPTS = [128, 512, 2048, 8192];
/** Batches, sequences, that are shown, as far as a replica holds them. */
const BATCHES = [1, 8, 32, 64, 128, 256, 512, 1024];

/** Prefill of one prompt in a replica that does nothing else. */
export interface PrefillFigure {
  prompt_tokens: number;
  seconds: number;
  tokens_per_s: number;
  /** Model FLOPs utilisation; `null` where the profile knows no arithmetic. */
  mfu: number | null;
}

/** Decoding at one batch; `bytes`, `flops` and `power_w` are those of all GPUs of a replica. */
export interface DecodeEfficiency {
  n_active: number;
  context: number;
  iteration_s: number;
  tokens_per_s: number;
  /** Bytes that the iterations of all lanes read and write. */
  memory_bytes: number;
  /** Share of keys and values in them. */
  kv_share: number;
  flops: number;
  /** FLOPs a byte. */
  intensity: number;
  /** Whether the peaks leave arithmetic or memory to wait for. */
  bound: "compute" | "memory";
  mfu: number;
  mbu: number;
  power_w: number;
  tokens_per_watt: number;
}

/** Power of a replica at some batches. */
export interface PowerFigures {
  quality: PowerQuality;
  source: string;
  /** Without work: one GPU, all GPUs of the replica. */
  idle_w: { gpu: number; replica: number };
  points: { n_active: number; context: number; gpu_w: number; replica_w: number }[];
}

/** Batches to show: up to the slots at a context, the last of which is one of them. */
export function shownBatches(slots: number): number[] {
  return [...BATCHES.filter((batch) => batch < slots), slots].filter((batch) => batch > 0);
}

/** Prefill of prompts of several lengths. */
export function prefillFigures(performance: ReplicaPerformance, profile?: ComputedProfile): PrefillFigure[] {
  return PROMPTS.map((prompt_tokens) => {
    const seconds = performance.prefillS(prompt_tokens);
    return {
      prompt_tokens,
      seconds,
      tokens_per_s: prompt_tokens / seconds,
      mfu: profile ? prefillMfu(profile, prompt_tokens, seconds) : null,
    };
  });
}

function prefillMfu({ roofline, serving }: ComputedProfile, tokens: number, seconds: number): number {
  const { peaks } = rooflineReplica(roofline);
  const flops = tokens * peaks.flopsPerToken + peaks.flopsPerSequence + (peaks.flopsPerWork * tokens ** 2) / 2;
  return flops / (seconds * peaks.peakFlops * serving.pp);
}

/** Decoding at several batches of sequences of one context. */
export function decodeEfficiency(profile: ComputedProfile, context: number): DecodeEfficiency[] {
  const { roofline, iterationModel, serving } = profile;
  const { peaks } = rooflineReplica(roofline);
  const ridge = peaks.peakFlops / peaks.peakBandwidth;
  return shownBatches(profile.slots(context)).map((n_active) => {
    const lane = decodeWork(roofline, iterationModel, { sequences: n_active / serving.pp, context });
    const bytes = lane.weightBytes + lane.kvBytes;
    const tokensPerS = n_active / lane.seconds;
    const power = profile.replicaPowerW({ sequences: n_active, context })!.watts;
    return {
      n_active,
      context,
      iteration_s: lane.seconds,
      tokens_per_s: tokensPerS,
      memory_bytes: serving.pp * bytes,
      kv_share: lane.kvBytes / bytes,
      flops: serving.pp * lane.flops,
      intensity: lane.flops / bytes,
      bound: lane.flops / bytes > ridge ? "compute" : "memory",
      mfu: lane.mfu,
      mbu: lane.mbu,
      power_w: power,
      tokens_per_watt: tokensPerS / power,
    };
  });
}

/** Power of a replica, idle and at several batches; `null` where nothing is known of it. */
export function powerFigures(performance: ReplicaPerformance, context: number, source: string): PowerFigures | null {
  const idle = performance.replicaPowerW({ sequences: 0, context });
  if (!idle) return null;
  const gpus = performance.gpusPerReplica;
  return {
    quality: idle.quality,
    source,
    idle_w: { gpu: idle.watts / gpus, replica: idle.watts },
    points: shownBatches(performance.slots(context)).map((n_active) => {
      const { watts } = performance.replicaPowerW({ sequences: n_active, context })!;
      return { n_active, context, gpu_w: watts / gpus, replica_w: watts };
    }),
  };
}

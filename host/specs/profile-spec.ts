import * as z from "zod";
import { MAX_INT32, mistake, numberFrom, objectWith, positiveNumber, text, wholeNumber } from "./fields.js";

/**
 * A replica's performance, price and power as constants given by hand: `t = W + H * (len / calibrationCtx) * n` is the duration of an
 * iteration with `n` sequences of mean length `len`.
 */
export interface ManualProfile {
  name: string;
  /** Iteration time without any sequence, seconds. */
  W: number;
  /** Iteration time that each sequence of `calibrationCtx` tokens adds, seconds. */
  H: number;
  /** Length of a sequence, tokens, at which `H` and `maxSlots` hold. */
  calibrationCtx: number;
  /** Prompt tokens that one iteration prefills. */
  chunk: number;
  /** Tokens in a KV block. */
  blockSize: number;
  /** KV blocks of a replica. */
  totalKvBlocks: number;
  /** Most sequences of `calibrationCtx` tokens that a replica runs at once. */
  maxSlots: number;
  /** US dollars an hour for one GPU. */
  costPerHr: number;
  /** GPUs that one replica takes. */
  gpusPerReplica: number;
  /** Power of one GPU; absent where it is not known. */
  power?: PowerCurve;
}

/**
 * Power of one GPU over the number of sequences it runs: logistic in its binary logarithm with steepness `k` and midpoint `x0`, or a
 * straight line up to `maxSlots` where `k` is 0.
 */
export interface PowerCurve {
  idleW: number;
  nominalW: number;
  k: number;
  x0: number;
}

/**
 * The inline `profile` of a pool. Keys bear the names of the Python tool's `ManualProfile`; `gpus_per_replica` is an addition.
 * `cost_per_hr` and the two powers are those of one GPU. Defaults are those of the tool's `CUSTOM` factory, but for the price: none is made up.
 */
export const profileSchema = objectWith("an object with the constants of a replica", {
  name: text(64).default("custom"),
  W: numberFrom(0).describe("iteration time without any sequence, seconds"),
  H: numberFrom(0).describe("iteration time that each sequence of calibration_ctx tokens adds, seconds"),
  calibration_ctx: wholeNumber(1, MAX_INT32).default(8192).describe("tokens at which H and max_slots hold"),
  chunk: wholeNumber(1, MAX_INT32).default(512).describe("prompt tokens that one iteration prefills"),
  blk_size: wholeNumber(1, MAX_INT32).default(16).describe("tokens in a KV block"),
  total_kv_blks: wholeNumber(1, MAX_INT32).default(65536).describe("KV blocks of a replica"),
  // Times calibration_ctx it must stay exact in a double.
  max_slots: wholeNumber(1, 2 ** 22)
    .default(128)
    .describe("most sequences of calibration_ctx tokens that a replica runs at once"),
  cost_per_hr: numberFrom(0).default(0).describe("US dollars an hour for one GPU; 0: not priced"),
  gpus_per_replica: wholeNumber(1, 1024).default(1).describe("GPUs that one replica takes"),
  power_idle_w: positiveNumber().optional().describe("power of one idle GPU, watts"),
  power_nominal_w: positiveNumber().optional().describe("power of one GPU at full load, watts"),
  power_logistic_k: numberFrom(0)
    .optional()
    .describe("steepness of the power curve over log2(sequences); 0: a straight line"),
  power_logistic_x0: z
    .number({ error: "must be a finite number" })
    .optional()
    .describe("log2(sequences) at half of the power range"),
})
  .superRefine((profile, context) => {
    const say = (key: string, message: string) => mistake(context, [key], message);
    if (profile.W + profile.H === 0) say("W", "W and H must not both be 0");
    const { power_idle_w: idle, power_nominal_w: nominal, power_logistic_k: k, power_logistic_x0: x0 } = profile;
    if (idle !== undefined && nominal === undefined) say("power_nominal_w", "must be given along with power_idle_w");
    if (idle === undefined) {
      const given = nominal !== undefined || k !== undefined || x0 !== undefined;
      if (given) say("power_idle_w", "must be given along with the other constants of power");
    } else if (nominal !== undefined && nominal < idle)
      say("power_nominal_w", `must be at least power_idle_w, ${idle}`);
  })
  .transform((profile): ManualProfile => {
    const { power_idle_w: idleW, power_nominal_w: nominalW } = profile;
    const base = {
      name: profile.name,
      W: profile.W,
      H: profile.H,
      calibrationCtx: profile.calibration_ctx,
      chunk: profile.chunk,
      blockSize: profile.blk_size,
      totalKvBlocks: profile.total_kv_blks,
      maxSlots: profile.max_slots,
      costPerHr: profile.cost_per_hr,
      gpusPerReplica: profile.gpus_per_replica,
    };
    if (idleW === undefined || nominalW === undefined) return base;
    return {
      ...base,
      power: { idleW, nominalW, k: profile.power_logistic_k ?? 0, x0: profile.power_logistic_x0 ?? 0 },
    };
  });

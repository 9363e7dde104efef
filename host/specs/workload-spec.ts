import * as z from "zod";
import { mistake, numberFrom, objectWith, positiveNumber, text } from "./fields.js";

/** A stream of requests that carry the id of a pool as their label. */
export interface PoolWorkload {
  /** Id of the pool. */
  pool: string;
  /** Path of a CDF of total tokens, relative to the folder of the fleet file; exactly one of `cdf` and `workload` is there. */
  cdf?: string;
  /** Name of a built-in workload. */
  workload?: string;
  /** Rate of the stream relative to the rate of the whole. */
  lamFrac: number;
  /** Share of a CDF's total tokens that is input, 0 to 1; absent: what a CDF file has by default. */
  inputFrac?: number;
}

const entrySchema = objectWith("an object with cdf or workload", {
  cdf: text(4096).optional().describe("path of a CDF of total tokens, relative to the folder of this file"),
  workload: text(64).optional().describe("name of a built-in workload, in place of cdf"),
  lam_frac: positiveNumber()
    .optional()
    .describe("rate of the stream relative to the rate of the whole; 1 / number of entries unless given"),
  input_frac: numberFrom(0, 1).optional().describe("share of the total tokens of the CDF that is input"),
}).superRefine((entry, context) => {
  const say = (key: string, message: string) => mistake(context, [key], message);
  if (entry.cdf !== undefined && entry.workload !== undefined)
    say("workload", "cdf is given too; an entry has one of them");
  else if (entry.cdf === undefined && entry.workload === undefined) {
    say("cdf", "must be the path of a CDF, or else workload must name a built-in one");
  } else if (entry.cdf === undefined && entry.input_frac !== undefined) {
    say("input_frac", "has no meaning without cdf: a built-in workload has its own input and output");
  }
});

const keyedByPool = "must be an object whose keys are ids of pools, at least one";

/** `workloads`: an object keyed by pool id. */
export const workloadsSchema = z
  .record(z.string(), entrySchema, { error: keyedByPool })
  .refine((entries) => Object.keys(entries).length > 0, { error: keyedByPool, abort: true })
  .transform((entries): PoolWorkload[] => {
    const pairs = Object.entries(entries);
    return pairs.map(([pool, entry]) => ({
      pool,
      ...(entry.cdf === undefined ? {} : { cdf: entry.cdf }),
      ...(entry.workload === undefined ? {} : { workload: entry.workload }),
      lamFrac: entry.lam_frac ?? 1 / pairs.length,
      ...(entry.input_frac === undefined ? {} : { inputFrac: entry.input_frac }),
    }));
  });

import type { LengthNodes } from "../../workloads/length-law/node-list.js";

/** Means over the requests of a pool, tokens. */
export interface LengthMoments {
  input: number;
  output: number;
  /** Output tokens that are decoded one by one: all but the first, which the prefill gives. */
  decodes: number;
  /** Context that the decodes of a request read, all together. */
  contextRead: number;
  /** Pairs of prompt token and token that it attends to. */
  work: number;
}

/** Means of what lengths come to in an engine that batches token by token; `nodes` need not sum to 1. */
export function lengthMoments({ input, output, weight }: LengthNodes): LengthMoments {
  const sums: LengthMoments = { input: 0, output: 0, decodes: 0, contextRead: 0, work: 0 };
  let total = 0;
  for (let i = 0; i < weight.length; i++) {
    const [w, prompt, generated] = [weight[i]!, input[i]!, output[i]!];
    total += w;
    sums.input += w * prompt;
    sums.output += w * generated;
    sums.decodes += w * (generated - 1);
    // Of contexts prompt + 1 .. prompt + generated - 1.
    sums.contextRead += w * (generated - 1) * (prompt + generated / 2);
    sums.work += (w * prompt * prompt) / 2;
  }
  for (const key of Object.keys(sums) as (keyof LengthMoments)[]) sums[key] /= total;
  return sums;
}

/** Bundled CDFs of total tokens in the form of `data/`. */
import type { Cdf } from "../cdf.js";

/** A bundled CDF: how many of the samples have at most so many tokens. */
export interface CdfData {
  name: string;
  description: string;
  /** Where the figures come from. */
  source: string;
  /** SPDX identifier. */
  licence: string;
  /** Samples behind the figures. */
  samples: number;
  /** Edges, total tokens. */
  tokens: readonly number[];
  /** Samples with at most that many tokens, for each edge. */
  counts: readonly number[];
}

/** The CDF as fractions. */
export function cdfOf(data: CdfData): Cdf {
  return data.tokens.map((tokens, i) => [tokens, data.counts[i]! / data.samples]);
}

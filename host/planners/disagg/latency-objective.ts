import type { UncontendedReference } from "./uncontended-reference.js";

/** Figures of a request that are limited. */
export type LimitedFigure = "ttft" | "tpot" | "e2e";

/**
 * When the first token counts: once its prompt is computed; or once a token that the decode side emits reaches the user, which is what a user sees first where that side alone answers. Absent:
 * when the first token is emitted, by whichever side emits it.
 */
export const TTFT_AT = ["prefill", "user"] as const;
/** One of {@link TTFT_AT}. */
export type TtftAt = (typeof TTFT_AT)[number];

/** What the time from the first to the last token is divided by: the gaps between tokens, or all tokens, as the simulators of DistServe and Splitwise have it. */
export const TPOT_OVER = ["n-1", "n"] as const;
/** One of {@link TPOT_OVER}. */
export type TpotOver = (typeof TPOT_OVER)[number];

/** A limit that a share of all requests is to keep within. */
export interface Condition {
  /** What messages call it: `P99 of TTFT`. */
  name: string;
  /** Share of the requests, above 0 and below 1. */
  share: number;
  /** Limits of the figures that a request has to keep together: ms, or times the same figure on the reference machine. */
  limits: Partial<Record<LimitedFigure, number>>;
}

/** What requests are to keep within: all of the conditions. */
export interface LatencyObjective {
  conditions: readonly Condition[];
  /** Absent: limits are ms. Else they are multiples of what a request would take alone on that machine. */
  reference?: UncontendedReference;
  ttftAt?: TtftAt;
  tpotOver: TpotOver;
  /** The limits that shares of requests are told for, whatever the conditions. */
  limits: Partial<Record<LimitedFigure, number>>;
}

/**
 * Slowdowns against a lone request that a cluster is held to: at most so many times at each of three percentiles.
 *
 * Source: Patel et al., Splitwise, ISCA 2024, table 6.
 */
export const SPLITWISE_SLOWDOWNS: Readonly<Record<LimitedFigure, readonly (readonly [share: number, most: number])[]>> =
  {
    ttft: [
      [0.5, 2],
      [0.9, 3],
      [0.99, 6],
    ],
    tpot: [
      [0.5, 1.25],
      [0.9, 1.5],
      [0.99, 5],
    ],
    e2e: [
      [0.5, 1.25],
      [0.9, 1.5],
      [0.99, 5],
    ],
  };

const NAMES: Readonly<Record<LimitedFigure, string>> = { ttft: "TTFT", tpot: "TPOT", e2e: "E2E" };

/** The percentile that is judged by itself where no share is asked for. */
const JUDGED_SHARE = 0.99;

/** Limits in ms, each kept by 99 % of the requests; or, with `attainment`, all of them together by that share. */
export function absoluteObjective(
  limits: { ttft: number; tpot: number },
  { attainment, ttftAt, tpotOver = "n-1" }: { attainment?: number; ttftAt?: TtftAt; tpotOver?: TpotOver } = {},
): LatencyObjective {
  const figures = ["ttft", "tpot"] as const;
  const conditions: Condition[] =
    attainment === undefined
      ? figures.map((figure) => ({
          name: `P99 of ${NAMES[figure]}`,
          share: JUDGED_SHARE,
          limits: { [figure]: limits[figure] },
        }))
      : [{ name: "share that keeps both limits", share: attainment, limits }];
  return { conditions, tpotOver, limits, ...(ttftAt === undefined ? {} : { ttftAt }) };
}

/** The nine of {@link SPLITWISE_SLOWDOWNS}. Their time between tokens is over all tokens. */
export function slowdownObjective(
  reference: UncontendedReference,
  { ttftAt, tpotOver = "n" }: { ttftAt?: TtftAt; tpotOver?: TpotOver } = {},
): LatencyObjective {
  const conditions = (Object.keys(SPLITWISE_SLOWDOWNS) as LimitedFigure[]).flatMap((figure) =>
    SPLITWISE_SLOWDOWNS[figure].map(([share, most]): Condition => ({
      name: `P${Math.round(100 * share)} of the slowdown of ${NAMES[figure]}`,
      share,
      limits: { [figure]: most },
    })),
  );
  const worst = (figure: LimitedFigure) => Math.max(...SPLITWISE_SLOWDOWNS[figure].map(([, most]) => most));
  return {
    conditions,
    reference,
    tpotOver,
    limits: { ttft: worst("ttft"), tpot: worst("tpot"), e2e: worst("e2e") },
    ...(ttftAt === undefined ? {} : { ttftAt }),
  };
}

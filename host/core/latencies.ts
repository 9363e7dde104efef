import { type Distribution, readDistribution } from "./distribution.js";
import { type Quantiles, readQuantiles } from "./quantiles.js";
import type { Objective, Reading } from "./reading.js";
import type { Scope } from "./simulation.js";

/** The distributions of a set of requests, ms. */
export interface Latencies {
  /** Time to first token: arrival to the end of the prefill. */
  ttft_ms: Distribution;
  /** Reaching the pool to the start of service; `p_wait`: share that waited at all. */
  queue_wait_ms: Distribution & { p_wait: number | null };
  /** Time per output token. */
  tpot_ms: Distribution;
  /** Arrival to the last token. */
  e2e_ms: Distribution;
}

/** Shares of a set of requests that keep within each limit by itself. */
export interface AttainmentByLimit {
  ttft: number;
  tpot?: number;
  e2e?: number;
}

/** What is read of a set of requests. */
export interface ReadLatencies {
  latencies: Latencies;
  /** Share that kept within all limits; `null` if there were none. */
  attainment: number | null;
  /** Where the objective has more limits than one, and there were any. */
  byLimit?: AttainmentByLimit;
  quantiles?: Quantiles;
}

/** Longer than any time that the clock holds, and not infinite. */
const FINITE_MS = 8e12;

/** Reads the distributions of the requests of `scope`, of completed ones alone if asked, and which share of them kept within the objective. */
export function readLatencies(reading: Reading, scope: Scope, completedOnly: boolean): ReadLatencies {
  const { simulation, first, slo, curves } = reading;
  const read = (metric: Parameters<typeof readDistribution>[1]) =>
    readDistribution(simulation, metric, scope, first, completedOnly);
  const ttft = read("ttft").distribution;
  const quantiles = curves && !completedOnly ? readQuantiles(simulation, ttft.count) : undefined;
  // Of completed requests alone: those whose E2E is finite.
  const limits = completedOnly ? { ...slo, e2eMs: slo.e2eMs ?? FINITE_MS } : slo;
  const within = simulation.countWithin(limits, scope, first);
  const byLimit = completedOnly ? undefined : readByLimit(reading, scope, ttft.count);
  const queueWait = read("queueWait");
  return {
    latencies: {
      ttft_ms: ttft,
      queue_wait_ms: { ...queueWait.distribution, p_wait: queueWait.positiveShare },
      tpot_ms: read("tpot").distribution,
      e2e_ms: read("e2e").distribution,
    },
    attainment: ttft.count > 0 ? within / ttft.count : null,
    ...(byLimit ? { byLimit } : {}),
    ...(quantiles ? { quantiles } : {}),
  };
}

function readByLimit({ simulation, first, slo }: Reading, scope: Scope, count: number): AttainmentByLimit | undefined {
  const { ttftMs, tpotMs, e2eMs } = slo;
  if (count === 0 || (tpotMs === undefined && e2eMs === undefined)) return undefined;
  const share = (limit: Partial<Objective>) => simulation.countWithin(limit, scope, first) / count;
  return {
    ttft: share({ ttftMs }),
    ...(tpotMs === undefined ? {} : { tpot: share({ tpotMs }) }),
    ...(e2eMs === undefined ? {} : { e2e: share({ e2eMs }) }),
  };
}

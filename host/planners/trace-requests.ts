import { InputError } from "../specs/input-error.js";
import type { RequestSource } from "../workloads/requests.js";
import type { TraceSource } from "../workloads/traces/trace-source.js";
import { changeTrace, type TraceChangeOptions } from "./change-trace.js";
import type { DrawnArrivals } from "./feed.js";
import type { ReplayRequests } from "./replay.js";
import { summariseTrace, type TraceSummary } from "./trace-summary.js";

/** What {@link TraceRequests} is made of. */
export interface TraceRequestsParts {
  name: string;
  /** The trace, opened: its mistakes show before anything is run. */
  first: TraceSource;
  /** Opens it once more; absent if it can be read only once. */
  reopen?: (replication: number) => Promise<TraceSource>;
  /** Arrivals in place of its own. */
  arrivals?: DrawnArrivals;
  /** Changes to be made to it. */
  changes: TraceChangeOptions;
  /** Changes to tell of, where some were made by the source itself. Default `changes`. */
  asked?: TraceChangeOptions;
  seed: number;
}

/** The requests of a trace: opened anew for every replication and every repetition, and told of by its first reading. */
export class TraceRequests {
  readonly requests: ReplayRequests;
  private isFirst = true;

  /** @throws InputError if a trace that can be read only once is to be repeated. */
  constructor(private readonly parts: TraceRequestsParts) {
    const { name, reopen, changes, arrivals } = parts;
    if (reopen === undefined && (changes.repeat ?? 1) > 1) {
      throw new InputError(`${name}: can be read only once, so it cannot be repeated; --repeat needs a file.`);
    }
    const { blockSize } = parts.first.report();
    this.requests = {
      open: (replication) => this.open(replication),
      ...(blockSize ? { blockTokens: blockSize } : {}),
      ...(arrivals ? { arrivals } : {}),
    };
  }

  get isReadOnce(): boolean {
    return this.parts.reopen === undefined;
  }

  summary(): TraceSummary {
    const { first, arrivals, changes, asked = changes } = this.parts;
    const report = first.report();
    return summariseTrace(report, asked, arrivals);
  }

  private open(replication: number): Promise<RequestSource> {
    const { changes, seed } = this.parts;
    return changeTrace(() => this.openOnce(replication), changes, replicationSeed(seed, replication));
  }

  private async openOnce(replication: number): Promise<TraceSource> {
    const { first, reopen, name } = this.parts;
    if (this.isFirst) {
      this.isFirst = false;
      return first;
    }
    if (reopen === undefined) throw new InputError(`${name}: can be read only once; several replications need a file.`);
    return reopen(replication);
  }
}

/** The seed of a replication for draws that know of none: the next whole number, from 2^53 back to 0. */
export function replicationSeed(seed: number, replication: number): number {
  return (seed + replication) % 2 ** 53;
}

import * as C from "../../assembly/contract.js";
import type { Pool } from "../specs/fleet.js";
import type { Window } from "./course.js";
import { type Distribution, readDistribution } from "./distribution.js";
import type { Reading } from "./reading.js";
import type { Scope, StagedMetric } from "./simulation.js";

/** What is told beside the other figures where prefill and decode are apart. Rules: docs/reference/disaggregation.md. */
export interface StagedFigures {
  /** Of a pool that requests are sent to, and of the fleet: when the prompt was computed. With `first_token` `prefill` this is TTFT. */
  ttft_at_prefill_ms?: Distribution;
  /**
   * When the decode side emitted its first token, which is what a user sees first where that side alone answers; of requests that were not handed over, TTFT. With `first_token` `decode`
   * this is TTFT.
   */
  ttft_at_user_ms?: Distribution;
  /** Of requests that were handed over: from the end of the prompt to the first token that the decode side emits for it, which is the second of the request where the prefill side emits the first. */
  handover_ms?: Distribution;
  /** (E2E - TTFT) / output tokens, in place of one fewer; 0 of a single token. */
  tpot_over_n_ms?: Distribution;
  /** Transfers over the links of the pool; of the fleet, over those of its prefill pools, so that none is counted twice. */
  transfers?: Transfers;
}

/** Transfers of keys and values that landed, over the whole run. */
export interface Transfers {
  count: number;
  bytes: number;
  /** `null` if there was none, as all that follow. */
  mean_bytes: number | null;
  /** From the end of the prompt to landing: the sum of the three that follow. */
  mean_ms: number | null;
  /** Until the decode side granted memory; with `pull` a seat too. */
  waiting_for_room_ms: number | null;
  /** By other transfers on the links. */
  waiting_for_link_ms: number | null;
  /** What the transfer takes by itself and is not hidden behind the prompt, with the latency of the link. */
  moving_ms: number | null;
}

/** Shares of what there is that hand-overs take up, over the measured window. */
export interface StagedUtilisation {
  /** KV blocks of nobody who runs: held for a transfer, or granted and not seated. Part of `kv`. */
  kv_outside: number;
  /** Of prefill and decode pools: bytes moved over what its links could move; `null` where they have no limit. */
  link?: number | null;
}

/** The distributions among them. */
export const STAGED_DISTRIBUTIONS = [
  "ttft_at_prefill_ms",
  "ttft_at_user_ms",
  "handover_ms",
  "tpot_over_n_ms",
] as const satisfies readonly (keyof StagedFigures)[];

const TICKS_PER_MS = 1e6;
const TICKS_PER_SECOND = 1e9;

/** Reads what staged fleets tell beside; nothing of others. */
export function readStagedFigures(reading: Reading, scope: Scope): StagedFigures {
  const { stages } = reading;
  if (stages === undefined) return {};
  if (scope === "all") {
    const sources = stages.flatMap((stage, index) => (stage?.role === "prefill" ? [index] : []));
    return { ...readLatencies(reading, scope), transfers: readTransfers(reading, sources) };
  }
  const stage = scope === "none" ? undefined : stages[scope];
  return {
    ...(stage?.role === "decode" ? {} : readLatencies(reading, scope)),
    ...(stage && scope !== "none" ? { transfers: readTransfers(reading, [scope]) } : {}),
  };
}

function readLatencies({ simulation, first }: Reading, scope: Scope) {
  const read = (metric: StagedMetric) => readDistribution(simulation, metric, scope, first, false).distribution;
  return {
    ttft_at_prefill_ms: read("ttftAtPrefill"),
    ttft_at_user_ms: read("ttftAtUser"),
    handover_ms: read("handover"),
    tpot_over_n_ms: read("tpotOverN"),
  };
}

/** Transfers over the links of some pools. */
function readTransfers({ simulation }: Reading, pools: readonly number[]): Transfers {
  const rows = pools.map((pool) => simulation.figures(pool));
  const sum = (field: number) => rows.reduce((total, row) => total + row[field]!, 0);
  const count = sum(C.FIGURE_TRANSFERS);
  const bytes = sum(C.FIGURE_LINK_BYTES);
  const mean = (total: number) => (count > 0 ? total / count : null);
  const all = sum(C.FIGURE_TRANSFER_SUM) / TICKS_PER_MS;
  const memory = sum(C.FIGURE_GRANT_SUM) / TICKS_PER_MS;
  const link = sum(C.FIGURE_LINK_WAIT_SUM) / TICKS_PER_MS;
  return {
    count,
    bytes,
    mean_bytes: mean(bytes),
    mean_ms: mean(all),
    waiting_for_room_ms: mean(memory),
    waiting_for_link_ms: mean(link),
    moving_ms: mean(Math.max(0, all - memory - link)),
  };
}

/** Reads what hand-overs take up of some pools that were seen over these windows; nothing of fleets that are not staged. */
export function readStagedUtilisation(
  { stages }: Reading,
  scope: Scope,
  pools: readonly Pool[],
  windows: readonly Window[],
): StagedUtilisation | Record<string, never> {
  if (stages === undefined) return {};
  const { begin, end } = windows[0]!;
  const ticks = end.tick - begin.tick;
  const area = windows.reduce((sum, window) => sum + window.end.outsideArea - window.begin.outsideArea, 0);
  const blocks = pools.reduce((sum, pool) => sum + pool.replicas * pool.serving.numBlocks, 0);
  const stage = typeof scope === "number" ? stages[scope] : undefined;
  const bytes = end.linkBytes - begin.linkBytes;
  return {
    kv_outside: ticks > 0 ? area / (blocks * ticks) : 0,
    ...(stage ? { link: linkShare(bytes, pools[0]!.replicas * stage.link.bytesPerS, ticks / TICKS_PER_SECOND) } : {}),
  };
}

function linkShare(bytes: number, bytesPerS: number, seconds: number): number | null {
  if (bytesPerS === Infinity) return null;
  return seconds > 0 ? bytes / (bytesPerS * seconds) : 0;
}

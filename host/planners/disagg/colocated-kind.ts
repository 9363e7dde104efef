import { type Fleet } from "../../specs/fleet.js";
import type { FleetInput } from "../../specs/fleet-spec.js";
import type { LengthNodes } from "../../workloads/length-law/node-list.js";
import { estimateIterations } from "../sizing/iterations-estimate.js";
import { poolInput, type ReplicaOption } from "../sizing/replica-option.js";
import type { DisaggBudget, DisaggGoal } from "./disagg-options.js";
import { type FleetKind, type FleetTotals, priceOf, SURELY_TOO_FEW } from "./fleet-kind.js";
import { resolvedFleet, withCounts } from "./pair-fleet.js";
import type { PairCounts, PairPrice, PairRange } from "./pair-frontier.js";
import { bothRoles, replicasWithin, type RoleKind } from "./role-kind.js";

/** How a replica that does both mixes prompts and decodes: prompts in chunks beside decodes (`vllm`), or whole and before them (`vllm-v0`). */
export const COLOCATED_SCHEDULERS = { chunked: "vllm", "prefill-first": "vllm-v0" } as const;
/** One of {@link COLOCATED_SCHEDULERS}. */
export type ColocatedScheduling = keyof typeof COLOCATED_SCHEDULERS;

/**
 * Tokens of an iteration that are tried where prompts go in chunks beside decodes and nobody says how many: vLLM's default, and two for which others wait less. Which is best hangs on the objective; held
 * against the wrong one, separate pools would seem to pay where they do not.
 */
const CHUNK_BUDGETS = [undefined, 2048, 512] as const;

/** The budgets of tokens that a replica is tried with; `undefined`: what it has. */
export function budgetsOf(
  { replica }: ReplicaOption,
  scheduling: ColocatedScheduling,
): readonly (number | undefined)[] {
  const { serving } = replica;
  const isOpen = serving?.max_num_batched_tokens === undefined && serving?.chunk === undefined;
  return scheduling === "chunked" && replica.iteration_model !== undefined && isOpen ? CHUNK_BUDGETS : [undefined];
}

/** Share of what replicas can serve with which they are taken to keep an objective, to begin with. */
const USUAL_LOAD = 0.8;

/** Replicas that prefill and decode, in one pool. Of the counts that search asks about `prefill` is their number; `decode` means nothing. */
export class ColocatedKind implements FleetKind {
  readonly name: string;
  private readonly one: Fleet;
  /** Requests a second of a replica that is always full, about. */
  private readonly capacityRps: number;

  /** @throws InputError if there are no such replicas. */
  constructor(
    readonly kind: RoleKind,
    readonly scheduling: ColocatedScheduling,
    private readonly maxCtx: number,
    nodes: LengthNodes,
    private readonly budget?: number,
  ) {
    this.name = kind.option.name;
    this.one = resolvedFleet(this.inputOf(1), this.name);
    const pool = this.one.pools[0]!;
    // The estimate knows one lane; stages of a pipeline each work on a batch of their own.
    this.capacityRps = pool.serving.pp / estimateIterations(pool, { rateRps: 1, nodes }).leastReplicas;
  }

  /** Tokens of an iteration; `null`: no limit. */
  get maxNumBatchedTokens(): number | null {
    return this.one.pools[0]!.serving.maxNumBatchedTokens;
  }

  /** So many replicas, in the keys of a fleet file. */
  inputOf(replicas: number): FleetInput {
    const option = scheduled(bothRoles(this.kind.option), this.scheduling, this.budget);
    return { engine: "iterations", pools: [poolInput(option, { id: "mixed", replicas, maxCtx: this.maxCtx })] };
  }

  fleetOf({ prefill: replicas }: PairCounts): Fleet {
    return withCounts(this.one, [replicas]);
  }

  totals({ prefill: replicas }: PairCounts): FleetTotals {
    const { gpus, costPerHr, watts } = this.kind;
    return {
      gpus: replicas * gpus,
      costPerHr: replicas * costPerHr,
      ...(watts === undefined ? {} : { watts: replicas * watts }),
    };
  }

  priceBy(goal: DisaggGoal): PairPrice {
    return priceOf((counts) => this.totals(counts), goal);
  }

  mostRps({ prefill: replicas }: PairCounts): number {
    return this.kind.pool.serving.enablePrefixCaching ? Infinity : (replicas * this.capacityRps) / SURELY_TOO_FEW;
  }

  expectedRps({ prefill: replicas }: PairCounts): number {
    return replicas * this.capacityRps * USUAL_LOAD;
  }

  rangeAt(rateRps: number, most: PairCounts): PairRange {
    const isCaching = this.kind.pool.serving.enablePrefixCaching;
    const needed = rateRps / this.capacityRps;
    return {
      least: { prefill: isCaching ? 1 : Math.max(1, Math.ceil(SURELY_TOO_FEW * needed)), decode: 1 },
      most: { prefill: most.prefill + most.decode, decode: 1 },
      guess: { prefill: Math.max(1, Math.ceil(needed / USUAL_LOAD)), decode: 1 },
    };
  }

  /** Most replicas within a budget. */
  mostWithin(budget: DisaggBudget): number {
    return replicasWithin(budget, this.kind);
  }
}

function scheduled(
  { name, replica }: ReplicaOption,
  scheduling: ColocatedScheduling,
  budget: number | undefined,
): ReplicaOption {
  const own = budget === undefined ? {} : { max_num_batched_tokens: budget };
  const serving = { ...replica.serving, ...own, scheduler: COLOCATED_SCHEDULERS[scheduling] };
  return { name, replica: { ...replica, serving } };
}

import { poolReplicaPowerW } from "../../profiles/pool-power.js";
import type { Pool } from "../../specs/fleet.js";
import { InputError } from "../../specs/input-error.js";
import type { PoolSizing } from "./pool-sizing.js";

/** What a fleet is to have as little of as possible. */
export const SIZING_GOALS = ["cost", "gpus", "watts"] as const;
/** One of {@link SIZING_GOALS}: US dollars an hour, GPUs, or watts on average. */
export type SizingGoal = (typeof SIZING_GOALS)[number];

/** What so many replicas of a kind count for, in the measure that is to be least; never falls as replicas are added, `Infinity` for `Infinity`. */
export type Price = (sizing: PoolSizing, replicas: number) => number;

/**
 * Replicas to have so that `needed` of them are up: each is up a share `nodeAvailability` of the time, and the fleet is to have enough on average. Source: the Python vllm-sr-sim 0.1.0, which
 * divides counts by it; no failure is simulated.
 */
export function deployedReplicas(needed: number, nodeAvailability: number): number {
  // 18 / 0.9 is 20, whatever doubles make of it.
  return Math.ceil(needed / nodeAvailability - 1e-9);
}

/** GPUs and dollars an hour of so many replicas. */
export function priceOf({ profile }: Pool, replicas: number): { gpus: number; costPerHr: number } {
  const gpus = replicas * profile.gpusPerReplica;
  return { gpus, costPerHr: gpus * profile.costPerHr };
}

/** Why replicas of a pool have no measure by a goal, for a sentence that begins with their name; `undefined`: they have one. */
export function whyNoPrice(pool: Pool, goal: SizingGoal): string | undefined {
  if (goal === "cost" && pool.profile.costPerHr === 0) return "has no price: give it one, or minimise gpus or watts";
  if (goal === "watts" && !poolReplicaPowerW(pool, 1, 1)) return "has no known power: minimise cost or gpus";
  return undefined;
}

/** Prices replicas by a goal. */
export function priceBy(goal: SizingGoal, nodeAvailability: number): Price {
  return (sizing, replicas) => {
    if (replicas === Infinity) return Infinity;
    const deployed = deployedReplicas(replicas, nodeAvailability);
    if (goal === "watts") return wattsOf(sizing, deployed);
    const pool = poolOf(sizing);
    const { gpus, costPerHr } = priceOf(pool, deployed);
    if (goal === "gpus") return gpus;
    if (costPerHr > 0) return costPerHr;
    throw new InputError(`${sizing.option.name} has no price: give it one, or minimise gpus or watts.`);
  };
}

/**
 * The requests that run at a time are taken to be those that analysis expects of the fleet it proposes: what they are with a replica more or less changes power by little, and the sum would not always rise
 * with the number of replicas.
 */
function wattsOf(sizing: PoolSizing, deployed: number): number {
  const { running, contextPerRequest } = sizing.expected!;
  const power = poolReplicaPowerW(poolOf(sizing), running / deployed, contextPerRequest);
  if (power) return power.watts * deployed;
  throw new InputError(`nothing is known of the power of ${sizing.option.name}: minimise cost or gpus.`);
}

function poolOf({ pool, option }: PoolSizing): Pool {
  if (pool) return pool;
  throw new RangeError(`${option.name} cannot be built`);
}

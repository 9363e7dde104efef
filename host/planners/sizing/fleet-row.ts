import type { Engine, FleetInput } from "../../specs/fleet-spec.js";
import { rounded } from "../fleet-summary.js";
import { type FleetCandidate, poolIds, routerInput } from "./fleet-candidate.js";
import type { FleetSearch, SizedFleet } from "./fleet-search.js";
import { deployedReplicas } from "./objective.js";
import type { PoolSizing } from "./pool-sizing.js";
import { poolInput } from "./replica-option.js";
import { type SizedPool, sizedPool } from "./sized-pool.js";
import type { SizingProblem } from "./sizing-problem.js";
import { turnsTooManyAway } from "./too-long-share.js";

const HOURS_PER_YEAR = 8760;

/** What a fleet comes to. */
export interface FleetTotalsRow {
  total_replicas: number;
  total_gpus: number;
  /** US dollars, 4 decimals. */
  cost_per_hr: number;
  /** Thousands of US dollars for 8760 hours, 1 decimal. */
  annualised_cost_kusd: number;
  /** Of all GPUs at the mean load; `null` where nothing is known of some. */
  watts: number | null;
}

/** A fleet, by analysis or by simulation. */
export interface FleetRow extends FleetTotalsRow {
  /** Where its replicas come from: analysis alone, or simulation run by run. */
  source: "analytical" | "simulated";
  /** Where pools meet, total tokens. */
  boundaries: readonly number[];
  /** Requests of up to this many times the boundary may be compressed; 1: none. */
  gamma: number;
  pools: SizedPool[];
  /** Whether the P99 of every pool keeps within the objective: its interval, of a simulated row. */
  slo_met: boolean;
}

/** The fleet that analysis proposes for a candidate; `undefined` where one of its pools cannot be built. */
export function analyticalRow(
  search: FleetSearch,
  candidate: FleetCandidate,
  nodeAvailability: number,
): FleetRow | undefined {
  const choice = candidate.segments.map((segment) => search.expectedChoice(segment));
  if (choice.some(({ expected }) => expected === undefined)) return undefined;
  const replicas = choice.map(({ expected }) => expected!.replicas);
  const pools = poolsOf(search.problem, choice, replicas, nodeAvailability).map((pool) => ({
    ...pool,
    simulated: null,
    tried: [],
  }));
  const met = choice.every(({ isExpected }) => isExpected) && !turnsTooManyAway(search.problem.law, candidate);
  return fleetRow(candidate, "analytical", pools, met);
}

/** The fleet that simulation found for a candidate. */
export function simulatedRow(
  problem: SizingProblem,
  { candidate, pools }: SizedFleet,
  nodeAvailability: number,
): FleetRow {
  const replicas = pools.map(({ upper }) => upper);
  return fleetRow(candidate, "simulated", poolsOf(problem, pools, replicas, nodeAvailability), true);
}

/** The fleet that analysis proposes for a candidate, simulated as it is: it may miss the objective, or have replicas to spare. */
export async function verifiedRow(
  search: FleetSearch,
  candidate: FleetCandidate,
  nodeAvailability: number,
): Promise<{ row: FleetRow; fleet: ChosenFleet }> {
  const sizings = candidate.segments.map((segment) => search.expectedChoice(segment));
  const replicas = sizings.map(({ expected }) => expected!.replicas);
  let isMet = !turnsTooManyAway(search.problem.law, candidate);
  for (const [index, sizing] of sizings.entries()) {
    isMet = (await sizing.try(replicas[index]!, { mayBreak: false })).isFeasible && isMet;
  }
  const row = fleetRow(candidate, "simulated", poolsOf(search.problem, sizings, replicas, nodeAvailability), isMet);
  return { row, fleet: { candidate, sizings, replicas } };
}

/** A fleet with its numbers of replicas. */
export interface ChosenFleet {
  candidate: FleetCandidate;
  sizings: readonly PoolSizing[];
  /** Needed of each. */
  replicas: readonly number[];
}

/** A sized fleet with the numbers that were found. */
export function chosenFleet({ candidate, pools }: SizedFleet): ChosenFleet {
  return { candidate, sizings: pools, replicas: pools.map(({ upper }) => upper) };
}

function poolsOf(
  problem: SizingProblem,
  sizings: readonly PoolSizing[],
  replicas: readonly number[],
  nodeAvailability: number,
): SizedPool[] {
  const ids = poolIds(sizings.length);
  return sizings.map((sizing, index) =>
    sizedPool(problem, sizing, { id: ids[index]!, nodeAvailability, replicas: replicas[index]! }),
  );
}

function fleetRow(
  { boundaries, compression }: FleetCandidate,
  source: FleetRow["source"],
  pools: SizedPool[],
  isMet: boolean,
): FleetRow {
  const sum = (of: (pool: SizedPool) => number) => pools.reduce((total, pool) => total + of(pool), 0);
  const costPerHr = sum((pool) => pool.cost_per_hr);
  return {
    source,
    boundaries,
    gamma: compression?.gamma ?? 1,
    pools,
    total_replicas: sum((pool) => pool.replicas),
    total_gpus: sum((pool) => pool.gpus),
    cost_per_hr: rounded(costPerHr, 4),
    annualised_cost_kusd: rounded((costPerHr * HOURS_PER_YEAR) / 1000, 1),
    watts: pools.every(({ watts }) => watts !== null)
      ? rounded(
          sum((pool) => pool.watts!),
          1,
        )
      : null,
    slo_met: isMet,
  };
}

/** A fleet in the keys of a fleet file, with the replicas that are deployed. */
export function fleetFile(
  { candidate, sizings, replicas }: ChosenFleet,
  { engine, sloMs, nodeAvailability }: { engine: Engine; sloMs: number; nodeAvailability: number },
): FleetInput {
  const ids = poolIds(sizings.length);
  return {
    engine,
    slo_ms: sloMs,
    router: routerInput(candidate),
    pools: sizings.map(({ option, segment }, index) =>
      poolInput(option, {
        id: ids[index]!,
        replicas: deployedReplicas(replicas[index]!, nodeAvailability),
        maxCtx: segment.upTo,
      }),
    ),
  };
}

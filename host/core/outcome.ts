import { FIGURE_ARRIVED, SAMPLES_CAPACITY } from "../../assembly/contract.js";
import type { Fleet } from "../specs/fleet.js";
import { isStaged } from "../specs/pool-stage.js";
import { type Bottleneck, judgePools } from "./bottlenecks.js";
import { Course } from "./course.js";
import { type Figures, type Objective, readFleetFigures, readPoolFigures } from "./figures.js";
import type { Simulation } from "./simulation.js";

/** What a run came to: the figures of the fleet, and of each pool by its id. */
export interface Outcome extends Figures {
  /** How percentiles were taken: of every request, or (of runs longer than SAMPLES_CAPACITY) of one in `sampled_one_in`. */
  percentiles: { exact: boolean; sampled_one_in: number };
  /** Staged fleets: what does not keep up; empty if all does. */
  bottlenecks?: Bottleneck[];
  pools: Record<string, Figures>;
}

/** How a finished run is read. */
export interface ReadingOptions {
  engine: "slots" | "iterations";
  /** Share of the arrivals, from the first on, that are not measured: 0 to below 1. */
  warmup: number;
  slo: Objective;
  /** Whether curves are told beside the figures. Default: not. */
  curves?: boolean;
}

/** Reads what a finished run came to. */
export function readOutcome(simulation: Simulation, fleet: Fleet, options: ReadingOptions): Outcome {
  const { engine, warmup, slo, curves = false } = options;
  const poolCount = fleet.pools.length;
  const scopes: (number | "none")[] = [...fleet.pools.keys(), "none"];
  const arrived = scopes.reduce<number>((sum, scope) => sum + simulation.figures(scope)[FIGURE_ARRIVED]!, 0);
  const first = Math.floor(warmup * arrived);
  const course = new Course(simulation, first);
  const stages = isStaged(fleet) ? { stages: fleet.pools.map(({ stage }) => stage) } : {};
  const reading = { simulation, course, first, poolCount, slo, engine, curves, ...stages };
  const { stabilities, bottlenecks } = judgePools(reading, fleet.pools);
  const byPool = fleet.pools.map((pool, index) => readPoolFigures(reading, pool, index, stabilities[index]!));
  const stride = simulation.sampleStride;
  return {
    ...readFleetFigures(reading, fleet.pools, byPool),
    percentiles: { exact: stride === 1, sampled_one_in: stride },
    ...(bottlenecks ? { bottlenecks } : {}),
    pools: Object.fromEntries(fleet.pools.map((pool, index) => [pool.id, byPool[index]!])),
  };
}

/** Requests up to which percentiles are exact. */
export const EXACT_UP_TO_REQUESTS = SAMPLES_CAPACITY;

import * as C from "../../assembly/contract.js";
import type { Pool } from "../specs/fleet.js";
import { Course } from "./course.js";
import { readP99 } from "./distribution.js";
import type { Objective } from "./figures.js";
import type { Simulation } from "./simulation.js";
import { judgeStability, STRETCHES } from "./stability.js";

/** What decides whether a pool is large enough: a part of its figures, read in a part of the time. */
export interface PoolReading {
  /** Requests that reached the pool, those that are not measured included. */
  arrived: number;
  ttft: { p99: number | null; p99_ci95: [number, number] | null };
  tpot: { p99: number | null; p99_ci95: [number, number] | null };
  meanE2eMs: number | null;
  /** Share of the measured requests that kept within the objective; `null` if there were none. */
  attainment: number | null;
  verdict: "stable" | "overloaded";
  /** Requests in service at a time, in all replicas together. */
  running: number;
}

/**
 * Reads a pool of a finished run.
 *
 * @param index Of the pool, among all of the run.
 * @param warmup Share of all arrivals, from the first on, that are not measured: 0 to below 1.
 */
export function readPool(
  simulation: Simulation,
  pools: readonly Pool[],
  index: number,
  { warmup, slo }: { warmup: number; slo: Objective },
): PoolReading {
  const scopes: (number | "none")[] = [...pools.keys(), "none"];
  const arrivedAt = (scope: number | "none") => simulation.figures(scope)[C.FIGURE_ARRIVED]!;
  const first = Math.floor(warmup * scopes.reduce<number>((sum, scope) => sum + arrivedAt(scope), 0));
  const course = new Course(simulation, first);
  const { begin, end } = course.window(index);
  const ticks = end.tick - begin.tick;
  const ttft = readP99(simulation, "ttft", index, first);
  const e2e = simulation.gather("e2e", index, first, false);
  return {
    arrived: arrivedAt(index),
    ttft,
    tpot: readP99(simulation, "tpot", index, first),
    meanE2eMs: e2e.reached > 0 ? e2e.sumTicks / e2e.reached / TICKS_PER_MS : null,
    attainment: ttft.count > 0 ? simulation.countWithin(slo, index, first) / ttft.count : null,
    verdict: judgeStability(course.stretches(index, STRETCHES)).verdict,
    running: ticks > 0 ? (end.busyArea - begin.busyArea) / ticks : 0,
  };
}

const TICKS_PER_MS = 1e6;

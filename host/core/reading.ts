import type { PoolStage } from "../specs/pool-stage.js";
import type { Course } from "./course.js";
import type { Simulation } from "./simulation.js";

/** What a request is to keep within. */
export interface Objective {
  /** Time to first token, ms. */
  ttftMs: number;
  /** Time per output token, ms. */
  tpotMs?: number;
  /** Arrival to last token, ms. */
  e2eMs?: number;
}

/** What the figures of a run are read with. */
export interface Reading {
  simulation: Simulation;
  course: Course;
  /** Ordinal of the first measured request. */
  first: number;
  poolCount: number;
  slo: Objective;
  engine: "slots" | "iterations";
  /** Whether curves are told: of TTFT, and of the load. */
  curves: boolean;
  /** Of a fleet in which prefill and decode are apart: what each pool does; `undefined` of one that does both. */
  stages?: readonly (PoolStage | undefined)[];
}

import { FIGURE_ARRIVED } from "../../../assembly/contract.js";
import { coreRouter, iterationPools } from "../../core/core-fleet.js";
import { type Bottleneck, judgePools } from "../../core/bottlenecks.js";
import { Course } from "../../core/course.js";
import type { Core } from "../../core/load.js";
import { Simulation } from "../../core/simulation.js";
import type { Fleet } from "../../specs/fleet.js";
import { isStaged } from "../../specs/pool-stage.js";
import { feedSource } from "../feed.js";
import { BLOCK_IDS_AT_ONCE, planPrefixes } from "../prefix-plan.js";
import type { HeldLoad } from "./held-load.js";
import type { LatencyObjective } from "./latency-objective.js";
import { RequestJudge } from "./request-judge.js";

/**
 * Share of a run that is not measured: requests hold their place for some time, and an empty fleet is faster than the one that is sized. That of runs of single pools.
 */
export const TRIAL_WARMUP = 0.25;

/** A run of a fleet. */
export interface FleetTrial {
  core: Core;
  fleet: Fleet;
  load: HeldLoad;
  /** Of all requests, those that are left out included, requests/s. */
  rateRps: number;
  objective: LatencyObjective;
  seed: number;
  /** Whether it may be broken off once it has certainly missed the objective. */
  mayBreak: boolean;
}

/** What a run came to. */
export interface TrialPoint {
  /** Whether the objective is kept, and every pool keeps up. */
  isEnough: boolean;
  /** Whether the run was broken off, since more requests had missed than may: then the judge has seen a part of them. */
  isBroken: boolean;
  /** Of a run that was not broken off. */
  verdict: "stable" | "overloaded";
  bottlenecks: readonly Bottleneck[];
  judge: RequestJudge;
}

/** Plays the requests of a question through a fleet. */
export async function tryFleet(trial: FleetTrial): Promise<TrialPoint> {
  const { core, fleet, load, objective, seed, mayBreak } = trial;
  const prefixes = planPrefixes(fleet, load.blockTokens);
  const simulation = new Simulation(core, {
    engine: "iterations",
    seed,
    pools: iterationPools(fleet, prefixes?.prefixBlock),
    router: coreRouter(fleet),
    keepsResults: true,
    ...(prefixes ? { blockIds: BLOCK_IDS_AT_ONCE } : {}),
  });
  const judge = judgeOf(fleet, objective, load.count);
  await feedSource(simulation, load.at(trial.rateRps), {
    fleet,
    onResults: (rows) => judge.take(rows),
    isEnough: () => mayBreak && judge.isLost,
  });
  const lost = { judge, isEnough: false, bottlenecks: [] } as const;
  if (mayBreak && judge.isLost) return { ...lost, isBroken: true, verdict: "stable" };
  simulation.finish();
  judge.take(simulation.results());
  const { verdict, bottlenecks } = verdictOf(simulation, fleet);
  return { judge, isBroken: false, verdict, bottlenecks, isEnough: verdict === "stable" && !judge.isLost };
}

/** Judges the requests of a run of a fleet. */
export function judgeOf(fleet: Fleet, objective: LatencyObjective, requests: number): RequestJudge {
  const stage = fleet.pools.find((pool) => pool.stage?.role === "prefill")?.stage;
  const firstToken = stage?.role === "prefill" ? stage.firstToken : "prefill";
  return new RequestJudge(objective, requests, TRIAL_WARMUP, firstToken);
}

function verdictOf(simulation: Simulation, fleet: Fleet): Pick<TrialPoint, "verdict" | "bottlenecks"> {
  const scopes: (number | "none")[] = [...fleet.pools.keys(), "none"];
  const arrived = scopes.reduce<number>((sum, scope) => sum + simulation.figures(scope)[FIGURE_ARRIVED]!, 0);
  const first = Math.floor(TRIAL_WARMUP * arrived);
  const reading = {
    simulation,
    course: new Course(simulation, first),
    first,
    poolCount: fleet.pools.length,
    slo: { ttftMs: 0 },
    engine: "iterations" as const,
    curves: false,
    ...(isStaged(fleet) ? { stages: fleet.pools.map(({ stage }) => stage) } : {}),
  };
  const { stabilities, bottlenecks = [] } = judgePools(reading, fleet.pools);
  const isOverloaded = stabilities.some(({ verdict }) => verdict === "overloaded");
  return { verdict: isOverloaded ? "overloaded" : "stable", bottlenecks };
}

/** Flags of commands that size fleets by simulation. */
import { type Command, Option } from "commander";
import { DEFAULT_ENGINE, DEFAULT_SLO_MS } from "../planners/replay.js";
import { SIZING_GOALS, type SizingGoal } from "../planners/sizing/objective.js";
import type { SizingOptions } from "../planners/sizing/open-problem.js";
import { LEAST_POOL_REQUESTS, MAX_POOL_REQUESTS } from "../planners/sizing/sizing-limits.js";
import { SIZE_BY, type SizeBy } from "../planners/sizing/sizing-problem.js";
import { type Engine, ENGINES } from "../specs/fleet-spec.js";
import { number, oneOf, seedFlag, wholeNumber } from "./flags.js";

/** Values of {@link addSizingFlags}. */
export interface SizingFlags {
  slo?: number;
  sloTpot?: number;
  engine?: Engine;
  sizeBy?: SizeBy;
  nSimReq?: number;
  seed: number;
}

/** Adds `--slo`, `--slo-tpot`, `--engine`, `--size-by`, `--n-sim-req` and `--seed`. */
export function addSizingFlags(command: Command): Command {
  return command
    .option(
      "--slo <ms>",
      `objective for the P99 of TTFT, wait and own prefill together, in every pool, ms (default: ${DEFAULT_SLO_MS})`,
      number({ above: 0 }),
    )
    .option(
      "--slo-tpot <ms>",
      "objective for the P99 of the time per output token, ms (default: none)",
      number({ above: 0 }),
    )
    .addOption(
      new Option(
        "--engine <name>",
        `how a replica serves: iterations (token by token, as vLLM batches) or slots (default: ${DEFAULT_ENGINE})`,
      ).argParser(oneOf(ENGINES)),
    )
    .addOption(
      new Option(
        "--size-by <what>",
        "what of a P99 has to lie within its limit: interval, the upper end of its 95 % interval, so that other requests of the kind keep it as well (default); or p99, the figure itself, so that these requests do",
      ).argParser(oneOf(SIZE_BY)),
    )
    .option(
      "--n-sim-req <n>",
      "requests simulated for each pool (default: 30,000, or as many as turn it over 20 times)",
      wholeNumber(LEAST_POOL_REQUESTS, MAX_POOL_REQUESTS),
    )
    .addOption(seedFlag());
}

/** What {@link addSizingFlags} gives a planner. */
export function sizingOptions(flags: SizingFlags): SizingOptions {
  const { slo, sloTpot, engine, sizeBy, nSimReq, seed } = flags;
  return {
    seed,
    ...(slo === undefined ? {} : { sloMs: slo }),
    ...(sloTpot === undefined ? {} : { sloTpotMs: sloTpot }),
    ...(engine === undefined ? {} : { engine }),
    ...(sizeBy === undefined ? {} : { sizeBy }),
    ...(nSimReq === undefined ? {} : { requests: nSimReq }),
  };
}

/** Values of {@link addGoalFlags}. */
export interface GoalFlags {
  objective: SizingGoal;
  nodeAvail: number;
}

/** Adds `--objective` and `--node-avail`. */
export function addGoalFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--objective <what>", "what the fleet is to have as little of as possible: cost, gpus or watts")
        .argParser(oneOf(SIZING_GOALS))
        .default("cost"),
    )
    .option(
      "--node-avail <share>",
      "share of the time that a replica is up: so many more are deployed",
      number({ above: 0, atMost: 1 }),
      1,
    );
}

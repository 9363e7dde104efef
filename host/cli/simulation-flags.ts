/** Flags of the commands that draw requests at a rate and simulate them: those of the Python tool, and what is added to each. */
import { type Command, Option } from "commander";
import { MAX_REQUESTS } from "../planners/draw-limits.js";
import { DEFAULT_SLO_MS, DEFAULT_WARMUP } from "../planners/replay.js";
import { MAX_REPLICATIONS } from "../planners/replay-limits.js";
import type { SimulationOptions } from "../planners/simulate.js";
import { GPU_NAMES } from "../specs/gpu-catalog.js";
import type { TwoPoolFlags } from "../specs/two-pool-fleet.js";
import { addEngineFlags, type EngineFlags, engineOptions } from "./engine-flags.js";
import { number, seedFlag, tokenCount, wholeNumber } from "./flags.js";

/** Values of {@link addSimulationFlags}. */
export interface SimulationFlags extends EngineFlags {
  slo?: number;
  nReq?: number;
  seed: number;
  warmup: number;
  replications: number;
}

/**
 * Adds `--engine`, `--step`, `--slo`, `--n-req`, `--seed`, `--warmup` and `--replications`.
 *
 * @param defaultSlo What the help says where no objective is given.
 */
export function addSimulationFlags(
  command: Command,
  defaultRequests: number,
  defaultSlo = `default: ${DEFAULT_SLO_MS}`,
): Command {
  return addEngineFlags(command)
    .option("--slo <ms>", `objective for the time to first token, ms (${defaultSlo})`, number({ above: 0 }))
    .option(
      "--n-req <n>",
      `requests to draw (default: ${defaultRequests}); a trace is played whole`,
      wholeNumber(1, MAX_REQUESTS),
    )
    .addOption(seedFlag())
    .option(
      "--warmup <share>",
      "share of the requests, from the first on, that is simulated and not measured",
      number({ atLeast: 0, below: 1 }),
      DEFAULT_WARMUP,
    )
    .option("--replications <n>", "independent runs to average over", wholeNumber(1, MAX_REPLICATIONS), 1);
}

/** What {@link addSimulationFlags} gives a planner. */
export function simulationOptions(flags: SimulationFlags): SimulationOptions & { sloMs?: number } {
  return {
    ...(flags.nReq === undefined ? {} : { requests: flags.nReq }),
    seed: flags.seed,
    warmup: flags.warmup,
    replications: flags.replications,
    ...engineOptions(flags),
    ...(flags.slo === undefined ? {} : { sloMs: flags.slo }),
  };
}

/** Values of {@link addTwoPoolFlags}. */
export interface TwoPoolFleetFlags {
  nS: number;
  nL: number;
  bShort: number;
  longMaxCtx: number;
  gpuShort: string;
  gpuLong: string;
}

/**
 * Adds the flags of a fleet of two pools.
 *
 * @param isRequired Whether `--n-s` and `--n-l` must be given; they have no default.
 */
export function addTwoPoolFlags(command: Command, { isRequired } = { isRequired: true }): Command {
  const gpus = GPU_NAMES.join(", ");
  const size = (flag: string, pool: string) =>
    new Option(`${flag} <gpus>`, `GPUs of the pool "${pool}"`)
      .argParser(wholeNumber(1))
      .makeOptionMandatory(isRequired);
  return command
    .addOption(size("--n-s", "short"))
    .addOption(size("--n-l", "long"))
    .option("--b-short <tokens>", "window of the pool short: requests up to this total go there", tokenCount(), 4096)
    .option("--long-max-ctx <tokens>", "window of the pool long: longer requests are rejected", tokenCount(), 65536)
    .option("--gpu-short <gpu>", `GPU of the pool short: ${gpus}`, "a100")
    .option("--gpu-long <gpu>", `GPU of the pool long: ${gpus}`, "a100");
}

/** What {@link addTwoPoolFlags} gives a planner. */
export function twoPoolFlags(flags: TwoPoolFleetFlags): TwoPoolFlags {
  return {
    nShort: flags.nS,
    nLong: flags.nL,
    bShort: flags.bShort,
    longMaxCtx: flags.longMaxCtx,
    gpuShort: flags.gpuShort,
    gpuLong: flags.gpuLong,
  };
}

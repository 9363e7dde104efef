/** Flags that say how requests are served inside a replica, and who sends them. */
import { type Command, Option } from "commander";
import { DEFAULT_ENGINE, type ReplayOptions } from "../planners/replay.js";
import { MAX_CONCURRENCY, MAX_THINK_S } from "../planners/replay-limits.js";
import type { SharedPrefixes } from "../planners/prefix-plan.js";
import { type Engine, ENGINES } from "../specs/fleet-spec.js";
import { InputError } from "../specs/input-error.js";
import { number, oneOf, wholeNumber } from "./flags.js";

/** Values of {@link addEngineFlags}. */
export interface EngineFlags {
  engine?: Engine;
  step?: boolean;
}

/** Adds `--engine` and `--step`. */
export function addEngineFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--engine <name>",
        `how a replica serves: iterations (token by token, as vLLM batches) or slots (default: the fleet's, else ${DEFAULT_ENGINE})`,
      ).argParser(oneOf(ENGINES)),
    )
    .option("--step", "engine iterations: one iteration at a time; the same result, more slowly");
}

/** What {@link addEngineFlags} gives a planner. */
export function engineOptions({ engine, step }: EngineFlags): Pick<ReplayOptions, "engine" | "step"> {
  return { ...(engine === undefined ? {} : { engine }), ...(step === undefined ? {} : { step }) };
}

/** Values of `--slo` and `--slo-ttft`: two names of one figure. */
export interface TtftFlags {
  slo?: number;
  sloTtft?: number;
}

/**
 * The objective for the time to first token that they give, ms.
 *
 * @throws InputError if both are given, and differ.
 */
export function sloTtft({ slo, sloTtft }: TtftFlags): number | undefined {
  if (slo !== undefined && sloTtft !== undefined && slo !== sloTtft) {
    throw new InputError(`--slo ${slo} and --slo-ttft ${sloTtft} are the same limit; give one of them.`);
  }
  return slo ?? sloTtft;
}

/** Values of {@link addClosedLoopFlags}. */
export interface ClosedLoopFlags {
  concurrency?: number;
  think?: number;
  thinkExponential?: boolean;
  ramp?: number;
}

/** Adds `--concurrency`, `--think`, `--think-exponential` and `--ramp`. */
export function addClosedLoopFlags(command: Command): Command {
  return command
    .optionsGroup("Closed loop, in place of arrival times:")
    .option(
      "--concurrency <users>",
      "so many users, each of whom waits for the answer before sending the next request",
      wholeNumber(1, MAX_CONCURRENCY),
    )
    .option(
      "--think <s>",
      "time from an answer to the next request (default: 0)",
      number({ atLeast: 0, atMost: MAX_THINK_S }),
    )
    .option("--think-exponential", "draw every think time, with that mean")
    .option(
      "--ramp <s>",
      "spread the first requests over this time (default: 0)",
      number({ atLeast: 0, atMost: MAX_THINK_S }),
    );
}

/**
 * What {@link addClosedLoopFlags} gives a planner.
 *
 * @throws InputError if a flag that belongs to a closed loop is given without one.
 */
export function closedLoopOptions(flags: ClosedLoopFlags): Pick<ReplayOptions, "closedLoop"> {
  const { concurrency, think, thinkExponential, ramp } = flags;
  if (concurrency === undefined) {
    const given = Object.entries({ "--think": think, "--think-exponential": thinkExponential, "--ramp": ramp }).find(
      ([, value]) => value !== undefined,
    );
    if (given) throw new InputError(`${given[0]} belongs to a closed loop: --concurrency says of how many users.`);
    return {};
  }
  return {
    closedLoop: {
      concurrency,
      ...(think === undefined ? {} : { thinkS: think }),
      ...(thinkExponential ? { think: "exponential" } : {}),
      ...(ramp === undefined ? {} : { rampS: ramp }),
    },
  };
}

/** Values of {@link addPrefixFlags}. */
export interface PrefixFlags {
  prefixGroups?: number;
  prefixTokens?: number;
}

/** Adds `--prefix-groups` and `--prefix-tokens`. */
export function addPrefixFlags(command: Command): Command {
  return command
    .option(
      "--prefix-groups <n>",
      "drawn requests fall at random into so many groups that share the beginning of their prompts",
      wholeNumber(1, 2 ** 31 - 1),
    )
    .option("--prefix-tokens <n>", "tokens of that shared beginning", wholeNumber(1, 2 ** 30));
}

/**
 * What {@link addPrefixFlags} gives a planner.
 *
 * @throws InputError if only one of the two is given.
 */
export function prefixOptions({ prefixGroups, prefixTokens }: PrefixFlags): { prefixes?: SharedPrefixes } {
  if (prefixGroups === undefined && prefixTokens === undefined) return {};
  if (prefixGroups === undefined)
    throw new InputError("--prefix-tokens needs --prefix-groups: how many prefixes there are.");
  if (prefixTokens === undefined)
    throw new InputError("--prefix-groups needs --prefix-tokens: how long the prefixes are.");
  return { prefixes: { groups: prefixGroups, tokens: prefixTokens } };
}

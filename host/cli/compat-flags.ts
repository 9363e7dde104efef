/** The flag of commands that can give the figures of the Python tool too, and what has no meaning under it. */
import { type Command, Option } from "commander";
import { InputError } from "../specs/input-error.js";
import { oneOf } from "./flags.js";
import { REPLICA_FLAGS } from "./replica-flags.js";

/** Value of {@link addCompatFlag}. */
export interface CompatFlags {
  compat?: "python";
}

/** Adds `--compat`. */
export function addCompatFlag(command: Command): Command {
  return command.addOption(
    new Option(
      "--compat <tool>",
      "python: its formulas, digit for digit, for comparison; they simulate nothing and see a CDF alone",
    ).argParser(oneOf(["python"])),
  );
}

/** Flags that are about simulation, or about models: the formulas know neither. */
const UNKNOWN: Readonly<Record<string, string>> = {
  trace: "--trace",
  ...REPLICA_FLAGS,
  engine: "--engine",
  nSimReq: "--n-sim-req",
  seed: "--seed",
  html: "--html",
};

/**
 * Refuses flags that the formulas of the Python tool cannot heed.
 *
 * @param more Flags of the command by the names of their values.
 * @throws InputError naming the first that was given.
 */
export function refuseUnderCompat(command: Command, more: Readonly<Record<string, string>> = {}): void {
  for (const [name, flag] of Object.entries({ ...UNKNOWN, ...more })) {
    if (command.getOptionValueSource(name) !== "cli") continue;
    throw new InputError(`${flag} has no meaning under --compat python: its formulas do not know it.`);
  }
}

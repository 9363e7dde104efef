import type { Command } from "commander";
import { withFlagNames } from "./flag-names.js";
import { addOutputFlags } from "./flags.js";
import { checkFleetOut } from "./fleet-output.js";
import { addHtmlFlag, checkHtml, type HtmlOptions } from "./html-output.js";
import { checkOutput, type OutputOptions } from "./output.js";
import { planningFiles, type PlanningFlags } from "./planning-input.js";
import { type ModelFlags, replicaFiles } from "./replica-flags.js";

/** Where the results of planning commands go; not every command has `--fleet-out`. */
export interface PlanningOutputs extends OutputOptions, HtmlOptions {
  fleetOut?: string;
}

/**
 * Adds `--json`, `--out` and `--html`, the examples, and what is run.
 *
 * @param examples Behind the help.
 */
export function endPlanningCommand<Flags>(
  command: Command,
  examples: string,
  run: (flags: Flags, command: Command) => Promise<void>,
): Command {
  return addHtmlFlag(addOutputFlags(command.optionsGroup("Output:")))
    .addHelpText("after", examples)
    .action(withFlagNames(run));
}

/**
 * Asks whether all files that a planning command is to write can be written, so that a long run does not find out at its end.
 *
 * @throws InputError if one cannot, is what the command reads, or is written to twice.
 */
export async function checkPlanningOutputs(flags: PlanningFlags & ModelFlags & PlanningOutputs): Promise<void> {
  const inputs = [...planningFiles(flags), ...replicaFiles(flags)];
  await checkOutput(flags, inputs);
  await checkFleetOut(flags, inputs);
  await checkHtml(flags, inputs, { "--out": flags.out, "--fleet-out": flags.fleetOut });
}

#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { InputError } from "../specs/input-error.js";
import { capacityCommand } from "./capacity.js";
import { compareRoutersCommand } from "./compare-routers.js";
import { disaggCommand } from "./disagg.js";
import { ANSWERED, BAD_INPUT, INTERRUPTED, TERMINATED } from "./exit-codes.js";
import { generateCommand } from "./generate.js";
import { gridFlexCommand } from "./grid-flex.js";
import { hardwareCommand } from "./hardware.js";
import { inspectCommand } from "./inspect.js";
import { linksCommand } from "./links.js";
import { modelsCommand } from "./models.js";
import { optimizeCommand } from "./optimize.js";
import { packageVersion } from "./package-version.js";
import { paretoCommand } from "./pareto.js";
import { planCommand } from "./plan.js";
import { profileCommand } from "./profile.js";
import { profilesCommand } from "./profiles.js";
import { queueCommand } from "./queue.js";
import { replayCommand } from "./replay.js";
import { simulateCommand } from "./simulate.js";
import { simulateFleetCommand } from "./simulate-fleet.js";
import { tokPerWattCommand } from "./tok-per-watt.js";
import { whatifCommand } from "./whatif.js";

const program = new Command("vllm-sr-sim")
  .description("Plan GPU fleets for LLM serving: replay real traces through simulated pools of replicas.")
  .version(`vllm-sr-sim ${packageVersion(import.meta.url)}`)
  .exitOverride()
  .showSuggestionAfterError();

for (const command of [
  replayCommand(),
  simulateCommand(),
  simulateFleetCommand(),
  compareRoutersCommand(),
  planCommand(),
  optimizeCommand(),
  capacityCommand(),
  whatifCommand(),
  paretoCommand(),
  tokPerWattCommand(),
  gridFlexCommand(),
  disaggCommand(),
  queueCommand(),
  profileCommand(),
  profilesCommand(),
  hardwareCommand(),
  modelsCommand(),
  linksCommand(),
  inspectCommand(),
  generateCommand(),
]) {
  program.addCommand(command.copyInheritedSettings(program));
}

process.on("SIGINT", () => process.exit(INTERRUPTED));
process.on("SIGTERM", () => process.exit(TERMINATED));
// A reader that closes the pipe (`| head`) has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? ANSWERED : 1));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version are answers; everything else that commander stops for is a mistake in the flags, already said by it.
    process.exitCode = error.exitCode === 0 ? ANSWERED : BAD_INPUT;
  } else if (error instanceof InputError) {
    process.stderr.write(`vllm-sr-sim: ${error.message}\n`);
    process.exitCode = BAD_INPUT;
  } else {
    throw error;
  }
}

import type { Command } from "commander";
import { compareRoutersCommand } from "../../host/cli/compare-routers.js";
import { disaggCommand } from "../../host/cli/disagg.js";
import { gridFlexCommand } from "../../host/cli/grid-flex.js";
import { optimizeCommand } from "../../host/cli/optimize.js";
import { paretoCommand } from "../../host/cli/pareto.js";
import { planCommand } from "../../host/cli/plan.js";
import { queueCommand } from "../../host/cli/queue.js";
import { tokPerWattCommand } from "../../host/cli/tok-per-watt.js";
import { whatifCommand } from "../../host/cli/whatif.js";

/** Commands that plan a fleet for requests, by name. */
export const PLANNING_COMMANDS: Readonly<Record<string, () => Command>> = {
  optimize: optimizeCommand,
  plan: planCommand,
  whatif: whatifCommand,
  pareto: paretoCommand,
  disagg: disaggCommand,
  "grid-flex": gridFlexCommand,
  "tok-per-watt": tokPerWattCommand,
  "compare-routers": compareRoutersCommand,
};

/** And the one that answers from queueing theory. */
export const COMMANDS: typeof PLANNING_COMMANDS = { ...PLANNING_COMMANDS, queue: queueCommand };

/** Flags of a command. */
export function flagsOf(command: Command): string[] {
  return command.options.map(({ long }) => long ?? "");
}

/** Flags without which a command has no question to answer. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "grid-flex": { "--n-gpus": "40" },
  "tok-per-watt": { "--b-short": "4096", "--gpu-short": "a100", "--gpu-long": "a100" },
  "compare-routers": { "--n-s": "4", "--n-l": "4" },
  queue: { "--lam": "10", "--servers": "16" },
};

/** Arguments of a command in which one flag has a value: the question is whole, the mistake is there. */
export function argumentsWith(name: string, flag: string, value: string): string[] {
  const own = name === "tok-per-watt" && flag === "--gpus" ? {} : NEEDED[name];
  const needed = Object.entries(own ?? {}).filter(([other]) => other !== flag);
  const workload = name === "queue" || ["--workload", "--cdf"].includes(flag) ? [] : ["--workload=azure"];
  return [...workload, ...needed.map(([other, its]) => `${other}=${its}`), `${flag}=${value}`];
}

import { Command } from "commander";
import { listLinks } from "../planners/link-list.js";
import { linksReport } from "../reports/links-report.js";
import { addOutputFlags } from "./flags.js";
import { checkOutput, deliver, type OutputOptions } from "./output.js";

const EXAMPLES = `
Examples:
  $ vllm-sr-sim links
  $ vllm-sr-sim links ib-ndr
  $ vllm-sr-sim links --json`;

/** `vllm-sr-sim links`: what carries keys and values from prefill to decode, and where each figure comes from. */
export function linksCommand(): Command {
  const command = new Command("links")
    .description("List the links between replicas that are known by name, or show one: bandwidth, and its source.")
    .argument("[name]", "one of them; all unless given");
  return addOutputFlags(command).addHelpText("after", EXAMPLES).action(run);
}

async function run(name: string | undefined, flags: OutputOptions): Promise<void> {
  await checkOutput(flags, []);
  const listing = listLinks(name);
  await deliver(listing, flags, () => linksReport(listing));
}

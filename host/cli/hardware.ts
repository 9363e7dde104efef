import { Command } from "commander";
import { listHardware } from "../planners/catalog.js";
import { hardwareEntryReport, hardwareReport } from "../reports/catalog-report.js";
import { readCatalogFile } from "../specs/catalog.js";
import { addCatalogFlag } from "./catalog-flag.js";
import { addOutputFlags } from "./flags.js";
import { checkOutput, deliver, type OutputOptions } from "./output.js";

type Flags = OutputOptions & { catalog?: string };

const EXAMPLES = `
Examples:
  $ vllm-sr-sim hardware
  $ vllm-sr-sim hardware h100
  $ vllm-sr-sim hardware mi300x --out mine.json      # a catalog file to change
  $ vllm-sr-sim hardware --catalog mine.json`;

/** `vllm-sr-sim hardware`: the GPUs that are known, and where each figure comes from. */
export function hardwareCommand(): Command {
  const command = new Command("hardware")
    .description(
      "List the GPUs that are known by name, or show one: memory, peaks, link, power, price, each with its source.",
    )
    .argument("[name]", "one of them; all unless given");
  addCatalogFlag(command);
  return addOutputFlags(command).addHelpText("after", EXAMPLES).action(run);
}

async function run(name: string | undefined, flags: Flags): Promise<void> {
  await checkOutput(flags, [flags.catalog]);
  const catalog = flags.catalog === undefined ? undefined : await readCatalogFile(flags.catalog);
  const listing = listHardware(name, catalog);
  await deliver(listing, flags, () => (name === undefined ? hardwareReport(listing) : hardwareEntryReport(listing)));
}

import { Command } from "commander";
import { listModels, showModel } from "../planners/catalog.js";
import { modelEntryReport, modelsReport } from "../reports/catalog-report.js";
import { readCatalogFile } from "../specs/catalog.js";
import { addCatalogFlag } from "./catalog-flag.js";
import { addOutputFlags } from "./flags.js";
import { checkOutput, deliver, type OutputOptions } from "./output.js";

type Flags = OutputOptions & { catalog?: string };

const EXAMPLES = `
Examples:
  $ vllm-sr-sim models
  $ vllm-sr-sim models deepseek-v3
  $ vllm-sr-sim models ./my-model/config.json --out mine.json      # a catalog file
  $ vllm-sr-sim models Qwen/Qwen3-Coder-30B-A3B-Instruct           # fetched from huggingface.co

A repository that no catalog has is read from huggingface.co (15 s at most); HF_TOKEN opens gated ones.`;

/** `vllm-sr-sim models`: the models that are known, and any that has a Hugging Face configuration. */
export function modelsCommand(): Command {
  const command = new Command("models")
    .description(
      "List the models that are known by name, or show one: its shape, parameters, keys and values, with sources.",
    )
    .argument("[name]", "one of them, the path of a config.json, or owner/name of a repository; all unless given");
  addCatalogFlag(command);
  return addOutputFlags(command).addHelpText("after", EXAMPLES).action(run);
}

async function run(name: string | undefined, flags: Flags): Promise<void> {
  await checkOutput(flags, [name, flags.catalog]);
  const catalog = flags.catalog === undefined ? {} : { catalog: await readCatalogFile(flags.catalog) };
  if (name === undefined) {
    const listing = listModels(catalog.catalog);
    await deliver(listing, flags, () => modelsReport(listing));
    return;
  }
  const listing = await showModel(name, catalog);
  await deliver(listing, flags, () => modelEntryReport(listing));
}

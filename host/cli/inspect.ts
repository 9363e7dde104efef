import { Command } from "commander";
import { inspect } from "../planners/inspect.js";
import { inspectReport } from "../reports/inspect-report.js";
import { InputError } from "../specs/input-error.js";
import { addOutputFlags, seedFlag } from "./flags.js";
import { checkOutput, deliver, type OutputOptions } from "./output.js";
import { showProgress } from "./progress.js";
import {
  addChangeFlags,
  addDrawFlags,
  addReadFlags,
  type RequestFlags,
  requestOptions,
  TRACE_ARGUMENT,
  traceInput,
} from "./requests-input.js";

type Flags = RequestFlags & OutputOptions & { seed: number };

const EXAMPLES = `
Examples:
  $ vllm-sr-sim inspect AzureLLMInferenceTrace_conv.csv
  $ vllm-sr-sim inspect conversation_trace.jsonl --spread-ticks --json
  $ vllm-sr-sim inspect mine.csv --columns arrival=t,input=prompt,output=completion --arrival-unit ms
  $ vllm-sr-sim inspect azure-conv --n 1000000
  $ vllm-sr-sim inspect --cdf azure_cdf.json --rate 20`;

/** `vllm-sr-sim inspect`: what a trace or a workload looks like. */
export function inspectCommand(): Command {
  const command = new Command("inspect")
    .description(
      "Tell what a trace or a workload looks like: rates, lengths, burstiness, labels, rows not usable and why.",
    )
    .argument("[trace]", TRACE_ARGUMENT);
  addReadFlags(command);
  addChangeFlags(command);
  addDrawFlags(command);
  command.optionsGroup("Result:").addOption(seedFlag());
  return addOutputFlags(command).addHelpText("after", EXAMPLES).action(run);
}

async function run(argument: string | undefined, flags: Flags): Promise<void> {
  await checkOutput(flags, [argument, flags.cdf]);
  if (argument === undefined && flags.cdf === undefined) {
    throw new InputError(`nothing to inspect: give ${TRACE_ARGUMENT}, or --cdf FILE.`);
  }
  const progress = showProgress(undefined);
  const result = await inspect({
    trace: traceInput(argument, flags),
    ...requestOptions(flags),
    seed: flags.seed,
    onProgress: progress.update,
  }).finally(progress.stop);
  await deliver(result, flags, () => inspectReport(result));
}

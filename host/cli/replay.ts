import { Command } from "commander";
import { MAX_SECONDS } from "../../assembly/contract.js";
import { DEFAULT_SLO_MS, DEFAULT_WARMUP } from "../planners/replay.js";
import { MAX_REPLICATIONS } from "../planners/replay-limits.js";
import { DEFAULT_DRAWN_REQUESTS } from "../planners/request-options.js";
import { replayTrace, type ReplayTraceOptions } from "../planners/replay-trace.js";
import { replayPage } from "../reports/html/replay-page.js";
import { replayReport, type ReportOptions } from "../reports/replay-report.js";
import { InputError } from "../specs/input-error.js";
import { resolveFleet } from "../specs/fleet.js";
import { readFleetFile } from "../specs/read-fleet-file.js";
import {
  addClosedLoopFlags,
  addEngineFlags,
  addPrefixFlags,
  type ClosedLoopFlags,
  closedLoopOptions,
  type EngineFlags,
  engineOptions,
  type PrefixFlags,
  prefixOptions,
  sloTtft,
  type TtftFlags,
} from "./engine-flags.js";
import { addOutputFlags, number, seedFlag, wholeNumber } from "./flags.js";
import { addHtmlFlag, checkHtml, deliverHtml, type HtmlOptions } from "./html-output.js";
import { checkOutput, deliver, refuseInputs, type OutputOptions } from "./output.js";
import { PerRequestFile } from "./per-request-file.js";
import { showProgress } from "./progress.js";
import {
  addChangeFlags,
  addDrawFlags,
  addReadFlags,
  requestOptions,
  type RequestFlags,
  TRACE_ARGUMENT,
  traceInput,
} from "./requests-input.js";
import { watchTrace } from "./watched-trace.js";

interface Flags extends RequestFlags, EngineFlags, ClosedLoopFlags, PrefixFlags, TtftFlags, OutputOptions, HtmlOptions {
  fleet: string;
  sloTpot?: number;
  sloE2e?: number;
  warmup: number;
  replications: number;
  horizon?: number;
  perRequest?: string;
  classify?: string;
  seed: number;
}

const EXAMPLES = `
Examples:
  $ vllm-sr-sim replay azure-conv --rate 20 --fleet examples/fleet.json
  $ vllm-sr-sim replay AzureLLMInferenceTrace_conv.csv --speed 3 --fleet fleet.yaml --slo 300 --per-request out.csv
  $ vllm-sr-sim replay log.csv.gz --columns arrival=t,input=prompt,output=gen --fleet fleet.json --json
  $ vllm-sr-sim replay azure-conv --n 1e4 --fleet fleet.yaml --concurrency 64 --slo-tpot 50
  $ vllm-sr-sim replay azure-conv --rate 20 --fleet examples/fleet.json --html replay.html
  $ zcat trace.jsonl.gz | vllm-sr-sim replay - --fleet fleet.json --warmup 0
  $ vllm-sr-sim replay --cdf azure_cdf.json --rate 100 --n 1e6 --replications 10 --fleet fleet.json

Exit codes: 0 answered, 2 something that was given cannot be used.`;

/** `vllm-sr-sim replay`: requests of a trace or a workload through a fleet. */
export function replayCommand(): Command {
  const command = new Command("replay")
    .description("Replay a trace, or requests drawn from a workload, through a fleet.")
    .argument("[trace]", TRACE_ARGUMENT)
    .requiredOption("--fleet <file>", "fleet file, JSON or YAML")
    .option(
      "--slo <ms>",
      `objective for the time to first token, ms (default: the fleet's, else ${DEFAULT_SLO_MS})`,
      number({ above: 0 }),
    )
    .option("--slo-ttft <ms>", "another name of --slo", number({ above: 0 }))
    .option("--slo-tpot <ms>", "objective for the time per output token, ms (default: none)", number({ above: 0 }))
    .option(
      "--slo-e2e <ms>",
      "objective for the time from arrival to the last token, ms (default: none)",
      number({ above: 0 }),
    )
    .option("--replications <n>", "independent runs: figures are their means", wholeNumber(1, MAX_REPLICATIONS), 1)
    .option(
      "--warmup <share>",
      "share of the requests, from the first on, that is simulated and not measured",
      number({ atLeast: 0, below: 1 }),
      DEFAULT_WARMUP,
    )
    .option(
      "--horizon <s>",
      "stop the clock here; what is not served by then is unfinished (default: serve all)",
      number({ above: 0, atMost: MAX_SECONDS }),
    )
    .option("--per-request <file>", "write every request with its figures to this CSV file (.gz: compressed)")
    .option("--classify <module>", "router semantic: ES module whose default export names the pool of a request")
    .addOption(seedFlag());
  addEngineFlags(command);
  addDrawFlags(command);
  addPrefixFlags(command);
  addClosedLoopFlags(command);
  addReadFlags(command);
  addChangeFlags(command);
  return addHtmlFlag(addOutputFlags(command.optionsGroup("Output:")))
    .addHelpText("after", EXAMPLES)
    .action(run);
}

async function run(argument: string | undefined, flags: Flags): Promise<void> {
  const input = await watchTrace(traceInput(argument, flags), flags.replications * (flags.repeat ?? 1));
  if (flags.perRequest !== undefined && flags.out === flags.perRequest) {
    throw new InputError(`--out and --per-request name the same file, ${flags.out}.`);
  }
  const sloMs = sloTtft(flags);
  const inputs = [argument, flags.cdf, flags.fleet, flags.classify];
  await checkOutput(flags, inputs);
  await checkHtml(flags, inputs, { "--out": flags.out, "--per-request": flags.perRequest });
  if (flags.perRequest !== undefined) await refuseInputs("--per-request", flags.perRequest, inputs);
  const fleet = await readFleetFile(flags.fleet);
  const rowsFile = flags.perRequest === undefined ? undefined : await PerRequestFile.create(flags.perRequest, fleet);
  const isDrawn = input.isDrawn || flags.cdf !== undefined || flags.n !== undefined;
  const drawn = (flags.n ?? DEFAULT_DRAWN_REQUESTS) * flags.replications;
  const progress = showProgress(isDrawn ? drawn : input.bytes);
  const options: ReplayTraceOptions = {
    trace: input.trace,
    fleet,
    ...requestOptions(flags),
    ...prefixOptions(flags),
    ...engineOptions(flags),
    ...closedLoopOptions(flags),
    ...(flags.sloTpot === undefined ? {} : { sloTpotMs: flags.sloTpot }),
    ...(flags.sloE2e === undefined ? {} : { sloE2eMs: flags.sloE2e }),
    ...(sloMs === undefined ? {} : { sloMs }),
    curves: flags.html !== undefined,
    seed: flags.seed,
    warmup: flags.warmup,
    replications: flags.replications,
    ...(flags.horizon === undefined ? {} : { horizonS: flags.horizon }),
    ...(flags.classify === undefined ? {} : { classify: flags.classify }),
    ...(rowsFile ? { onResults: (rows, replication) => (replication === 0 ? rowsFile.add(rows) : undefined) } : {}),
    onProgress: progress.update,
  };
  try {
    const result = await replayTrace(options).finally(progress.stop);
    await rowsFile?.commit();
    const resolved = resolveFleet(fleet);
    await deliverHtml(flags, () => replayPage(result, resolved, { fleetName: flags.fleet }));
    await deliver(result, flags, () => replayReport(result, resolved, reportOptions(flags)));
  } catch (error) {
    await rowsFile?.discard();
    throw error;
  }
}

/** Narrowest and widest page. */
const WIDTHS = { least: 72, most: 110, usual: 100 };

function reportOptions({ fleet, perRequest }: Flags): ReportOptions {
  const columns = process.stdout.columns ?? WIDTHS.usual;
  return {
    fleetName: fleet,
    width: Math.min(WIDTHS.most, Math.max(WIDTHS.least, columns)),
    ...(perRequest === undefined ? {} : { perRequestFile: perRequest }),
  };
}

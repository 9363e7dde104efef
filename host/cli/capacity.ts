import { Command, InvalidArgumentError, Option } from "commander";
import { capacity, type CapacityResult } from "../planners/capacity.js";
import { type Sweep, SWEPT_KEYS, type SweptKey, type SweptValue } from "../planners/capacity-combinations.js";
import { LEAST_REQUESTS } from "../planners/capacity-find.js";
import {
  type CapacityOptions,
  DEFAULT_ATTAINMENT,
  DEFAULT_TOLERANCE,
  type SearchedUsers,
  TOLERANCES,
} from "../planners/capacity-options.js";
import { capacitySweep, type CapacitySweepResult } from "../planners/capacity-sweep.js";
import { DEFAULT_SLO_MS, DEFAULT_WARMUP } from "../planners/replay.js";
import { MAX_CONCURRENCY, MAX_REPLICATIONS, MAX_THINK_S } from "../planners/replay-limits.js";
import { capacityPage } from "../reports/html/capacity-page.js";
import { capacitySweepPage } from "../reports/html/capacity-sweep-page.js";
import { capacityReport } from "../reports/capacity-report.js";
import { capacitySweepReport } from "../reports/capacity-sweep-report.js";
import { InputError } from "../specs/input-error.js";
import {
  addEngineFlags,
  addPrefixFlags,
  type EngineFlags,
  engineOptions,
  type PrefixFlags,
  prefixOptions,
  sloTtft,
  type TtftFlags,
} from "./engine-flags.js";
import { NO_ANSWER } from "./exit-codes.js";
import { addOutputFlags, number, oneOf, seedFlag, wholeNumber } from "./flags.js";
import { addHtmlFlag, checkHtml, deliverHtml, type HtmlOptions } from "./html-output.js";
import { checkOutput, deliver, type OutputOptions } from "./output.js";
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

interface Flags extends RequestFlags, EngineFlags, PrefixFlags, TtftFlags, OutputOptions, HtmlOptions {
  fleet: string;
  sloTpot?: number;
  sloE2e?: number;
  sloItl?: number;
  attainment: number;
  tolerance: number;
  perReplica?: boolean;
  concurrency?: number | true;
  think?: number;
  thinkExponential?: boolean;
  ramp?: number;
  sweep?: Sweep;
  warmup: number;
  replications: number;
  classify?: string;
  seed: number;
}

const EXAMPLES = `
A rate is bearable if no backlog grows and so many of all arrivals (rejected ones count as late) keep within all limits.
A trace is played faster or slower; --rate, or --arrivals, draws its arrivals instead. Every rate meets the same requests.

Examples:
  $ vllm-sr-sim capacity azure-conv --fleet examples/iterations.yaml --slo-ttft 1000 --slo-tpot 50
  $ vllm-sr-sim capacity trace.csv --fleet fleet.yaml --slo-itl 100 --attainment 0.95 --per-replica
  $ vllm-sr-sim capacity azure-conv --fleet fleet.yaml --slo-tpot 40 --concurrency --think 2
  $ vllm-sr-sim capacity azure-conv --fleet fleet.yaml --slo-ttft 1000 --slo-tpot 50 \\
      --sweep scheduler=vllm,sarathi --sweep max_num_seqs=64,128,256 --sweep max_num_batched_tokens=512,2048

Exit codes: 0 answered, 1 no load is bearable, 2 something that was given cannot be used.`;

/** `vllm-sr-sim capacity`: the highest rate that a fleet bears. */
export function capacityCommand(): Command {
  const limit = number({ above: 0 });
  const command = new Command("capacity")
    .description("Find the highest arrival rate (or number of users) at which a fleet keeps its objective.")
    .argument("[trace]", TRACE_ARGUMENT)
    .requiredOption("--fleet <file>", "fleet file, JSON or YAML")
    .option(
      "--slo-ttft <ms>",
      `limit for the time to first token, ms (default: the fleet's; without one and without other limits ${DEFAULT_SLO_MS})`,
      limit,
    )
    .option("--slo <ms>", "another name of --slo-ttft", limit)
    .option("--slo-tpot <ms>", "limit for the time per output token, ms (default: none)", limit)
    .option("--slo-e2e <ms>", "limit for the time from arrival to the last token, ms (default: none)", limit)
    .option("--slo-itl <ms>", "limit for the gaps between tokens, ms, over all of them (default: none)", limit)
    .option(
      "--attainment <share>",
      "share of the arrivals that is to keep within all limits, and of the gaps within theirs",
      number({ above: 0, atMost: 1 }),
      DEFAULT_ATTAINMENT,
    )
    .option(
      "--tolerance <share>",
      "end where the lowest rate found to be too much is so much above the highest found bearable",
      number({ atLeast: TOLERANCES.least, atMost: TOLERANCES.most }),
      DEFAULT_TOLERANCE,
    )
    .option("--per-replica", "take one replica of each pool in place of the fleet")
    .addOption(
      new Option(
        "--sweep <key=values>",
        `try every value between the commas in every pool; several of these: every combination. Keys: ${SWEPT_KEYS.join(", ")}`,
      ).argParser(addSweep),
    )
    .option("--replications <n>", "independent runs at each rate", wholeNumber(1, MAX_REPLICATIONS), 1)
    .option(
      "--warmup <share>",
      "share of the requests, from the first on, that is simulated and not measured",
      number({ atLeast: 0, below: 1 }),
      DEFAULT_WARMUP,
    )
    .option("--classify <module>", "router semantic: ES module whose default export names the pool of a request")
    .addOption(seedFlag());
  addEngineFlags(command);
  addUserFlags(command);
  addDrawFlags(command);
  say(command, "--rate", "where to begin, requests/s (default: the workload's own); a trace gets drawn arrivals");
  say(
    command,
    "--n",
    `requests of each run (default: as many as it takes to see a steady state, at least ${LEAST_REQUESTS})`,
  );
  addPrefixFlags(command);
  addReadFlags(command);
  addChangeFlags(command);
  say(command, "--speed", "not here: the speed is what is searched");
  return addHtmlFlag(addOutputFlags(command.optionsGroup("Output:")))
    .addHelpText("after", EXAMPLES)
    .action(run);
}

/** Rewords the help of a flag that means something of its own here. */
function say(command: Command, flag: string, description: string): void {
  const option = command.options.find(({ long }) => long === flag);
  if (option) option.description = description;
}

function addUserFlags(command: Command): void {
  const seconds = number({ atLeast: 0, atMost: MAX_THINK_S });
  command
    .optionsGroup("Closed loop, in place of arrivals:")
    .addOption(
      new Option(
        "--concurrency [most]",
        `search the number of users, each of whom waits for the answer before sending the next request (default: up to ${MAX_CONCURRENCY})`,
      ).argParser(wholeNumber(1, MAX_CONCURRENCY)),
    )
    .option("--think <s>", "time from an answer to the next request (default: 0)", seconds)
    .option("--think-exponential", "draw every think time, with that mean")
    .option("--ramp <s>", "spread the first requests over this time (default: 0)", seconds);
}

async function run(argument: string | undefined, flags: Flags): Promise<void> {
  const trace = traceInput(argument, flags);
  if (flags.speed !== undefined) throw new InputError("--speed is what this command finds; --scale changes a trace.");
  const ttftMs = sloTtft(flags);
  const inputs = [argument, flags.cdf, flags.fleet, flags.classify];
  await checkOutput(flags, inputs);
  await checkHtml(flags, inputs, { "--out": flags.out });
  const progress = showProgress(undefined);
  const options: CapacityOptions = {
    trace,
    fleet: flags.fleet,
    ...requestOptions(flags),
    ...prefixOptions(flags),
    ...engineOptions(flags),
    ...userOptions(flags),
    slo: {
      ...(ttftMs === undefined ? {} : { ttftMs }),
      ...(flags.sloTpot === undefined ? {} : { tpotMs: flags.sloTpot }),
      ...(flags.sloE2e === undefined ? {} : { e2eMs: flags.sloE2e }),
      ...(flags.sloItl === undefined ? {} : { itlMs: flags.sloItl }),
    },
    attainment: flags.attainment,
    tolerance: flags.tolerance,
    perReplica: flags.perReplica ?? false,
    seed: flags.seed,
    warmup: flags.warmup,
    replications: flags.replications,
    ...(flags.classify === undefined ? {} : { classify: flags.classify }),
    onProgress: progress.update,
  };
  const shown = { fleetName: flags.fleet, width: pageWidth() };
  if (flags.sweep) {
    const result = await capacitySweep({ ...options, sweep: flags.sweep }).finally(progress.stop);
    await deliverHtml(flags, () => capacitySweepPage(result, shown));
    await deliver(result, flags, () => capacitySweepReport(result, shown));
    if (!isAnySwept(result)) process.exitCode = NO_ANSWER;
  } else {
    const result = await capacity(options).finally(progress.stop);
    await deliverHtml(flags, () => capacityPage(result, shown));
    await deliver(result, flags, () => capacityReport(result, shown));
    if (!isAnswered(result)) process.exitCode = NO_ANSWER;
  }
}

function isAnswered({ status }: Pick<CapacityResult, "status">): boolean {
  return status !== "none";
}

function isAnySwept({ rows }: CapacitySweepResult): boolean {
  return rows.some(isAnswered);
}

function userOptions(flags: Flags): { users?: SearchedUsers } {
  const { concurrency, think, thinkExponential, ramp } = flags;
  if (concurrency === undefined) {
    const given = Object.entries({ "--think": think, "--think-exponential": thinkExponential, "--ramp": ramp }).find(
      ([, value]) => value !== undefined,
    );
    if (given)
      throw new InputError(`${given[0]} belongs to a closed loop: --concurrency searches the number of its users.`);
    return {};
  }
  return {
    users: {
      ...(concurrency === true ? {} : { most: concurrency }),
      ...(think === undefined ? {} : { thinkS: think }),
      ...(thinkExponential ? { think: "exponential" } : {}),
      ...(ramp === undefined ? {} : { rampS: ramp }),
    },
  };
}

const isKey = oneOf(SWEPT_KEYS);

/** One `--sweep`, added to those before it. */
function addSweep(text: string, before: Sweep = {}): Sweep {
  const cut = text.indexOf("=");
  if (cut < 1) throw new InvalidArgumentError("Allowed is KEY=VALUE,VALUE,...");
  const key: SweptKey = isKey(text.slice(0, cut).trim());
  if (before[key] !== undefined) throw new InvalidArgumentError(`${key} is swept already.`);
  const values = text.slice(cut + 1).split(",");
  const empty = values.find((value) => value.trim() === "");
  if (empty !== undefined) throw new InvalidArgumentError(`${key} has an empty value.`);
  return { ...before, [key]: values.map((value) => sweptValue(value.trim())) };
}

function sweptValue(text: string): SweptValue {
  if (text === "null") return null;
  if (text === "true" || text === "false") return text === "true";
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

/** Narrowest and widest page. */
const WIDTHS = { least: 72, most: 110, usual: 100 };

function pageWidth(): number {
  const columns = process.stdout.columns ?? WIDTHS.usual;
  return Math.min(WIDTHS.most, Math.max(WIDTHS.least, columns));
}

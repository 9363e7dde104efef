/** Flags of planning commands that say what a fleet is planned for, and what they stand for. */
import { type Command, Option } from "commander";
import { MAX_RATE_RPS } from "../planners/draw-limits.js";
import {
  DEFAULT_RATE_RPS,
  openPlanningRequests,
  type PlanningInput,
  type PlanningRate,
  type PlanningRequests,
  type PlanningRuns,
  type PlanningSource,
} from "../planners/planning-requests.js";
import { InputError } from "../specs/input-error.js";
import { number } from "./flags.js";
import {
  addChangeFlags,
  addReadFlags,
  arrivalProcess,
  arrivalsFlag,
  type ChangeFlags,
  cvFlag,
  type DrawFlags,
  type ReadFlags,
  readingOptions,
} from "./requests-input.js";
import { addWorkloadFlags, type WorkloadFlags, workloadNames } from "./workload-flags.js";

/** Values of {@link addPlanningInput}. */
export interface PlanningFlags
  extends WorkloadFlags, Pick<DrawFlags, "arrivals" | "cv">, ReadFlags, Omit<ChangeFlags, "scale" | "speed"> {
  trace?: string;
  lam?: number;
  /** Another name of `lam`. */
  rate?: number;
}

/** What a trace may be, for the help. */
const TRACE = "trace (CSV or JSONL, plain or gzip), ServeGen folder, or - for standard input";

/**
 * Adds `--cdf`, `--workload`, `--trace`, `--input-share`, `--lam` (`--rate`), `--arrivals`, `--cv`, and the flags of reading a trace and of taking a part of it, in groups
 * of their own. Later flags of the command need an `optionsGroup` of their own too.
 */
export function addPlanningInput(command: Command): Command {
  command.optionsGroup("Requests, from one of --cdf, --workload and --trace:");
  addWorkloadFlags(command)
    .option("--trace <file>", `in place of both: a ${TRACE}; its requests are played as they are, in their order`)
    .addOption(rateFlag("--lam <rate>", rateHelp()))
    .addOption(rateFlag("--rate <rate>", "another name of --lam"))
    .addOption(arrivalsFlag("poisson (default), gamma or deterministic; a trace keeps its own unless this is given"))
    .addOption(cvFlag());
  addReadFlags(command);
  return addChangeFlags(command, ["scale", "speed"]);
}

/**
 * What the flags ask a fleet to be planned for.
 *
 * @throws InputError if there is none, or two, or flags contradict each other.
 */
export function planningInput(flags: PlanningFlags): PlanningInput {
  const source = sourceOf(flags);
  if (source) return { ...source, ...planningRate(flags) };
  throw new InputError(`no workload: give --cdf FILE, --trace FILE, or --workload and one of ${workloadNames()}.`);
}

/**
 * The rate and the arrivals that the flags ask for.
 *
 * @throws InputError if flags contradict each other.
 */
export function planningRate(flags: Pick<PlanningFlags, "lam" | "rate" | "arrivals" | "cv">): PlanningRate {
  const { lam, rate } = flags;
  if (lam !== undefined && rate !== undefined && lam !== rate) {
    throw new InputError(`--lam ${lam} and --rate ${rate} are the same rate; give one of them.`);
  }
  const rateRps = lam ?? rate;
  const arrivals = arrivalProcess(flags);
  return {
    ...(rateRps === undefined ? {} : { rateRps }),
    ...(arrivals === undefined ? {} : { arrivals }),
  };
}

/**
 * Opens the requests that the flags name.
 *
 * @throws InputError as {@link planningInput}, and if they cannot be read.
 */
export async function openPlanningInput(flags: PlanningFlags, runs: PlanningRuns = {}): Promise<PlanningRequests> {
  return openPlanningRequests(planningInput(flags), runs);
}

/** As {@link openPlanningInput}, but `undefined` if the flags name no requests. */
export async function openPlanningInputIfAny(
  flags: PlanningFlags,
  runs: PlanningRuns = {},
): Promise<PlanningRequests | undefined> {
  const source = sourceOf(flags);
  return source && openPlanningRequests({ ...source, ...planningRate(flags) }, runs);
}

/** The files among the flags, for `checkOutput`. */
export function planningFiles({ cdf, trace }: PlanningFlags): (string | undefined)[] {
  return [cdf, trace];
}

/** Where the requests come from; `undefined` if no flag says so. */
function sourceOf(flags: PlanningFlags): PlanningSource | undefined {
  const { cdf, workload, trace, inputShare } = flags;
  const given = Object.entries({ "--cdf": cdf, "--workload": workload, "--trace": trace }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length > 1) {
    throw new InputError(`${given[0]![0]} and ${given[1]![0]} are both given, but requests come from one of them.`);
  }
  if (trace !== undefined) {
    if (inputShare !== undefined) throw new InputError("--input-share belongs to --cdf, which is not given.");
    return { trace, ...readingOptions(flags), ...partOptions(flags) };
  }
  refuseTraceFlags(flags);
  if (cdf !== undefined) return { cdf, ...(inputShare === undefined ? {} : { inputShare }) };
  if (inputShare !== undefined) throw new InputError("--input-share belongs to --cdf, which is not given.");
  return workload === undefined ? undefined : { workload };
}

function partOptions({ from, to, repeat, limit }: PlanningFlags) {
  return {
    ...(from === undefined ? {} : { fromS: from }),
    ...(to === undefined ? {} : { toS: to }),
    ...(repeat === undefined ? {} : { repeat }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** Flags that have no meaning without a trace, by the names of their values. */
const TRACE_FLAGS: Record<keyof ReadFlags | "from" | "to" | "repeat" | "limit", string> = {
  format: "--format",
  columns: "--columns",
  arrivalUnit: "--arrival-unit",
  fieldMap: "--field-map",
  blockSize: "--block-size",
  spreadTicks: "--spread-ticks",
  maxUnusable: "--max-unusable",
  from: "--from",
  to: "--to",
  repeat: "--repeat",
  limit: "--limit",
};

function refuseTraceFlags(flags: PlanningFlags): void {
  const name = (Object.keys(TRACE_FLAGS) as (keyof typeof TRACE_FLAGS)[]).find((key) => flags[key] !== undefined);
  if (name !== undefined) throw new InputError(`${TRACE_FLAGS[name]} belongs to --trace, which is not given.`);
}

function rateFlag(syntax: string, description: string): Option {
  return new Option(syntax, description).argParser(number({ above: 0, atMost: MAX_RATE_RPS }));
}

function rateHelp(): string {
  return (
    "mean arrival rate, requests/s: a trace is played so much faster or slower " +
    `(default: its own rate, that of a workload that has one, else ${DEFAULT_RATE_RPS})`
  );
}

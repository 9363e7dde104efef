import { InputError } from "../specs/input-error.js";
import { type Fleet, requireEngine, resolveFleet } from "../specs/fleet.js";
import { checkFleet, type FleetInput, type FleetSpec, parseFleet } from "../specs/fleet-spec.js";
import { pathBeside } from "../specs/path-beside.js";
import { readFleetFile } from "../specs/read-fleet-file.js";
import { type Classify, loadClassify } from "./classify.js";
import { type OpenedRequests, openRequests } from "./open-requests.js";
import { checkRunOptions } from "./replay-limits.js";
import { DEFAULT_ENGINE, DEFAULT_SEED, replay, type ReplayOptions, type ReplayResult } from "./replay.js";
import { refuse, type RequestOptions } from "./request-options.js";
import type { TraceInput } from "./trace-input.js";
import type { TraceSummary } from "./trace-summary.js";

/**
 * A fleet: the path of a fleet file (Node); the text of one, JSON or YAML (anything with a brace or a line break); an object with
 * the keys of a fleet file; or what {@link parseFleet} made of it.
 */
export type FleetSource = string | FleetInput | FleetSpec;

/** How a trace is replayed; see {@link replayTrace}. */
export interface ReplayTraceOptions extends Omit<ReplayOptions, "fleet" | "requests" | "classify">, RequestOptions {
  /** What is replayed. */
  trace: TraceInput;
  /** What it is replayed through. */
  fleet: FleetSource;
  /** Function of the router `semantic`, or (Node) the path of an ES module that exports it. Default: the module that the fleet names. */
  classify?: Classify | string;
}

/** What the replay of a trace came to. */
export interface ReplayTraceResult extends ReplayResult {
  /** Where the requests came from. */
  trace: TraceSummary;
}

/**
 * Replays a trace, a CDF or a workload through a fleet: all that the command `replay` does, but for the printing.
 *
 * @example
 * ```ts
 * const result = await replayTrace({ trace: "azure-conv", rateRps: 20, fleet: "examples/fleet.json" });
 * console.log(result.ttft_ms.p99, result.stability.verdict);
 * ```
 * @throws InputError one sentence about what is wrong with the trace, the fleet or an option.
 */
export async function replayTrace(options: ReplayTraceOptions): Promise<ReplayTraceResult> {
  const { classify: given, ...others } = options;
  checkRunOptions(others);
  const spec = await fleetSpec(options.fleet);
  const fleet = resolveFleet(spec);
  requireEngine(fleet, options.engine ?? fleet.engine ?? DEFAULT_ENGINE, spec.file);
  const classify = await classifyOf(given, spec, fleet);
  const isClosedLoop = options.closedLoop !== undefined;
  if (isClosedLoop)
    refuse(
      options,
      ["rateRps", "arrivals", "speed", "spreadTicks"],
      "the users of a closed loop send when they are answered",
    );
  const requests = { ...options, isClosedLoop };
  const opened = await openRequests(options.trace, requests, options.seed ?? DEFAULT_SEED);
  refuseReplications(options, opened);
  const result = await replay({ ...others, fleet, requests: opened.requests, ...(classify ? { classify } : {}) });
  const trace = opened.summary();
  if (result.requests.arrived === 0) throw nothingPlayed(trace, options);
  const { pools, ...figures } = result;
  return { ...figures, trace, pools };
}

/**
 * The fleet that a {@link FleetSource} stands for.
 *
 * @throws InputError if it cannot be read, or is no fleet.
 */
export async function fleetSpec(source: FleetSource): Promise<FleetSpec> {
  if (typeof source === "string") return /[{\n]/.test(source) ? parseFleet(source, "fleet") : readFleetFile(source);
  return "file" in source ? source : checkFleet(source);
}

async function classifyOf(
  classify: Classify | string | undefined,
  { file }: FleetSpec,
  { router }: Fleet,
): Promise<Classify | undefined> {
  if (router.type !== "semantic") {
    if (classify === undefined) return undefined;
    throw new InputError(`classify belongs to the router semantic; the router of this fleet is ${router.type}.`);
  }
  if (typeof classify === "function") return classify;
  if (classify !== undefined) return loadClassify(classify);
  return router.classify === undefined ? undefined : loadClassify(pathBeside(file, router.classify));
}

function refuseReplications({ replications = 1 }: ReplayTraceOptions, opened: OpenedRequests): void {
  if (!opened.isReadOnce || replications === 1) return;
  throw new InputError(`${opened.summary().name}: can be read only once; ${replications} replications need a file.`);
}

function flagOf(change: string): string {
  return `--${change.replace(/_s$/, "")}`;
}

function nothingPlayed({ name, used, changes }: TraceSummary, { horizonS }: ReplayTraceOptions): InputError {
  const reason =
    changes !== undefined && used > 0
      ? `none of its ${used} requests is left after ${Object.keys(changes).map(flagOf).join(", ")}`
      : `no request arrives within the horizon of ${horizonS} s`;
  return new InputError(`${name}: nothing to replay: ${reason}.`);
}

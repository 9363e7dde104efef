import type { ReplayTraceResult } from "../planners/replay-trace.js";
import type { TraceSummary } from "../planners/trace-summary.js";
import type { Fleet } from "../specs/fleet.js";
import { gpuProfile } from "../specs/gpu-catalog.js";
import { poolsNotShown } from "./replay-tables.js";
import { count, given, millisecondsWithUnit, percent, significant } from "./quantities.js";

/** What a reader must know so as not to take the figures for what they are not: losses first. */
export function warnings(result: ReplayTraceResult, fleet: Fleet): string[] {
  const { requests, slo, completed_only: completed, trace } = result;
  const { rejected, rejected_by_reason: reasons, unfinished } = requests;
  const lost = [
    ...(reasons.too_long_for_every_pool > 0
      ? [`${count(reasons.too_long_for_every_pool)} too long for every pool`]
      : []),
    ...(reasons.too_long_for_pool > 0
      ? [`${count(reasons.too_long_for_pool)} too long for the pool they were sent to`]
      : []),
    ...(reasons.queue_full > 0 ? [`${count(reasons.queue_full)} met a full queue`] : []),
    ...(unfinished > 0 ? [`${count(unfinished)} were unfinished when the clock stopped`] : []),
  ];
  const shown = [];
  if (rejected + unfinished > 0) {
    const alone =
      completed.ttft_ms.count === 0
        ? "None was completed."
        : `Of the completed alone the P99 of TTFT is ${millisecondsWithUnit(completed.ttft_ms.p99)} and ` +
          `${percent(slo.attainment_completed)} are in time.`;
    shown.push(
      `${lost.join(", ")}. All of them count as late: percentiles and "in time" are over all arrivals. ${alone}`,
    );
  }
  const unusable = unusableText(trace);
  if (unusable !== undefined) shown.push(unusable);
  if (result.replications > 1 && !drawsAnything(trace, fleet)) shown.push(ALL_ALIKE);
  return shown;
}

/** Whether another replication can differ. */
function drawsAnything({ format, arrivals, changes }: TraceSummary, { pools, router }: Fleet): boolean {
  const isDrawn =
    format === "workload" || format === "servegen" || arrivals !== undefined || changes?.scale !== undefined;
  const routes =
    router.type === "random" || (router.type === "compress_route" && router.pCompress > 0 && router.pCompress < 1);
  return isDrawn || routes || pools.some(({ balance, replicas }) => balance === "two_choices" && replicas > 1);
}

const ALL_ALIKE =
  "The replications are all the same run: neither the trace nor this fleet draws anything. Their intervals say nothing; those of one run do.";

/** The rows of a trace that could not be used; `undefined` if all could. */
export function unusableText({
  rows,
  used,
  unusable_by_reason: reasons,
  first_unusable: first,
}: TraceSummary): string | undefined {
  if (rows === used) return undefined;
  const named = Object.entries(reasons).map(([reason, number]) => `${count(number)} ${reason}`);
  const place = first && `line ${first.line}${first.column === undefined ? "" : `, column ${first.column}`}`;
  const example = first ? `; the first is ${place}: ${JSON.stringify(first.value)}` : "";
  return `${count(rows - used)} of ${count(rows)} rows could not be used: ${named.join(", ")}${example}.`;
}

/** What is not exact, and how to know more. */
export function notes(result: ReplayTraceResult, fleet: Fleet): string[] {
  const { trace, percentiles, replications } = result;
  const hidden = poolsNotShown(fleet);
  return [
    ...trace.notes,
    ...(percentiles.exact ? [] : [`Percentiles are of one request in ${count(percentiles.sampled_one_in)}.`]),
    ...(hidden > 0 ? [`${count(hidden)} more pools have lower P99s of TTFT; --json has them all.`] : []),
    replications === 1 ? ONE_RUN : replicationsText(trace, replications),
    ...(isOffRate(result) ? [offRateText(result)] : []),
    ...(usesGroupsOfEight(result, fleet) ? [GROUPS_OF_EIGHT] : []),
    ...(result.engine === "slots" ? [FULL_BATCH] : []),
    ...(result.engine === "iterations" && fleet.pools.some(usesProfileTimes) ? [PROFILE_TIMES] : []),
    ...(result.engine === "iterations" && lacksIds(result, fleet) ? [NO_IDS] : []),
  ];
}

/** A pool whose iterations are timed by the constants of its profile. */
function usesProfileTimes({ hasIterationModel }: Fleet["pools"][number]): boolean {
  return !hasIterationModel;
}

/** Prefix caches that found nothing to look for. */
function lacksIds({ pools }: ReplayTraceResult, fleet: Fleet): boolean {
  return fleet.pools.some(({ id, serving }) => {
    const cache = pools[id]?.batching?.prefix_cache;
    return serving.enablePrefixCaching && cache?.cached_tokens === 0;
  });
}

const PROFILE_TIMES =
  "Iterations are timed by W and H of the profile, which know no price of a prompt token: a chunk of the profile takes one iteration. " +
  "An iteration_model knows more (docs/reference/iterations-engine.md).";

const NO_IDS = "A prefix cache found nothing: either no two prompts begin alike, or the requests bear no block ids.";

/** Share by which the rate that was met may differ from the one that was asked for without a word. */
const RATE_NOTE = 0.05;

/** Whether drawn requests came at another rate than their mean: a workload whose rate varies was not played through. */
function isOffRate({
  trace,
  arrival_rate_rps: met,
  closed_loop: loop,
  duration_s: seconds,
}: ReplayTraceResult): boolean {
  const asked = trace.arrivals?.rate_rps;
  if (trace.format !== "workload" || asked === undefined || loop !== undefined) return false;
  // Chance alone: three standard errors of a Poisson count.
  const chance = 3 / Math.sqrt(Math.max(1, asked * seconds));
  return Math.abs(met / asked - 1) > RATE_NOTE + chance;
}

function offRateText({ trace, arrival_rate_rps: met }: ReplayTraceResult): string {
  return (
    `The rate of ${trace.name} varies: these requests met ${significant(met)} a second, not the ${given(trace.arrivals!.rate_rps)} ` +
    "that it has on average. More requests (--n) play it through."
  );
}

const ONE_RUN =
  "One run: its intervals come from batches of its requests. --replications 5 takes them from runs with other draws.";

const FULL_BATCH =
  "Every iteration is charged at the time of a full batch, whatever the load (docs/reference/slots-engine.md).";

const GROUPS_OF_EIGHT =
  "The constants of a100 and h100 are those of a 70B model on eight GPUs, at the price of one, as in the Python tool.";

function replicationsText({ format, arrivals }: TraceSummary, replications: number): string {
  const runs = `Figures are means of ${count(replications)} replications, intervals from their spread`;
  if (format === "workload" || format === "servegen" || arrivals !== undefined)
    return `${runs}; each has draws of its own.`;
  return `${runs}. The trace is the same in each: only what router, balancing and --scale draw differs.`;
}

function usesGroupsOfEight({ engine }: ReplayTraceResult, { pools }: Fleet): boolean {
  const groups = [gpuProfile("a100"), gpuProfile("h100")];
  return pools.some((pool) => groups.includes(pool.profile) && (engine === "slots" || usesProfileTimes(pool)));
}

import type { CapacityResult, TriedLoad } from "../../planners/capacity.js";
import { capacityLines, capacityPools, triedColumns } from "../capacity-report.js";
import { capacityWords, inPercent, objectiveWords, TIMES } from "../capacity-words.js";
import { count, significant } from "../quantities.js";
import { listBlock, sentence, verdict, wordsBlock } from "./blocks.js";
import type { Axis, Chart, FrontierChart, LinesChart, Page, Tone } from "./page-spec.js";
import { tableOf } from "./tables.js";

/** The page of what a fleet bears. */
export function capacityPage(result: CapacityResult, { fleetName }: { fleetName: string }): Page {
  const { trace, per_replica: isPerReplica, at_capacity: point, tried } = result;
  const notes = [...result.notes, ...trace.notes];
  const pools = point && capacityPools(result);
  return {
    title: `What ${isPerReplica ? "one replica of each pool of " : ""}${fleetName} bears of ${trace.name}`,
    subtitle: sentence(objectiveWords(result)),
    verdict: verdict(TONES[result.status], sentence(capacityWords(result))),
    result,
    fileName: "capacity.json",
    sections: [
      { blocks: [wordsBlock(capacityLines(result).filter(([label]) => label !== "objective"))] },
      { title: "Over the load", blocks: [attainment(result), ...latencies(result)] },
      ...(pools ? [{ title: "At capacity", blocks: [tableOf(pools.columns, pools.rows)] }] : []),
      {
        title: "Loads that were tried",
        blocks: [tableOf(triedColumns(result), tried, { isChosen: (load) => isCapacity(result, load) })],
      },
      ...(notes.length === 0 ? [] : [{ title: "Notes", blocks: [listBlock(notes)] }]),
    ],
  };
}

const TONES: Record<CapacityResult["status"], Tone> = { found: "good", none: "bad", no_limit_found: "unsure" };

function isCapacity({ rate_rps: rate }: CapacityResult, load: TriedLoad): boolean {
  return load.is_feasible && load.rate_rps === rate;
}

function loadAxis({ searched }: CapacityResult): Axis {
  return searched === "concurrency" ? { label: "Users", format: "count" } : { label: "Rate", unit: "requests/s" };
}

function loadOf({ searched }: CapacityResult, { concurrency, rate_rps: rate }: TriedLoad): number {
  return searched === "concurrency" ? concurrency! : rate;
}

function attainment(result: CapacityResult): LinesChart {
  const { tried, objective } = result;
  return {
    kind: "lines",
    title: "Requests in time",
    note: "Share of the arrivals that keep within all limits, rejected ones counting as late.",
    x: loadAxis(result),
    y: { label: "Share in time", format: "percent" },
    series: [
      { label: "in time", x: tried.map((load) => loadOf(result, load)), y: "/tried/*/attainment", isTotal: true },
    ],
    limit: { label: `${inPercent(objective.attainment)} asked for`, value: objective.attainment },
  };
}

/** P99 of every time that has a limit, over the load; of TTFT in any case. */
function latencies(result: CapacityResult): Chart[] {
  const { ttft_ms: ttft, tpot_ms: tpot, e2e_ms: e2e, itl_ms: itl } = result.objective;
  const asked = (limit: number | undefined, name: string, of: (load: TriedLoad) => number | null | undefined) =>
    limit === undefined ? [] : [latency(result, name, of, limit)];
  return [
    latency(result, TIMES.ttft, ({ ttft_p99_ms }) => ttft_p99_ms, ttft),
    ...asked(tpot, TIMES.tpot, ({ tpot_p99_ms }) => tpot_p99_ms),
    ...asked(e2e, TIMES.e2e, ({ e2e_p99_ms }) => e2e_p99_ms),
    ...asked(itl, TIMES.itl, ({ itl_p99_ms }) => itl_p99_ms),
  ];
}

function latency(
  result: CapacityResult,
  name: string,
  of: (load: TriedLoad) => number | null | undefined,
  limitMs: number | undefined,
): FrontierChart {
  const x = loadAxis(result);
  const isP99 = result.objective.attainment === 0.99;
  return {
    kind: "frontier",
    title: `${x.label} and P99 of ${name}`,
    note: `Every load that was tried, whether it is bearable, and the highest that is.${isP99 ? "" : ` What counts is ${inPercent(result.objective.attainment)}, not the P99.`}`,
    x,
    y: { label: `P99 ${name}`, format: "milliseconds", scale: "log" },
    points: result.tried.map((load) => ({
      label:
        result.searched === "concurrency"
          ? `${count(load.concurrency!)} users`
          : `${significant(load.rate_rps)} requests/s`,
      x: loadOf(result, load),
      y: of(load) ?? null,
      isFeasible: load.is_feasible,
      isChosen: isCapacity(result, load),
      ...(load.cause === null ? {} : { details: [{ label: "limited by", text: load.cause.replace("_", " ") }] }),
    })),
    ...(limitMs === undefined ? {} : { limit: { label: "limit", value: limitMs } }),
  };
}

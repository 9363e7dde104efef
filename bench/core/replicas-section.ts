import type { Core } from "../../host/core/load.js";
import { type Contestant, measure, type Timing } from "../measure.js";
import { timingRow, type SectionReport } from "../report.js";
import { playCore } from "./play-core.js";
import { atLoad, type Columns, drawColumns, MIXED_LENGTHS, pool, runSpec, type SlotsPool } from "./scenario.js";

const REQUESTS = 1_000_000;
const REPETITIONS = 6;
const SLOTS = 16;
const LOAD = 0.75;
const FLEETS = [1, 10, 100, 1000, 10_000];
const BALANCED_FLEET = 1000;
const POLICIES = ["least_outstanding", "least_queue", "round_robin", "two_choices"] as const;

/** What a request costs as the fleet grows, each replica equally loaded, and under each way of balancing. */
export async function replicasSection(core: Core): Promise<SectionReport> {
  const drawn = drawColumns(core, {
    pools: [pool(1, SLOTS, 8192)],
    draw: { process: { type: "poisson" }, rateRps: 1, lengths: MIXED_LENGTHS },
    requests: REQUESTS,
  });
  const contestants = [
    ...FLEETS.map((replicas) => contestant(core, drawn, nameOf(replicas), pool(replicas, SLOTS, 8192))),
    ...POLICIES.filter((balance) => balance !== "least_outstanding").map((balance) =>
      contestant(core, drawn, nameOf(BALANCED_FLEET, balance), { ...pool(BALANCED_FLEET, SLOTS, 8192), balance }),
    ),
  ];
  return report(await measure(contestants, REQUESTS, REPETITIONS));
}

function nameOf(replicas: number, balance: SlotsPool["balance"] = "least_outstanding"): string {
  return `${replicas.toLocaleString("en-US")} x ${SLOTS} slots, ${balance}`;
}

function contestant(core: Core, drawn: Columns, name: string, fleet: SlotsPool): Contestant {
  const columns = atLoad(drawn, fleet, LOAD);
  const spec = runSpec({ pools: [fleet], draw: { process: { type: "poisson" }, rateRps: 1 }, requests: REQUESTS });
  return { name, run: () => playCore(core, spec, columns).playMs };
}

function report(timings: ReadonlyMap<string, Timing>): SectionReport {
  const atTen = timings.get(nameOf(10))!.minNs;
  return {
    name: "replicas",
    about: `${REQUESTS.toLocaleString("en-US")} requests through one pool of replicas of ${SLOTS} slots, three quarters busy whatever their number.`,
    columns: ["pool", "requests/s", "ns a request, min", "median", "margin", "of 10 replicas"],
    rows: [...timings].map(([name, timing]) => timingRow(name, timing, atTen)),
    targets: [
      {
        what: "a request at 10,000 replicas over one at 10",
        value: timings.get(nameOf(10_000))!.minNs / atTen,
        goal: { atMost: 4 },
        unit: "x",
      },
    ],
    skipped: [],
    raw: { requests: REQUESTS, timings: Object.fromEntries(timings) },
  };
}

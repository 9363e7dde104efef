import { serviceMoments } from "../../host/profiles/service-moments.js";
import { erlangBByRecursion, erlangC } from "../../host/queueing/erlang.js";
import { mgcWait } from "../../host/queueing/mgc.js";
import { minServers } from "../../host/queueing/min-servers.js";
import { gpuProfile } from "../../host/specs/gpu-catalog.js";
import { getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";
import { lengthLawOf } from "../../host/workloads/length-law/law-of-model.js";
import { timeMs } from "../cpu-time.js";
import { type Contestant, measure, type Timing } from "../measure.js";
import { digits, margin, type SectionReport } from "../report.js";

const REPETITIONS = 12;
const SERVERS = 1_000_000;
/** Where the formula takes the most steps, and waits are what one asks for. */
const LOADS = [0.8, 0.99, 0.999, 0.9999, 0.999_99];
const SLOTS = 128;

const ERLANG = "Erlang C, 1,000,000 servers, slowest of 5 loads";
const RECURSION = "Erlang B by recursion, 1,000,000 servers";
const LAW = "law of the lengths of azure-conv";
const NODES = "its nodes, in chunks of 512";
const MOMENTS = "moments of its service";
const WAIT = "P99 wait of M/G/64 at load 0.9";
const MIN_SERVERS = "fewest servers for a load of 500,000";

/** Time of what a planner asks thousands of times: no simulation, no samples. */
export async function queueingSection(): Promise<SectionReport> {
  const timings = await measure(contestants(), 1, REPETITIONS);
  const erlangMs = timings.get(ERLANG)!.medianNs / 1e6;
  return {
    name: "queueing",
    about: "CPU time of one answer of the formulas behind the planners.",
    columns: ["what", "us, min", "median", "margin"],
    rows: [...timings].map(([name, timing]) => row(name, timing)),
    targets: [
      { what: ERLANG, value: erlangMs, goal: { atMost: 1 }, unit: "ms" },
      {
        what: "recursion over it",
        value: timings.get(RECURSION)!.minNs / timings.get(ERLANG)!.minNs,
        goal: { atLeast: 50 },
        unit: "x",
      },
    ],
    skipped: [],
    raw: { timings: Object.fromEntries(timings) },
  };
}

function row(name: string, timing: Timing): (string | number)[] {
  return [name, digits(timing.minNs / 1000), digits(timing.medianNs / 1000), margin(timing)];
}

function contestants(): Contestant[] {
  const model = getBuiltinWorkload("azure-conv");
  const law = lengthLawOf(model);
  const profile = gpuProfile("a100");
  const nodes = law.nodes(0, Infinity, { chunk: profile.chunk });
  return [
    {
      name: ERLANG,
      run: () => Math.max(...LOADS.map((rho) => repeated(50, () => erlangC(SERVERS, SERVERS * rho)))),
    },
    { name: RECURSION, run: () => repeated(1, () => erlangBByRecursion(SERVERS, SERVERS * 0.99)) },
    { name: LAW, run: () => repeated(1, () => lengthLawOf(model)) },
    { name: NODES, run: () => repeated(4, () => law.nodes(0, Infinity, { chunk: profile.chunk })) },
    { name: MOMENTS, run: () => repeated(20, () => serviceMoments(nodes, profile, SLOTS)) },
    {
      name: WAIT,
      run: () =>
        repeated(200, () => mgcWait({ servers: 64, arrivalRps: 57.6, meanServiceS: 1, cv2: 3 }).percentileS(0.99)),
    },
    {
      name: MIN_SERVERS,
      run: () => repeated(50, () => minServers({ arrivalRps: 1e5, meanServiceS: 5, cv2: 3, waitS: 0.1, p: 0.99 })),
    },
  ];
}

/** CPU time of one of several goes, ms. */
function repeated(times: number, work: () => unknown): number {
  return (
    timeMs(() => {
      for (let i = 0; i < times; i++) work();
    }) / times
  );
}

import type { Core } from "../../host/core/load.js";
import { cpuMs } from "../cpu-time.js";
import { type Contestant, measure, type Timing } from "../measure.js";
import { digits, margin, type SectionReport, type Target } from "../report.js";
import { ANALYSIS, PLAN, PLAN_MODEL, SEARCH, SIZING_CASES, type SizingCase, VERIFIED } from "./cases.js";

const REPETITIONS = 12;

/** CPU time of the Python tool for the same question, s: measured once, not here. Of it about 0.1 s is the start of the interpreter. */
const PYTHON_S = { verified: 0.7, analysis: 0.29, start: 0.1 };

/** CPU time of a whole answer: which fleet, for this workload and objective. Erlang C alone is in the section `queueing`. */
export async function sizingSection(core: Core): Promise<SectionReport> {
  const runs = new Map<string, number>();
  const firstMs = new Map<string, number>();
  const contestants = SIZING_CASES.map((question) => contestant(core, question, runs, firstMs));
  const timings = await measure(contestants, 1, REPETITIONS);
  return {
    name: "sizing",
    about:
      "CPU time of one answer, simulation of the fleets included; the first one of a process compiles what it runs.\n" +
      `The Python tool's own CPU time is a figure measured once elsewhere on such a machine: ${PYTHON_S.verified} s for three fleets verified, ` +
      `${PYTHON_S.analysis} s for analysis alone, of each some ${PYTHON_S.start} s the start of its interpreter, which is taken off here.`,
    columns: ["question", "ms, min", "median", "margin", "first", "runs", "ms a run"],
    rows: [...timings].map(([name, timing]) => row(name, timing, firstMs.get(name)!, runs.get(name)!)),
    targets: targets(timings),
    skipped: [],
    raw: {
      timings: Object.fromEntries(timings),
      firstMs: Object.fromEntries(firstMs),
      runs: Object.fromEntries(runs),
      pythonS: PYTHON_S,
    },
  };
}

function contestant(
  core: Core,
  { name, ask }: SizingCase,
  runs: Map<string, number>,
  firstMs: Map<string, number>,
): Contestant {
  return {
    name,
    run: async () => {
      const begin = cpuMs();
      runs.set(name, await ask(core));
      const ms = cpuMs() - begin;
      if (!firstMs.has(name)) firstMs.set(name, ms);
      return ms;
    },
  };
}

function row(name: string, { minNs, medianNs, ...timing }: Timing, firstMs: number, runs: number): (string | number)[] {
  const perRun = runs === 0 ? "-" : digits(minNs / 1e6 / runs);
  const ms = [minNs / 1e6, medianNs / 1e6].map(digits);
  return [name, ...ms, margin({ minNs, medianNs, ...timing }), digits(firstMs), runs, perRun];
}

function targets(timings: ReadonlyMap<string, Timing>): Target[] {
  const s = (name: string) => timings.get(name)!.minNs / 1e9;
  const over = (pythonS: number, name: string) => (pythonS - PYTHON_S.start) / s(name);
  return [
    {
      what: "Python's figure over three fleets verified",
      value: over(PYTHON_S.verified, VERIFIED),
      goal: { atLeast: 20 },
      unit: "x",
    },
    {
      what: "Python's figure over analysis alone",
      value: over(PYTHON_S.analysis, ANALYSIS),
      goal: { atLeast: 20 },
      unit: "x",
    },
    ...[PLAN, PLAN_MODEL, SEARCH].map((name): Target => ({
      what: name,
      value: s(name),
      goal: { atMost: 1 },
      unit: "s",
    })),
  ];
}

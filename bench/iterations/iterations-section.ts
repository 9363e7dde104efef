import { FIGURE_DECODE_TOKENS, FIGURE_ITERATIONS, FIGURE_PREEMPTIONS } from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import { measure, type Timing } from "../measure.js";
import { type SectionReport, type Target, timingRow } from "../report.js";
import { measureMemory, type MemoryUse } from "./memory-use.js";
import { ROOFLINE, TABLE } from "./models.js";
import { playIterations } from "./play-iterations.js";
import { closedLoop, drawn, type Scenario } from "./scenario.js";

const REQUESTS = 200_000;
const REPETITIONS = 6;
const ROUNDING = 1e-12;

const MANY = 64;
const ONE_REPLICA = drawn("Azure conversation, 1 replica", REQUESTS);
const MANY_REPLICAS = drawn(`Azure conversation, ${MANY} replicas`, REQUESTS, { pool: { replicas: MANY } });

/** Those that are also run one iteration at a time. */
const STEPPED = [ONE_REPLICA, MANY_REPLICAS];

const BATCHES = [8, 16, 32, 64, 128, 256, 512, 1024];
const PREFIX_BLOCKS_AT_ONCE = 65536 * 32;

const OTHERS = [
  ...BATCHES.map((users) =>
    closedLoop(`${users} users, batch of ${users}`, REQUESTS, users, { input: 512, output: 256 }),
  ),
  drawn("memory tight: preemptions", REQUESTS, { pool: { kvBlocks: 1700 } }),
  drawn("prefix caching: 100 groups, 512 tokens", REQUESTS, {
    serving: { prefixBlock: 16 },
    prefixes: { groups: 100, units: 32 },
    spec: { blockIds: PREFIX_BLOCKS_AT_ONCE },
  }),
  drawn("Mooncake conversation: prompts in chunks", REQUESTS, {
    workload: "mooncake-conversation",
    rateRps: 0.3,
    pool: { maxCtx: 131_072 },
  }),
  drawn("scheduler vllm-v0", REQUESTS, { serving: { scheduler: "vllm-v0", chunked: false, watermark: 0.01 } }),
  drawn("scheduler sarathi", REQUESTS, {
    serving: { scheduler: "sarathi", maxNumBatchedTokens: 512, watermark: 0.01 },
  }),
  drawn("scheduler orca", REQUESTS, { serving: { scheduler: "orca", chunked: false, maxNumBatchedTokens: null } }),
  // A static batch lets so many wait at the usual rate that there is no end to them.
  drawn("scheduler static, 2 requests/s", REQUESTS, {
    serving: { scheduler: "static", chunked: false, maxNumBatchedTokens: null },
    rateRps: 2,
  }),
  drawn("2 pipeline stages", REQUESTS, { serving: { pp: 2 } }),
  drawn("roofline model", REQUESTS, { serving: { model: ROOFLINE } }),
  drawn("table model", REQUESTS, { serving: { model: TABLE } }),
];

/** Requests a second of the engine `iterations`, next to its own way of taking one iteration at a time. */
export async function iterationsSection(load: () => Promise<Core>): Promise<SectionReport> {
  const core = await load();
  const scenarios = [...STEPPED, ...STEPPED.map(inSteps), ...OTHERS];
  const figures = new Map(scenarios.map((scenario) => [scenario.name, playIterations(core, scenario).figures]));
  for (const { name } of STEPPED) requireSameFigures(name, figures);
  const contestants = scenarios.map((scenario) => ({
    name: scenario.name,
    run: () => playIterations(core, scenario).playMs,
  }));
  const timings = await measure(contestants, REQUESTS, REPETITIONS);
  return report(timings, figures, await measureMemory(load));
}

function inSteps(scenario: Scenario): Scenario {
  return { ...scenario, name: stepped(scenario.name), spec: { ...scenario.spec, step: true } };
}

function stepped(name: string): string {
  return `${name}, in steps`;
}

/** @throws Error if steps come to something else than jumps: of sums in doubles, added up in another order, the last digits may differ. */
function requireSameFigures(name: string, figures: ReadonlyMap<string, Float64Array>): void {
  const jumped = figures.get(name)!;
  const inSteps = figures.get(stepped(name))!;
  const field = jumped.findIndex((figure, i) => Math.abs(figure - inSteps[i]!) > ROUNDING * Math.abs(figure));
  if (field < 0) return;
  throw new Error(`${name}: figure ${field} is ${jumped[field]} in jumps and ${inSteps[field]} in steps`);
}

function report(
  timings: ReadonlyMap<string, Timing>,
  figures: ReadonlyMap<string, Float64Array>,
  memory: MemoryUse,
): SectionReport {
  const ns = (name: string) => timings.get(name)!.minNs;
  const own = ns(ONE_REPLICA.name);
  const targets = STEPPED.flatMap(({ name }): Target[] => [
    { what: `${name}, million requests a second`, value: 1000 / ns(name), goal: { atLeast: 1 }, unit: "M/s" },
    { what: `${name}, over its own steps`, value: ns(stepped(name)) / ns(name), goal: { atLeast: 5 }, unit: "x" },
  ]);
  return {
    name: "iterations",
    about:
      `${REQUESTS.toLocaleString("en-US")} requests each; where nothing else is said one replica of vLLM, 256 sequences, 8,192 tokens an iteration, ` +
      "26,312 blocks of 16, Azure conversation lengths and rate, 5 requests/s a replica. Drawing them is not timed.\n" +
      `Memory beyond the fixed parts: ${memory.idleReplica.toFixed(0)} B a replica without requests, ${memory.waiting.toFixed(1)} B ` +
      `a request that waits, ${memory.running.toFixed(1)} B one that runs.`,
    columns: [
      "scenario",
      "requests/s",
      "ns a request, min",
      "median",
      "margin",
      "of 1 replica",
      "iterations a request",
      "decoding in one",
      "preemptions a request",
    ],
    rows: [...timings].map(([name, timing]) => [...timingRow(name, timing, own), ...batching(figures.get(name)!)]),
    targets: [
      ...targets,
      { what: "memory of a request that waits", value: memory.waiting, goal: { atMost: 64 }, unit: "B" },
    ],
    skipped: [],
    raw: { requests: REQUESTS, timings: Object.fromEntries(timings), memory },
  };
}

function batching(figures: Float64Array): string[] {
  const iterations = figures[FIGURE_ITERATIONS]!;
  const perRequest = [iterations, figures[FIGURE_PREEMPTIONS]!].map((total) => total / REQUESTS);
  return [
    perRequest[0]!.toFixed(1),
    (figures[FIGURE_DECODE_TOKENS]! / iterations).toFixed(1),
    perRequest[1]!.toFixed(2),
  ];
}

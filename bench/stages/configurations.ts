import type { Core } from "../../host/core/load.js";
import { type DisaggQuestion, openDisagg } from "../../host/planners/disagg/disagg-question.js";
import { tryKind } from "../../host/planners/disagg/fleet-sizing.js";
import type { TrialPoint } from "../../host/planners/disagg/fleet-trial.js";
import type { PairCounts } from "../../host/planners/disagg/pair-frontier.js";
import { replicaOptions } from "../../host/planners/sizing/replica-options.js";
import { cpuMs } from "../cpu-time.js";
import { measure, type Timing } from "../measure.js";

/** Rows and columns of the counts that are played; without the least of them, 79. */
const MOST_PREFILL = 8;
const MOST_DECODE = 10;

export const CONFIGURATIONS: readonly PairCounts[] = Array.from(
  { length: MOST_PREFILL * MOST_DECODE - 1 },
  (_, index) => ({
    prefill: 1 + Math.floor((index + 1) / MOST_DECODE),
    decode: 1 + ((index + 1) % MOST_DECODE),
  }),
);

/** Some 3 replicas that prefill and 5 that decode are the least that keep the limits. */
const RATE_RPS = 60;
const REPETITIONS = 5;

/** Requests of a run that others are held against. */
const LONG_REQUESTS = 200_000;
/** Of the configurations that are enough, one in so many is played long. */
const LONG_EVERY = 5;

/** What all configurations together took, and how well short runs tell a P99. */
export interface ConfigurationsReport {
  /** Requests of a run. */
  requests: number;
  configurations: number;
  /** Of these, those that keep the objective. */
  enough: number;
  /** CPU time a request, of all configurations: as the search plays them, and each to its end. */
  timings: { searched: Timing; whole: Timing };
  /** CPU seconds of all of them, the best of the repetitions. */
  seconds: { searched: number; whole: number };
  /** P99 of runs of the search off that of long ones with other requests, as a share, by figure. */
  p99Off: { longRuns: number; longRequests: number; ttft: Spread; tpot: Spread };
}

interface Spread {
  median: number;
  most: number;
}

/** Plays 79 numbers of replicas on each side as `disagg` plays them: requests that are held, judged one by one, with the verdict on both pools. */
export async function measureConfigurations(core: Core): Promise<ConfigurationsReport> {
  const question = await open(core);
  const { count: requests } = question.load;
  const playAll = async (mayBreak: boolean) => {
    const begin = cpuMs();
    for (const counts of CONFIGURATIONS) await play(question, counts, mayBreak);
    return cpuMs() - begin;
  };
  const items = CONFIGURATIONS.length * requests;
  const timings = await measure(
    [
      { name: "searched", run: () => playAll(true) },
      { name: "whole", run: () => playAll(false) },
    ],
    items,
    REPETITIONS,
  );
  const [searched, whole] = [timings.get("searched")!, timings.get("whole")!];
  const seconds = ({ minNs }: Timing) => (minNs * items) / 1e9;
  const enough = await pairsThatAreEnough(question);
  return {
    requests,
    configurations: CONFIGURATIONS.length,
    enough: enough.length,
    timings: { searched, whole },
    seconds: { searched: seconds(searched), whole: seconds(whole) },
    p99Off: await p99Off(
      question,
      enough.filter((_, index) => index % LONG_EVERY === 0),
    ),
  };
}

function open(core: Core, requests?: { requests: number; seed: number }): Promise<DisaggQuestion> {
  const kinds = replicaOptions({ gpus: ["h100-sxm"], model: "llama-3.1-8b", tps: [1] });
  return openDisagg({
    workload: "azure",
    rateRps: RATE_RPS,
    prefill: kinds,
    decode: kinds,
    sloTtftMs: 400,
    sloTpotMs: 25,
    core,
    ...requests,
  });
}

function play(question: DisaggQuestion, counts: PairCounts, mayBreak: boolean): Promise<TrialPoint> {
  const { pairs, rateRps, load } = question;
  return tryKind(question, pairs[0]!, { counts, rateRps, load, mayBreak });
}

async function pairsThatAreEnough(question: DisaggQuestion) {
  const enough: { counts: PairCounts; point: TrialPoint }[] = [];
  for (const counts of CONFIGURATIONS) {
    const point = await play(question, counts, true);
    if (point.isEnough) enough.push({ counts, point });
  }
  return enough;
}

async function p99Off(
  { seed, core }: DisaggQuestion,
  short: readonly { counts: PairCounts; point: TrialPoint }[],
): Promise<ConfigurationsReport["p99Off"]> {
  const question = await open(core, { requests: LONG_REQUESTS, seed: seed + 1 });
  const off: Record<"ttft" | "tpot", number[]> = { ttft: [], tpot: [] };
  for (const { counts, point } of short) {
    const { judge } = await play(question, counts, false);
    for (const figure of ["ttft", "tpot"] as const) {
      off[figure].push(Math.abs(point.judge.percentileMs(figure, 0.99)! / judge.percentileMs(figure, 0.99)! - 1));
    }
  }
  return { longRuns: short.length, longRequests: LONG_REQUESTS, ttft: spreadOf(off.ttft), tpot: spreadOf(off.tpot) };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)]!, most: sorted.at(-1)! };
}

import type { ReplayResult } from "../../host/planners/replay.js";
import { table } from "../validation/markdown.js";
import { grouped, millis, seconds, shares } from "./formats.js";
import type { Ask } from "./questions.js";
import { replicaOf } from "./replicas.js";
import { LOADS } from "./setting.js";
import { stagedFleet } from "./staged-fleet.js";

const COUNTS = [300, 1000, 3000, 10000, 30000];
/** More than one A100 replica decodes. */
const OVERLOAD = { rateRps: 20, input: 1155, output: 211 };

/** A pool that is overloaded, and passes where a run is short. */
export async function horizonSection(ask: Ask): Promise<string> {
  const runs = await Promise.all(COUNTS.map(async (count) => ({ count, run: await ask(question(count)) })));
  const { ttftMs, tpotMs } = LOADS[0]!;
  const keeps = ({ ttft_ms: ttft, tpot_ms: tpot }: ReplayResult) => ttft.p99! <= ttftMs && tpot.p99! <= tpotMs;
  const rows = runs.map(({ count, run }) => [
    grouped(count),
    seconds(run.ttft_ms.p99),
    millis(run.tpot_ms.p99),
    millis(run.handover_ms!.p99),
    keeps(run) ? "kept" : "missed",
    run.stability.verdict,
    shares(run.pools["decode"]!.utilisation.slots),
    (run.bottlenecks ?? []).map(({ what, pool }) => `${what} of ${pool}`).join(", "),
  ]);
  const passing = runs.filter(({ run }) => keeps(run)).map(({ count }) => grouped(count));
  const called = runs.filter(({ run }) => run.stability.verdict === "overloaded").map(({ count }) => grouped(count));
  const long = runs.at(-1)!.run;
  return [
    "## How long a run must be",
    `${OVERLOAD.rateRps} requests/s of ${OVERLOAD.input} + ${OVERLOAD.output} tokens, 4 prefill replicas of H100 x4, one decode replica of A100 x4: it decodes ${long.throughput.requests_per_s.toFixed(1)} requests/s at most, so that the rest waits, longer and longer. A quarter of each run is not measured.`,
    table(
      [
        "requests",
        "TTFT P99, s",
        "TPOT P99, ms",
        "hand-over P99, ms",
        `${ttftMs / 1000} s and ${tpotMs} ms`,
        "verdict",
        "decode seats in use",
        "what cannot keep up",
      ],
      rows,
    ),
    `- The limits are kept in runs of ${passing.length > 0 ? passing.join(" and ") : "no number of"} requests; the fleet is called overloaded in those of ${called.join(", ")}. Percentiles of a short run say nothing of such a pool: its batch is still filling.`,
  ].join("\n\n");
}

function question(count: number) {
  const { rateRps, input, output } = OVERLOAD;
  return {
    kind: "replay" as const,
    fleet: stagedFleet({
      prefill: replicaOf({ gpu: "H100", tp: 4, budget: 2048 }),
      decode: replicaOf({ gpu: "A100", tp: 4, budget: 2048 }),
      counts: [4, 1],
      maxCtx: 16384,
      link: { type: "dgx-a100" },
    }),
    requests: { input, output },
    rateRps,
    count,
  };
}

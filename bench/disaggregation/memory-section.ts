import type { ReplayResult } from "../../host/planners/replay.js";
import { table } from "../validation/markdown.js";
import { grouped, listed, millis, seconds, shares } from "./formats.js";
import type { Ask, ReplayQuestion } from "./questions.js";
import { replicaOf } from "./replicas.js";
import { LOADS } from "./setting.js";
import { stagedFleet } from "./staged-fleet.js";

const HANDOVERS = ["pull", "push", "reserve"] as const;
type Handover = (typeof HANDOVERS)[number];
/** KV blocks of a decode replica: ample, and less than runs need. */
const BLOCKS = [8000, 5500, 5000];
const BLOCK = 16;
const FLEET = { prefill: 8, decode: 4, tp: 4 };
const COUNT = 14_176;

interface MemoryRun {
  blocks: number;
  handover: Handover;
  run: ReplayResult;
}

/** When memory of the decode side is asked for. */
export async function memorySection(ask: Ask): Promise<string> {
  const { title, rateRps } = LOADS[0]!;
  const runs = await Promise.all(
    BLOCKS.flatMap((blocks) =>
      HANDOVERS.map(async (handover) => ({ blocks, handover, run: await ask(question(blocks, handover)) })),
    ),
  );
  const head = [
    "memory of a decode replica",
    "hand-over",
    "TTFT P99, s",
    "hand-over P50, ms",
    "P99",
    "wait for room, mean, ms",
    "prefill memory held for hand-overs",
    "decode memory in use",
    "preempted in decode",
    "keeps up",
  ];
  return [
    "## When memory is asked for",
    `${title} at ${rateRps} requests/s through ${FLEET.prefill} + ${FLEET.decode} replicas of H100 x${FLEET.tp}, 8 x HDR, and less and less memory for keys and values in the decode replicas. \`pull\`: everybody asks when the prompt is computed; \`push\`: one of a prefill replica at a time; \`reserve\`: before the prompt is queued.`,
    table(head, runs.map(row)),
    `- ${finding(runs.filter(({ blocks }) => blocks === BLOCKS[1]))}`,
  ].join("\n\n");
}

function question(blocks: number, handover: Handover): ReplayQuestion {
  const { workload, rateRps, maxCtx } = LOADS[0]!;
  const replica = replicaOf({ gpu: "H100", tp: FLEET.tp, budget: 2048 });
  const serving = { ...replica.replica.serving, num_blocks: blocks };
  return {
    kind: "replay",
    fleet: stagedFleet({
      prefill: replica,
      decode: { ...replica, replica: { ...replica.replica, serving } },
      counts: [FLEET.prefill, FLEET.decode],
      maxCtx,
      link: { type: "dgx-a100", handover },
    }),
    requests: workload,
    rateRps,
    count: COUNT,
  };
}

function row({ blocks, handover, run }: MemoryRun): string[] {
  const [before, after] = [run.pools["prefill"]!, run.pools["decode"]!];
  return [
    `${grouped(blocks * BLOCK)} tokens`,
    `\`${handover}\``,
    seconds(run.ttft_ms.p99),
    millis(run.handover_ms!.p50),
    millis(run.handover_ms!.p99),
    millis(run.transfers!.waiting_for_room_ms),
    shares(before.utilisation.kv_outside),
    shares(after.utilisation.kv),
    grouped(after.batching!.preemptions),
    run.stability.verdict === "stable" ? "yes" : "no",
  ];
}

/** Who pays where memory is short. */
function finding(runs: readonly MemoryRun[]): string {
  const said = runs.map(
    ({ handover, run }) =>
      `\`${handover}\` ${seconds(run.ttft_ms.p99)} and ${seconds(run.handover_ms!.p99)} s, with ${grouped(run.pools["decode"]!.batching!.preemptions)} preempted`,
  );
  return (
    `P99 of TTFT and of the hand-over with ${grouped(runs[0]!.blocks * BLOCK)} tokens: ${listed(said)}. Who reserves waits before the first token, who pulls or pushes after it, ` +
    "in the memory of the prefill side, until that is full too and prompts wait behind it."
  );
}

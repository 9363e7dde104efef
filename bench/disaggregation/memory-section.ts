import { table } from "../validation/markdown.js";
import { grouped, millis, seconds, shares } from "./formats.js";
import type { Ask } from "./questions.js";
import { replicaOf } from "./replicas.js";
import { LOADS } from "./setting.js";
import { stagedFleet } from "./staged-fleet.js";

const HANDOVERS = ["pull", "push", "reserve"] as const;
/** KV blocks of a decode replica; what is left beside the weights is about five times the larger one. */
const BLOCKS = [8000, 5500, 5000];
const BLOCK = 16;
const FLEET = { prefill: 8, decode: 4, tp: 4 };
const COUNT = 14176;

/** When memory of the decode side is asked for. */
export async function memorySection(ask: Ask): Promise<string> {
  const load = LOADS[0]!;
  const { prefill, decode, tp } = FLEET;
  const rows = await Promise.all(
    BLOCKS.flatMap((blocks) =>
      HANDOVERS.map(async (handover) => {
        const replica = replicaOf({ gpu: "H100", tp, budget: 2048 });
        const run = await ask({
          kind: "replay",
          fleet: stagedFleet({
            prefill: replica,
            decode: {
              ...replica,
              replica: { ...replica.replica, serving: { ...replica.replica.serving, num_blocks: blocks } },
            },
            counts: [prefill, decode],
            maxCtx: load.maxCtx,
            link: { type: "dgx-a100", sharing: "shared", handover },
          }),
          requests: load.workload,
          rateRps: load.rateRps,
          count: COUNT,
        });
        const [before, after] = [run.pools["prefill"]!, run.pools["decode"]!];
        return [
          `${grouped(blocks * BLOCK)} tokens`,
          handover,
          seconds(run.ttft_ms.p99),
          millis(run.handover_ms!.p50),
          millis(run.handover_ms!.p99),
          millis(run.transfers!.waiting_for_memory_ms),
          shares(before.utilisation.kv_outside),
          shares(after.utilisation.kv),
          shares(after.utilisation.kv_outside),
          run.stability.verdict === "stable" ? "yes" : "no",
        ];
      }),
    ),
  );
  return [
    "## When memory is asked for",
    `${load.title} at ${load.rateRps} requests/s through ${prefill} + ${decode} replicas of H100 x${tp}, 8 x HDR, and less and less memory for keys and values in the decode replicas. \`pull\`: everybody asks when the prompt is computed; \`push\`: one of a prefill replica at a time; \`reserve\`: before the prompt is queued.`,
    table(
      [
        "memory of a decode replica",
        "hand-over",
        "TTFT P99, s",
        "hand-over P50, ms",
        "P99",
        "wait for memory, mean, ms",
        "prefill memory held for hand-overs",
        "decode memory in use",
        "of it granted, not running",
        "keeps up",
      ],
      rows,
    ),
    "- Where memory is ample the three are alike. Where it is short, `reserve` makes requests wait before their first token and hardly between the first and the second; `pull` and `push` let the first token go out, and then wait in the memory of the prefill side, until that is full too and prompts wait behind it. `push`, which asks one at a time, puts fewer of them into a decode replica at once, so that less is preempted.",
  ].join("\n\n");
}

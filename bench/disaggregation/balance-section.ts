import { table } from "../validation/markdown.js";
import { millis } from "./formats.js";
import { bestOf, cellOf, type LoadGrid } from "./grid.js";
import type { Ask } from "./questions.js";
import { replicaOf, settingOf } from "./replicas.js";
import { LINKS } from "./setting.js";
import { stagedFleet } from "./staged-fleet.js";

const BALANCES = ["least_outstanding", "two_choices", "round_robin", "least_queue"] as const;

/** By what a prefill replica is chosen where its link is slow. */
export async function balanceSection(ask: Ask, grids: readonly LoadGrid[]): Promise<string> {
  const grid = grids[0]!;
  const slow = LINKS.at(-1)!;
  const best = bestOf(cellOf(grid, "H100", slow.name).found);
  const { tp, budget } = settingOf(best.prefill);
  const prefill = replicaOf({ gpu: "H100", tp, budget });
  const decode = settingOf(best.decode);
  const rows = await Promise.all(
    BALANCES.map(async (balance) => {
      const run = await ask({
        kind: "replay",
        fleet: stagedFleet({
          prefill: { ...prefill, replica: { ...prefill.replica, balance } },
          decode: replicaOf({ gpu: "H100", tp: decode.tp, budget: decode.budget }),
          counts: [best.n_prefill, best.n_decode],
          maxCtx: grid.load.maxCtx,
          link: slow.link,
        }),
        requests: grid.load.workload,
        rateRps: grid.load.rateRps,
        count: grid.cells[0]!.found.search.requests,
      });
      return [
        `\`${balance}\``,
        millis(run.ttft_ms.p99),
        millis(run.handover_ms!.p50),
        millis(run.handover_ms!.p99),
        millis(run.tpot_ms.p99),
        run.stability.verdict === "stable" ? "yes" : "no",
      ];
    }),
  );
  return [
    "### Who gets the next prompt",
    `The answer for ${grid.load.title} on H100 over ${slow.name} (${best.n_prefill} + ${best.n_decode}), by how a prefill replica is chosen. Computing a prompt takes far less than sending it, so that a good choice looks at links: \`least_outstanding\`, which the grids take, counts whose keys and values are still on their way.`,
    table(["balance of prefill", "TTFT P99, ms", "hand-over P50, ms", "P99", "TPOT P99, ms", "keeps up"], rows),
  ].join("\n\n");
}

import { table } from "../validation/markdown.js";
import { millis, shares } from "./formats.js";
import { bestOf, cellOf, type LoadGrid } from "./grid.js";
import type { Ask } from "./questions.js";
import { replicaOf, settingOf } from "./replicas.js";
import { LINKS } from "./setting.js";
import { stagedFleet } from "./staged-fleet.js";

const BALANCES = ["least_outstanding", "two_choices", "round_robin"] as const;

/** Who chooses prefill replicas does not see their links. */
export async function balanceSection(ask: Ask, grids: readonly LoadGrid[]): Promise<string> {
  const grid = grids[0]!;
  const slow = LINKS.at(-1)!;
  const best = bestOf(cellOf(grid, "H100", slow.name).found);
  const { tp, budget } = settingOf(best.prefill);
  const prefill = replicaOf({ gpu: "H100", tp, budget });
  const runs = await Promise.all(
    BALANCES.map(async (balance) => {
      const run = await ask({
        kind: "replay",
        fleet: stagedFleet({
          prefill: { ...prefill, replica: { ...prefill.replica, balance } },
          decode: replicaOf({ gpu: "H100", tp: settingOf(best.decode).tp, budget }),
          counts: [best.n_prefill, best.n_decode],
          maxCtx: grid.load.maxCtx,
          link: { ...slow.link, sharing: "shared" },
        }),
        requests: grid.load.workload,
        rateRps: grid.load.rateRps,
        count: grid.cells[0]!.found.search.requests,
      });
      return { balance, run };
    }),
  );
  const rows = runs.map(({ balance, run }) => [
    balance,
    millis(run.ttft_ms.p99),
    millis(run.handover_ms!.p50),
    millis(run.handover_ms!.p99),
    millis(run.tpot_ms.p99),
    shares(run.pools["prefill"]!.utilisation.link),
    run.stability.verdict === "stable" ? "yes" : `no: ${(run.bottlenecks ?? []).map(({ what, pool }) => `${what} of ${pool}`).join(", ")}`,
  ]);
  return [
    `### Who gets the next prompt`,
    `The same fleet over ${slow.name} (${grid.load.title}, H100, ${best.n_prefill} + ${best.n_decode}), by how a prefill replica is chosen. The least busy one is the first of those that compute nothing: on GPUs much faster than their links that is nearly always the same few, whose links fill while others are idle. So over ${slow.name} the grids deal prompts out in turn.`,
    table(["balance of prefill", "TTFT P99, ms", "hand-over P50, ms", "P99", "TPOT P99, ms", "prefill links in use", "keeps up"], rows),
  ].join("\n\n");
}

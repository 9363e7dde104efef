import type { DisaggResult } from "../../host/planners/disagg.js";
import { table } from "../validation/markdown.js";
import { dollars, listed, millis, NONE, seconds } from "./formats.js";
import { bestOf, cellOf, type LoadGrid } from "./grid.js";
import type { Ask, PairQuestion } from "./questions.js";
import { replicaOf, settingOf } from "./replicas.js";
import { type LoadSetting, MOST_REPLICAS, SEED } from "./setting.js";

/** `max_num_batched_tokens` of replicas that do both: the last is the default of engines on large GPUs. */
const BUDGETS = [512, 1024, 2048, 8192];

/** What the size of a chunk makes of replicas that do both. */
export async function chunkSection(ask: Ask, grids: readonly LoadGrid[]): Promise<string> {
  const found = await Promise.all(
    grids.map(async (grid) => ({
      grid,
      rows: await Promise.all(BUDGETS.map(async (budget) => ({ budget, found: await ask(question(grid.load, budget)) }))),
    })),
  );
  const rows = found.flatMap(({ grid, rows: ofLoad }) =>
    ofLoad.map(({ budget, found: { colocated } }) => {
      const chunked = colocated!.rows.find(({ scheduling }) => scheduling === "chunked");
      return [
        grid.load.title,
        String(budget),
        chunked ? `${chunked.n_replicas} x${settingOf(chunked.replica).tp}` : "none",
        dollars(chunked?.cost_per_hr),
        seconds(chunked?.ttft_ms),
        millis(chunked?.tpot_ms),
        dollars(bestOf(cellOf(grid, "H100", "NVLink").found).cost_per_hr),
      ];
    }),
  );
  return [
    "## Beside what it is held",
    "Replicas of H100 that do both, chunked, by the most tokens of an iteration. What separating is worth depends on what it is held against: the grids above hold it against the best chunk of these, for each of x4 and x8.",
    table(["requests", "chunk", "replicas", "$/h", "TTFT P99, s", "TPOT P99, ms", "apart over NVLink, $/h"], rows),
    `- ${found.map(({ grid, rows: ofLoad }) => sentence(grid, ofLoad)).join("\n- ")}`,
  ].join("\n\n");
}

function sentence(grid: LoadGrid, rows: readonly { budget: number; found: DisaggResult }[]): string {
  const apart = bestOf(cellOf(grid, "H100", "NVLink").found).cost_per_hr;
  const judged = rows.map(({ budget, found }) => ({ budget, cost: found.colocated!.rows.find(({ scheduling }) => scheduling === "chunked")?.cost_per_hr }));
  const beaten = judged.filter(({ cost }) => cost === undefined || cost > apart).map(({ budget }) => String(budget));
  const known = judged.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
  const spread = known.length > 0 ? `${dollars(Math.min(...known))} to ${dollars(Math.max(...known))}` : NONE;
  return `${grid.load.title}: the chunk alone moves the cost of replicas that do both from ${spread}; pools apart (${dollars(apart)}) are cheaper than ${
    beaten.length === 0 ? "none of these chunks" : `a chunk of ${listed(beaten)}`
  }.`;
}

function question({ workload, rateRps, ttftMs, tpotMs, maxCtx }: LoadSetting, budget: number): PairQuestion {
  return {
    kind: "pair",
    options: {
      workload,
      rateRps,
      sloTtftMs: ttftMs,
      sloTpotMs: tpotMs,
      maxCtx,
      prefill: replicaOf({ gpu: "H100", tp: 4, budget }),
      decode: replicaOf({ gpu: "H100", tp: 8, budget }),
      handover: { link: { type: "nvlink4", sharing: "shared" } },
      maxPrefill: MOST_REPLICAS,
      maxDecode: MOST_REPLICAS,
      seed: SEED,
    },
  };
}

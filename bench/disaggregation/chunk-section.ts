import { table } from "../validation/markdown.js";
import { dollars, grouped, listed, millis, seconds, times } from "./formats.js";
import { bestOf, cellOf, type LoadGrid, type Together } from "./grid.js";
import { togetherQuestion } from "./cell.js";
import type { Ask } from "./questions.js";
import { CHUNKS, settingOf } from "./replicas.js";
import type { LoadSetting } from "./setting.js";

/** Replicas that do both with one size of chunk, and the answer of the grid beside them. */
export interface ChunkRow {
  load: LoadSetting;
  budget: number;
  /** The least fleet; absent: none is enough. */
  together: Together | undefined;
  apartPerHr: number;
}

/** Asks for the least chunked fleet by each size of chunk, on H100. */
export async function askChunks(ask: Ask, grids: readonly LoadGrid[]): Promise<ChunkRow[]> {
  return Promise.all(
    grids.flatMap((grid) => {
      const apartPerHr = bestOf(cellOf(grid, "H100", "NVLink").found).cost_per_hr;
      return CHUNKS.map(async (budget) => {
        const { rows } = await ask(togetherQuestion(grid.load, "H100", { chunks: [budget], pair: null }));
        const together = rows.find(({ scheduling }) => scheduling === "chunked");
        return { load: grid.load, budget, together, apartPerHr };
      });
    }),
  );
}

/** What the size of a chunk makes of replicas that do both. */
export function chunkSection(rows: readonly ChunkRow[]): string {
  return [
    "## What it is held against",
    "Replicas of H100 that do both, chunked, by the most tokens of an iteration. What separating is worth depends on how well those are set up: the grids hold it against the best of these, prefill-first beside them.",
    table(
      ["requests", "chunk", "replicas", "$/h", "TTFT P99, s", "TPOT P99, ms", "apart over NVLink, $/h", "apart of it"],
      rows.map(({ load, budget, together, apartPerHr }) => [
        load.title,
        String(budget),
        together ? `${together.n_replicas} x${settingOf(together.replica).tp}` : "none",
        dollars(together?.cost_per_hr),
        seconds(together?.ttft_ms),
        millis(together?.tpot_ms),
        dollars(apartPerHr),
        times(together && apartPerHr / together.cost_per_hr),
      ]),
    ),
    titlesOf(rows)
      .map((title) => `- ${title}: ${sentence(rows.filter(({ load }) => load.title === title))}`)
      .join("\n"),
  ].join("\n\n");
}

/** The same in one sentence. */
export function chunkSummary(rows: readonly ChunkRow[]): string {
  const byDefault = CHUNKS.at(-1)!;
  const said = titlesOf(rows).map((title) => {
    const own = rows.filter(({ load }) => load.title === title);
    const costPerHr = own.find(({ budget }) => budget === byDefault)?.together?.cost_per_hr;
    return `${times(costPerHr === undefined ? undefined : costPerHr / Math.min(...costsOf(own)))} (${title})`;
  });
  return `**It matters what it is held against**: with chunks of ${grouped(byDefault)} tokens, the default, replicas of H100 that do both cost ${listed(said)} times what they cost with the best chunk. Who compares with engines as they come finds separating to pay more often than it does.`;
}

function titlesOf(rows: readonly ChunkRow[]): string[] {
  return [...new Set(rows.map(({ load }) => load.title))];
}

function costsOf(rows: readonly ChunkRow[]): number[] {
  return rows.flatMap(({ together }) => (together ? [together.cost_per_hr] : []));
}

function sentence(rows: readonly ChunkRow[]): string {
  const costs = costsOf(rows);
  const beaten = rows
    .filter(({ together, apartPerHr }) => together === undefined || together.cost_per_hr > apartPerHr)
    .map(({ budget }) => String(budget));
  return (
    `the chunk alone moves the cost of replicas that do both from ${dollars(Math.min(...costs))} to ${dollars(Math.max(...costs))}; ` +
    `apart (${dollars(rows[0]!.apartPerHr)}) costs less than ${beaten.length === 0 ? "none of them" : `chunks of ${listed(beaten)}`}.`
  );
}

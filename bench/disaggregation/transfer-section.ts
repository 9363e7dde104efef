import type { ReplayResult } from "../../host/planners/replay.js";
import { table, signedPercent } from "../validation/markdown.js";
import { grouped, listed, millis, shares } from "./formats.js";
import { bestOf, cellOf, type LoadGrid } from "./grid.js";
import { linkFacts } from "./link-facts.js";
import type { Ask, ReplayQuestion } from "./questions.js";
import { type GpuName, LINKS } from "./setting.js";
import { replicaOf, settingOf } from "./replicas.js";
import { type StagedFleet, stagedFleet } from "./staged-fleet.js";

/** Ways over a link: the first is that of the grids. */
const WAYS = [
  { name: "serial, fifo", way: { mode: "serial", sharing: "fifo" } },
  { name: "serial, shared", way: { mode: "serial", sharing: "shared" } },
  { name: "layerwise, fifo", way: { mode: "layerwise", sharing: "fifo" } },
] as const;
type Way = (typeof WAYS)[number];

/** What Splitwise measured: by how much the second token is later than without a transfer. */
const SPLITWISE = { serial: 0.64, layerwise: 0.165 };
/** Keys and values of a token of BLOOM-176B, one of its two models: 70 layers of 14,336 numbers, both, fp16. */
const BLOOM_TOKEN_BYTES = 2 * 70 * 14_336 * 2;
/** Requests that meet no other. */
const ALONE = { rateRps: 0.02, count: 2000 };
const SERVERS = [
  { gpu: "A100", type: "dgx-a100" },
  { gpu: "H100", type: "dgx-h100" },
] as const satisfies readonly { gpu: GpuName; type: string }[];

/** Serial and layerwise, one after the other and all at once. */
export async function transferSection(ask: Ask, grids: readonly LoadGrid[]): Promise<string> {
  const conversation = grids[0]!;
  const asked = LINKS.flatMap((link) =>
    WAYS.map(async (way) => transferRow(link.name, way, await ask(crossing(conversation, link.name, way)))),
  );
  const rows = await Promise.all(asked);
  return [
    "## How keys and values cross",
    `The answer of the grid for ${conversation.load.title} on H100, with each link and each way over it. The time of a hand-over is from the end of the prompt to the next token. \`fifo\`: transfers of a link one after the other, as in the grids; \`shared\`: all at once. \`layerwise\`: each layer once it is computed, with the 5 ms that Splitwise measured to remain.`,
    table(
      [
        "link",
        "way",
        "hand-over P50, ms",
        "P99",
        "wait for the link, mean",
        "moving, mean",
        "TPOT P99, ms",
        "decode links in use",
        "keeps up",
      ],
      rows.map(({ cells }) => cells),
    ),
    `- ${waysFinding(rows)}`,
    await aloneText(ask),
  ].join("\n\n");
}

function crossing(grid: LoadGrid, linkName: string, { way }: Way): ReplayQuestion {
  const { load } = grid;
  const { link } = LINKS.find(({ name }) => name === linkName)!;
  const best = bestOf(cellOf(grid, "H100", linkName).found);
  return {
    kind: "replay",
    fleet: stagedFleet({
      prefill: replicaOf({ gpu: "H100", ...sizeOf(best.prefill) }),
      decode: replicaOf({ gpu: "H100", ...sizeOf(best.decode) }),
      counts: [best.n_prefill, best.n_decode],
      maxCtx: load.maxCtx,
      link: { ...link, ...way },
    }),
    requests: load.workload,
    rateRps: load.rateRps,
    count: grid.cells[0]!.found.search.requests,
  };
}

function sizeOf(name: string): { tp: number; budget: number } {
  const { tp, budget } = settingOf(name);
  return { tp, budget };
}

interface TransferRow {
  link: string;
  way: Way;
  run: ReplayResult;
  cells: string[];
}

function transferRow(link: string, way: Way, run: ReplayResult): TransferRow {
  const { handover_ms: gap, transfers, tpot_ms: tpot, pools, stability } = run;
  return {
    link,
    way,
    run,
    cells: [
      link,
      way.name,
      millis(gap!.p50),
      millis(gap!.p99),
      millis(transfers!.waiting_for_link_ms),
      millis(transfers!.moving_ms),
      millis(tpot.p99),
      shares(pools["decode"]!.utilisation.link),
      stability.verdict === "stable" ? "yes" : "no",
    ],
  };
}

/** What each way makes of the hand-over where links are slowest. */
function waysFinding(rows: readonly TransferRow[]): string {
  const slowest = LINKS.at(-1)!.name;
  const gap = (way: Way) => {
    const { p50, p99 } = rows.find((row) => row.link === slowest && row.way === way)!.run.handover_ms!;
    return `${millis(p50)} and ${millis(p99)} ms ${way.name.replace(", ", " ")}`;
  };
  return (
    `P50 and P99 of the hand-over over ${slowest}: ${listed(WAYS.map(gap))}. ` +
    "One after the other, a transfer behind long ones waits, and long ones are done sooner; at once, short ones pass long ones. Over fast links layer by layer is later than serial: what remains of it is more than what crosses."
  );
}

async function aloneText(ask: Ask): Promise<string> {
  const rows = await Promise.all(
    SERVERS.map(async ({ gpu, type }) => {
      const gapMs = async (link: StagedFleet["link"]) => (await ask(lone(gpu, link))).handover_ms!.mean!;
      const [none, serial, layerwise] = [
        await gapMs({ type: "none" }),
        await gapMs({ type }),
        await gapMs({ type, mode: "layerwise" }),
      ];
      return [
        `${gpu} x8, ${type}`,
        millis(none),
        millis(serial),
        signedPercent(serial / none - 1),
        millis(layerwise),
        signedPercent(layerwise / none - 1),
      ];
    }),
  );
  return [
    "The second token of requests of Azure code that meet no other, two replicas of eight GPUs:",
    table(["servers", "no transfer, ms", "serial", "later by", "layerwise", "later by"], rows),
    `- Splitwise measured ${signedPercent(SPLITWISE.serial)} serial and ${signedPercent(SPLITWISE.layerwise)} layerwise (Patel et al., ISCA 2024). Not comparable figure by figure: their time between tokens is several times that of this model on these GPUs, ` +
      `and so is what crosses where keys and values are not shared between heads (BLOOM-176B: ${grouped(BLOOM_TOKEN_BYTES)} bytes a token, here ${grouped(linkFacts(LINKS[0]!, 8).bytesOf(1))}). The 5 ms that remain layer by layer are theirs, and hide less behind shorter iterations: for a model whose keys and values are few, layer by layer pays on slow links alone.`,
  ].join("\n\n");
}

function lone(gpu: GpuName, link: StagedFleet["link"]): ReplayQuestion {
  const replica = replicaOf({ gpu, tp: 8, budget: 8192 });
  return {
    kind: "replay",
    fleet: stagedFleet({ prefill: replica, decode: replica, counts: [1, 1], maxCtx: 16384, link }),
    requests: "azure-code",
    ...ALONE,
  };
}

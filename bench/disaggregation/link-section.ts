import { linkSaturationRps } from "../../host/queueing/kv-transfer.js";
import { signedPercent, table } from "../validation/markdown.js";
import { grouped, NONE, shares, tenths } from "./formats.js";
import { cellOf, type LoadGrid } from "./grid.js";
import { linkFacts } from "./link-facts.js";
import type { Ask, ReplayQuestion } from "./questions.js";
import { replicaOf } from "./replicas.js";
import { LINKS, type LinkSetting } from "./setting.js";
import { stagedFleet } from "./staged-fleet.js";

/** GPUs of the replicas in this section. */
const TP = 4;
/** How many times what it carries a link is offered to see what it carries. */
const OFFERED = 1.5;
/** How many times what the link is offered prefill replicas could compute. */
const SPARE = 1.6;
/** For so long, s: what a link carries is to outweigh what it has still to carry at the end. */
const FOR_S = 30;

/** Where links fill: by formula, and as simulated. */
export async function linkSection(ask: Ask, grids: readonly LoadGrid[]): Promise<string> {
  const conversation = grids[0]!;
  const input = Math.round(conversation.cells[0]!.found.lengths.mean_isl);
  const prefillRps = await promptsPerS(ask, input);
  const rows = await Promise.all(LINKS.map((link) => saturation(ask, link, { input, prefillRps })));
  return [
    "## Where links fill",
    `One decode replica behind one link, prefill replicas enough, every prompt of ${grouped(input)} tokens (the mean of ${conversation.load.title}): ${grouped(linkFacts(LINKS[0]!, TP).bytesOf(input) / 1e6)} MB. ` +
      `A link is full at bandwidth over bytes; simulated is what it carries when ${OFFERED} times as much is asked of it. One prefill replica (H100 x${TP}) computes ${tenths(prefillRps)} such prompts a second.`,
    table(
      ["link of a replica", "GB/s", "full at, requests/s", "simulated", "difference", "prefill replicas that fill it"],
      rows,
    ),
    "In the grids, H100: when the links of the side with fewer of them are full, what of them is used at the rate that is planned for, and at which rate the answer breaks.",
    table(
      ["requests", "link", "full at, requests/s", "in use, formula", "simulated", "breaks at, requests/s"],
      grids.flatMap((grid) => LINKS.map((link) => gridRow(grid, link))),
    ),
  ].join("\n\n");
}

async function promptsPerS(ask: Ask, input: number): Promise<number> {
  const alone = await ask(replayOf(LINKS[0]!, { input, prefill: 1, rateRps: 0.1, count: 300 }));
  return 1000 / alone.ttft_at_prefill_ms!.mean!;
}

async function saturation(
  ask: Ask,
  link: LinkSetting,
  { input, prefillRps }: { input: number; prefillRps: number },
): Promise<string[]> {
  const { bytesPerS, bytesOf } = linkFacts(link, TP);
  const fullRps = linkSaturationRps(bytesOf(input), bytesPerS);
  const prefill = Math.ceil((SPARE * OFFERED * fullRps) / prefillRps);
  const run = await ask(
    replayOf(link, { input, prefill, rateRps: OFFERED * fullRps, count: Math.ceil(FOR_S * OFFERED * fullRps) }),
  );
  const simulated = run.throughput.requests_per_s;
  return [
    link.name,
    tenths(bytesPerS / 1e9),
    tenths(fullRps),
    tenths(simulated),
    signedPercent(simulated / fullRps - 1),
    tenths(fullRps / prefillRps),
  ];
}

function replayOf(
  { link }: LinkSetting,
  { input, prefill, rateRps, count }: { input: number; prefill: number; rateRps: number; count: number },
): ReplayQuestion {
  return {
    kind: "replay",
    fleet: stagedFleet({
      prefill: replicaOf({ gpu: "H100", tp: TP, budget: 2048 }),
      decode: replicaOf({ gpu: "H100", tp: TP, budget: 2048 }),
      counts: [prefill, 1],
      maxCtx: 16384,
      link,
    }),
    requests: { input, output: 2 },
    rateRps,
    count,
  };
}

function gridRow(grid: LoadGrid, link: LinkSetting): string[] {
  const { explanation, check, breaks_first: breaks } = cellOf(grid, "H100", link.name).found;
  const crossing = explanation?.link;
  if (!crossing || !check) return [grid.load.title, link.name, ...new Array<string>(4).fill(NONE)];
  const side = crossing.sides.find(({ side: name }) => name === crossing.narrow)!;
  return [
    grid.load.title,
    link.name,
    tenths(side.saturation_of_side_rps),
    shares(side.rho),
    shares(check.use[crossing.narrow].link),
    tenths(breaks?.at_rps),
  ];
}

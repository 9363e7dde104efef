import { DISAGG_CONSTANTS } from "../../host/planners/disagg/constant-side.js";
import { table } from "../validation/markdown.js";
import { NONE, times } from "./formats.js";
import { bestOf, cellOf, type LoadGrid } from "./grid.js";
import type { Ask, ReplayQuestion } from "./questions.js";
import { replicaOf, type ReplicaSetting, settingOf } from "./replicas.js";
import { LINKS, type LinkSetting } from "./setting.js";
import { stagedFleet } from "./staged-fleet.js";

/** Requests of an idle fleet: none meets another. */
const ALONE = { rateRps: 0.01, count: 2000 };

/**
 * OPT-66B with 512 prompt tokens on four A100: 109 ms, 2,359,296 bytes a token (Zhong et al., DistServe, OSDI 2024, and the constants of its simulator).
 */
const OPT_66B = { prompt: 512, promptMs: 109, tokenBytes: 2_359_296 };

/** What the constant of the Python tool would have to be, link by link. */
export async function constantSection(ask: Ask, grids: readonly LoadGrid[]): Promise<string> {
  const rows = await Promise.all(LINKS.map((link) => row(ask, grids, link)));
  const beta = DISAGG_CONSTANTS.ttftFactor;
  const figures = rows.flatMap(({ factors }) => factors.filter((factor) => factor !== undefined));
  const far = Math.max(...figures.map((factor) => Math.max(factor / beta, beta / factor)));
  return [
    `## The constant ${beta.toFixed(2)}`,
    `The Python tool multiplies the time of a prompt by ${beta.toFixed(2)} for all that lies between the pools. Here is prompt and transfer over prompt, as simulated: of requests that meet no other (*alone*), and of all requests of the answer for H100 in the grid, waits for prefill, memory and link included, over the mean prompt alone (*grid*). ` +
      "OPT-66B: 512 tokens, four A100, links of one GPU or one replica at their full bandwidth.",
    table(
      ["link", "OPT-66B alone", ...grids.flatMap(({ load }) => [`${load.title} alone`, "grid"])],
      rows.map(({ link, factors }) => [
        link.name,
        ...factors.map((factor) => (factor === undefined ? NONE : times(factor))),
      ]),
    ),
    `- No constant does: the ratio runs from ${times(Math.min(...figures))} to ${times(Math.max(...figures))}, and ${beta.toFixed(2)} is up to ${times(far)} times off.`,
  ].join("\n\n");
}

async function row(ask: Ask, grids: readonly LoadGrid[], link: LinkSetting) {
  const ofOpt = ask(optQuestion(link)).then(({ ttft_at_prefill_ms: prefill, transfers }) =>
    factor(prefill!.mean!, transfers!.mean_ms!, prefill!.mean!),
  );
  const ofGrids = grids.map(async (grid) => {
    const { found } = cellOf(grid, "H100", link.name);
    const kind = found.best
      ? replicaSetting(found.best.prefill)
      : replicaSetting(bestOf(cellOf(grid, "H100", LINKS[0]!.name).found).prefill);
    const alone = await ask(aloneQuestion(grid, link, kind));
    const promptMs = alone.ttft_at_prefill_ms!.mean!;
    const { check } = found;
    return [
      factor(promptMs, alone.transfers!.mean_ms!, promptMs),
      check ? factor(check.ttft_at_prefill_ms.mean!, check.transfers.mean_ms!, promptMs) : undefined,
    ];
  });
  return { link, factors: [await ofOpt, ...(await Promise.all(ofGrids)).flat()] };
}

function factor(firstMs: number, transferMs: number, promptMs: number): number {
  return (firstMs + transferMs) / promptMs;
}

function replicaSetting(name: string): ReplicaSetting {
  const { tp, budget } = settingOf(name);
  return { gpu: "H100", tp, budget };
}

function aloneQuestion({ load }: LoadGrid, { link }: LinkSetting, kind: ReplicaSetting): ReplayQuestion {
  const replica = replicaOf(kind);
  return {
    kind: "replay",
    fleet: stagedFleet({
      prefill: replica,
      decode: replica,
      counts: [1, 1],
      maxCtx: load.maxCtx,
      link,
    }),
    requests: load.workload,
    ...ALONE,
  };
}

function optQuestion({ link, ofA100 }: LinkSetting): ReplayQuestion {
  const { prompt, promptMs, tokenBytes } = OPT_66B;
  const replica = {
    name: "OPT-66B",
    replica: {
      iteration_model: { type: "linear", c1_ms: promptMs / prompt },
      serving: { max_num_batched_tokens: 2048 },
    },
  } as const;
  return {
    kind: "replay",
    fleet: stagedFleet({
      prefill: replica,
      decode: replica,
      counts: [1, 1],
      maxCtx: 2048,
      link: { ...(ofA100 ?? link), nics: 1, efficiency: 1, latency_us: 0, kv_bytes_per_token: tokenBytes },
    }),
    requests: { input: prompt, output: 2 },
    ...ALONE,
    count: 100,
  };
}

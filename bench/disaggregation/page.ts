import { fleetOf, poolInput } from "../../host/planners/sizing/replica-option.js";
import { builtinWorkloads } from "../../host/workloads/builtin/catalog.js";
import { table } from "../validation/markdown.js";
import { balanceSection } from "./balance-section.js";
import { askChunks, chunkSection, chunkSummary, type ChunkRow } from "./chunk-section.js";
import { constantSection } from "./constant-section.js";
import { distServeSection } from "./distserve-section.js";
import { compared, dollars, grouped, kilowatts, listed, tenths, times } from "./formats.js";
import type { Cell } from "./cell.js";
import { askGrid, bestOf, cellOf, costRatio, type LoadGrid } from "./grid.js";
import { horizonSection } from "./horizon-section.js";
import { linkFacts } from "./link-facts.js";
import { linkSection } from "./link-section.js";
import { loadSection } from "./load-section.js";
import { memorySection } from "./memory-section.js";
import { askObjectives, objectiveSection, objectiveSummary } from "./objective-section.js";
import type { Ask } from "./questions.js";
import { CHUNKS, PREFILL_BUDGETS, replicaOf, TP_SIZES } from "./replicas.js";
import { type GpuName, HARDWARE, LINKS, MOST_REPLICAS, SEED } from "./setting.js";
import { splitwiseSection } from "./splitwise-section.js";
import { transferSection } from "./transfer-section.js";

/** Asks all that the page tells, and writes the text of docs/disaggregation.md. */
export async function makePage(ask: Ask, version: string): Promise<string> {
  // What does not wait for the grids is asked beside them.
  const [grids, objectives, memory, horizon, splitwise] = await Promise.all([
    askGrid(ask),
    askObjectives(ask),
    memorySection(ask),
    horizonSection(ask),
    splitwiseSection(ask),
  ]);
  const [chunks, links, constant, transfers, balance] = await Promise.all([
    askChunks(ask, grids),
    linkSection(ask, grids),
    constantSection(ask, grids),
    transferSection(ask, grids),
    balanceSection(ask, grids),
  ]);
  return (
    [
      introduction(version),
      "## In short",
      summary(grids, objectives, chunks),
      settingText(grids),
      ...grids.map(loadSection),
      objectiveSection(objectives),
      chunkSection(chunks),
      links,
      balance,
      constant,
      transfers,
      memory,
      horizon,
      "## Published facts",
      distServeSection(),
      splitwise,
      LIMITS,
    ].join("\n\n") + "\n"
  );
}

function introduction(version: string): string {
  return `# Prefill and decode apart: when it pays

Every figure below, those in sentences too, is computed by \`npm run disaggregation\`, which writes this page; running it again gives the same bytes. vllm-sr-sim ${version}, seed ${SEED}; planner \`disagg\`, engine \`iterations\`. Rules of the engine: [disaggregation](reference/disaggregation.md). Nothing here is measured on GPUs: how far the engine is from measured ones, without separate pools, is in [validation](validation.md).`;
}

/** What all grids say together. */
function summary(grids: readonly LoadGrid[], objectives: readonly Cell[], chunks: readonly ChunkRow[]): string {
  const ratios = grids.flatMap((grid) => grid.cells.map((cell) => ({ grid, cell, ratio: costRatio(grid, cell) })));
  const paying = ratios.filter(({ ratio }) => ratio !== undefined && ratio < 1 - 1e-9);
  const none = ratios.filter(({ cell }) => cell.found.best === null);
  const best = paying.reduce((a, b) => (b.ratio! < a.ratio! ? b : a));
  const perHardware = HARDWARE.map(({ name }) => {
    const said = grids.map((grid) => {
      const ratio = costRatio(grid, cellOf(grid, name, "NVLink"));
      return ratio === undefined ? `cannot be (${grid.load.title})` : `${compared(ratio)} (${grid.load.title})`;
    });
    return `- **${name}**, over NVLink: beside the cheapest fleet that does both, apart costs ${listed(said)}.`;
  });
  return [
    `- Separating costs less in ${paying.length} of ${ratios.length} cells of the grids, least for ${best.grid.load.title} on ${best.cell.hardware.name} over ${best.cell.link.name}: ${times(best.ratio)} of the cost of the cheapest fleet that does both. In ${none.length} cells no ${MOST_REPLICAS} + ${MOST_REPLICAS} replicas or fewer keep the objective.`,
    ...perHardware,
    `- ${objectiveSummary(objectives)}`,
    `- ${chunkSummary(chunks)}`,
    `- ${linkSentence(grids)}`,
    `- ${capSentence(grids)}`,
  ].join("\n");
}

/** From which link on more is nothing. */
function linkSentence(grids: readonly LoadGrid[]): string {
  const said = LINKS.slice(1).map((link) => {
    const dearer = grids.flatMap((grid) =>
      HARDWARE.map((hardware) => {
        const [fast, own] = [
          cellOf(grid, hardware.name, LINKS[0]!.name).found.best,
          cellOf(grid, hardware.name, link.name).found.best,
        ];
        return !fast ? undefined : own ? own.cost_per_hr / fast.cost_per_hr - 1 : Infinity;
      }),
    );
    const known = dearer.filter((share) => share !== undefined);
    const same = known.filter((share) => Math.abs(share) < 1e-9).length;
    const most = Math.max(...known.filter((share) => share < Infinity));
    const not = known.filter((share) => share === Infinity).length;
    const rest = [
      `${same} of ${known.length} answers cost the same`,
      ...(same + not < known.length ? [`the others up to ${Math.round(100 * most)} % more`] : []),
      ...(not > 0 ? [`${not} cannot be`] : []),
    ];
    return `over ${link.name} ${listed(rest)}`;
  });
  return `**The link**, beside NVLink: ${said.join("; ")}.`;
}

function capSentence(grids: readonly LoadGrid[]): string {
  const said = grids.map((grid) => {
    const best = bestOf(cellOf(grid, "H100 + H100 at 350 W", "8 x HDR").found);
    const plain = bestOf(cellOf(grid, "H100", "8 x HDR").found);
    const together = grid.together.get(HARDWARE[0]!);
    return `${kilowatts(best.power_w)} kW beside ${kilowatts(plain.power_w)} without the cap${together ? ` and ${kilowatts(together.power_w)} together` : ""} (${grid.load.title})`;
  });
  return `**Decode capped to 350 W** saves power, not money: ${said.join("; ")}; provisioned, over 8 x HDR.`;
}

/** US dollars an hour of a GPU. */
function priceOf(gpu: GpuName): number {
  const option = replicaOf({ gpu, tp: TP_SIZES[0], budget: PREFILL_BUDGETS[0] });
  const { pools, costPerHr } = fleetOf([poolInput(option, { id: "mixed", replicas: 1, maxCtx: 1024 })]);
  return costPerHr / pools[0]!.gpus;
}

function either(tokens: readonly number[]): string {
  return listed(tokens.map(grouped)).replace(" and ", " or ");
}

function settingText(grids: readonly LoadGrid[]): string {
  const loads = grids.map(({ load, cells }) => {
    const { lengths, search } = cells[0]!.found;
    const own = builtinWorkloads.find(({ name }) => name === load.workload)!.nativeRateRps!;
    return [
      load.title,
      `\`${load.workload}\``,
      tenths(load.rateRps),
      tenths(load.rateRps / own),
      grouped(lengths.mean_isl),
      grouped(lengths.mean_osl),
      grouped(search.requests),
      `${load.ttftMs / 1000} s`,
      `${load.tpotMs} ms`,
    ];
  });
  const links = LINKS.map((link) => {
    const facts = linkFacts(link, 4);
    return [link.name, `\`${link.link.type}\``, tenths(facts.bytesPerS / 1e9), (1e6 * facts.latencyS).toFixed(0)];
  });
  const efficiency = linkFacts(LINKS[0]!, 4).efficiency;
  return `## What is asked

The cheapest pair of pools for Llama-3.1-70B, bf16, that keeps both limits for 99 % of the requests each; and the cheapest pool of replicas that do both, for the same requests and limits on the same engine. Either may take replicas of four or eight GPUs. Prefill replicas have iterations of up to ${either(PREFILL_BUDGETS)} tokens; replicas that do both cut prompts into chunks of ${either(CHUNKS)}, or take whole prompts first, up to as many tokens at once. H100 is SXM, ${dollars(priceOf("H100"))} a GPU and hour; A100 is SXM of 80 GB, ${dollars(priceOf("A100"))}: the catalog's, where prices move the answer of mixed fleets. The price of a network is in none of them.

${table(["requests", "workload", "rate, requests/s", "times its own", "prompt tokens", "output tokens", "requests in a run", "TTFT P99", "TPOT P99"], loads)}

Workloads are drawn from the course of a trace in time: rate and lengths vary together as they did, faster by the factor of the rates, so that bursts are as high and that much shorter. Prompts share no prefixes here, though many of Mooncake's do: a cache would make them shorter on either side of the comparison.

${table(["link of a replica", "catalog", "GB/s carried (H100 x4)", "latency, us"], links)}

A link carries ${Math.round(100 * efficiency)} % of its bandwidth, an assumption, and belongs to one replica whole: two replicas of four GPUs in one server would halve all but NVLink. NVLink is that of the GPUs, and between H100 and A100, where there is none, that of A100: a bound. Transfers go one after the other, after the prompt, pulled by the decode side; the prefill side emits the first token, so that TTFT does not wait for the link, and TPOT has the hand-over in it.

How to read the grids: *7 x4 + 2 x8* are seven prefill replicas of four GPUs and two decode replicas of eight; *of together* is the cost as a share of the cheapest fleet that does both, of the GPUs of either side; kW are provisioned. TTFT and TPOT are of the run that sized the fleet; hand-overs and links of one of four times as many other requests. *Breaks first* is what gives way at the first rate that is too much. An answer near an edge may be a replica off its neighbours: which requests come is chance, and one that other requests refute is sized anew. Where there is none, TTFT and TPOT are those of ${MOST_REPLICAS} + ${MOST_REPLICAS} replicas.`;
}

const LIMITS = `## What is not in it

- Networks beyond the links of two replicas: switches, congestion between pairs, and what else the NICs carry.
- Prefix caches, which make prompts shorter, and with them both what is to be separated and what has to cross.
- Speculative decoding, mixture-of-experts models, quantised keys and values: each moves the balance of the two phases.
- Iterations of real engines: errors of the engine are in [validation](validation.md); at saturation a few per cent of capacity are a replica.
- Days: a ratio of the two pools that fits one hour may not fit another, where replicas that do both just do the other thing.`;

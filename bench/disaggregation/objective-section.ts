import { table } from "../validation/markdown.js";
import { askCell, type Cell } from "./cell.js";
import { compared, dollars, listed, millis, seconds, times } from "./formats.js";
import type { Ask } from "./questions.js";
import { settingOf } from "./replicas.js";
import { HARDWARE, LINKS, LOADS, type LoadSetting } from "./setting.js";

/** Limits of the P99 of TPOT, ms: the last is that of the grids. */
const LIMITS = [25, 50, 100];
const OF: readonly LoadSetting["workload"][] = ["azure-conv", "mooncake-conversation"];

/** Asks for cells over NVLink with several limits of TPOT. */
export async function askObjectives(ask: Ask): Promise<Cell[]> {
  const alike = HARDWARE.filter(({ prefill, decode }) => prefill === decode);
  return Promise.all(
    LOADS.filter(({ workload }) => OF.includes(workload)).flatMap((load) =>
      alike.flatMap((hardware) => LIMITS.map((tpotMs) => askCell(ask, { ...load, tpotMs }, hardware, LINKS[0]!))),
    ),
  );
}

/** How the answer depends on the limit of TPOT. */
export function objectiveSection(cells: readonly Cell[]): string {
  const head = [
    "requests",
    "GPUs",
    "TPOT P99 limit, ms",
    "together (TTFT, TPOT)",
    "$/h",
    "apart (TTFT, TPOT)",
    "$/h",
    "of together",
    "rate for the same money",
  ];
  const names = [...new Set(cells.map(nameOf))];
  const findings = names.map(
    (name) => `- ${name}: apart costs ${listed(cells.filter((cell) => nameOf(cell) === name).map(clause))}.`,
  );
  return [
    "## How tight TPOT is",
    "The same requests over NVLink, with other limits of TPOT. Where iterations must be short, replicas that do both have to cut prompts into small chunks, or stand idle; replicas that decode alone have short iterations by themselves.",
    table(head, cells.map(row)),
    findings.join("\n"),
  ].join("\n\n");
}

/** What the limits say in one sentence. */
export function objectiveSummary(cells: readonly Cell[]): string {
  const said = LIMITS.map((limit) => {
    const ratios = cells.flatMap(({ load, together }) =>
      load.tpotMs === limit && typeof together?.cost_ratio === "number" ? [together.cost_ratio] : [],
    );
    return `${times(Math.min(...ratios))} to ${times(Math.max(...ratios))} of together with ${limit} ms`;
  });
  return `**The tighter TPOT, the more it pays**: over two workloads and two GPUs, NVLink, apart costs ${listed(said)} as the limit of its P99.`;
}

function nameOf({ load, hardware }: Cell): string {
  return `${load.title} on ${hardware.name}`;
}

function clause({ load, found: { best }, together }: Cell): string {
  const ratio = together?.cost_ratio;
  if (typeof ratio === "number") return `${compared(ratio)} with ${load.tpotMs} ms`;
  const can = best ? "what together cannot" : together?.cheapest ? "what apart cannot" : "what neither can";
  return `${can} with ${load.tpotMs} ms`;
}

function row({ load, hardware, found: { best }, together: held }: Cell): string[] {
  const together = held?.cheapest;
  const latencies = (of: { ttft_ms: number | null; tpot_ms: number | null }) =>
    `(${seconds(of.ttft_ms)} s, ${millis(of.tpot_ms)} ms)`;
  const scheduling = together && `${together.scheduling} ${settingOf(together.replica).budget}`;
  return [
    load.title,
    hardware.name,
    String(load.tpotMs),
    together
      ? `${together.n_replicas} x${settingOf(together.replica).tp}, ${scheduling} ${latencies(together)}`
      : "none",
    dollars(together?.cost_per_hr),
    best
      ? `${best.n_prefill} x${settingOf(best.prefill).tp} + ${best.n_decode} x${settingOf(best.decode).tp} ${latencies(best)}`
      : "none",
    dollars(best?.cost_per_hr),
    times(held?.cost_ratio),
    times(held?.goodput_ratio),
  ];
}

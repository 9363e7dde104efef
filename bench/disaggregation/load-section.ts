import type { BreaksFirst, DisaggResult } from "../../host/planners/disagg.js";
import { table } from "../validation/markdown.js";
import type { Cell } from "./cell.js";
import {
  compared,
  dollars,
  grouped,
  kilowatts,
  listed,
  millis,
  NONE,
  seconds,
  shares,
  tenths,
  times,
} from "./formats.js";
import { costRatio, type LoadGrid, type Together } from "./grid.js";
import { linkFacts } from "./link-facts.js";
import { settingOf, TP_SIZES } from "./replicas.js";
import { HARDWARE, type HardwareSetting } from "./setting.js";

/** What the page calls what gives way. */
export const RESOURCES: Record<BreaksFirst["resource"], string> = {
  prefill: "prefill",
  link: "link",
  "decode-memory": "memory of decode",
  "decode-seats": "seats of decode",
  "decode-speed": "speed of decode",
};

/** `7 x4`: replicas and the GPUs of each. */
function replicas(count: number, name: string): string {
  return `${count} x${settingOf(name).tp}`;
}

/** A workload: what stands beside it, the grid, and what it says. */
export function loadSection(grid: LoadGrid): string {
  const { load, cells } = grid;
  return [
    `## ${load.title}`,
    `${load.why}. ${factsOf(cells[0]!.found)} Limits: P99 of TTFT ${load.ttftMs / 1000} s, P99 of TPOT ${load.tpotMs} ms.`,
    "Without separate pools, the least of each kind (chunked: prompts in chunks beside decodes; prefill-first: whole and before them):",
    togetherTable(grid),
    "Apart:",
    gridTable(grid),
    ...loadFindings(grid).map((finding) => `- ${finding}`),
  ]
    .join("\n\n")
    .replaceAll("\n\n- ", "\n- ")
    .replace("\n- ", "\n\n- ");
}

function factsOf({ lengths, requests, search }: DisaggResult): string {
  return (
    `${tenths(requests.rate_rps)} requests/s of ${grouped(lengths.mean_isl)} prompt and ${grouped(lengths.mean_osl)} output tokens on average; ` +
    `${grouped(search.requests)} requests in a run${search.requests_to_confirm === null ? "" : `, ${grouped(search.requests_to_confirm)} others in those that confirm and check`}.`
  );
}

function togetherTable({ cells }: LoadGrid): string {
  const rows = cells.flatMap(({ together, hardware }) =>
    (together?.rows ?? []).map((row) => togetherRow(hardware.prefill, row)),
  );
  return table(["GPU", "scheduling", "replicas", "chunk", "$/h", "kW", "TTFT P99, s", "TPOT P99, ms"], rows);
}

function togetherRow(gpu: string, row: Together): string[] {
  return [
    gpu,
    row.scheduling,
    replicas(row.n_replicas, row.replica),
    row.scheduling === "chunked" ? String(settingOf(row.replica).budget) : NONE,
    dollars(row.cost_per_hr),
    kilowatts(row.power_w),
    seconds(row.ttft_ms),
    millis(row.tpot_ms),
  ];
}

const GRID_HEAD = [
  "GPUs",
  "link",
  "prefill + decode",
  "$/h",
  "of together",
  "kW",
  "TTFT P99, s",
  "TPOT P99, ms",
  "hand-over P99, ms",
  "links in use",
  "breaks first",
];

function gridTable(grid: LoadGrid): string {
  return table(
    GRID_HEAD,
    grid.cells.map((cell) => gridRow(grid, cell)),
  );
}

/** A row of the grid: of a cell without an answer what comes nearest. */
export function gridRow(grid: LoadGrid, cell: Cell): string[] {
  const { hardware, link, found } = cell;
  const { best, check, nearest_miss: miss } = found;
  if (!best || !check) {
    const missed = miss ? `${miss.missed.map(({ condition }) => condition).join(", ")} missed` : NONE;
    const nothing = new Array<string>(4).fill(NONE);
    const point = miss?.point;
    return [
      hardware.name,
      link.name,
      "none",
      ...nothing.slice(1),
      seconds(point?.ttft_ms),
      millis(point?.tpot_ms),
      NONE,
      NONE,
      missed,
    ];
  }
  const { prefill, decode } = check.use;
  return [
    hardware.name,
    link.name,
    `${replicas(best.n_prefill, best.prefill)} + ${replicas(best.n_decode, best.decode)}`,
    dollars(best.cost_per_hr),
    times(costRatio(grid, cell)),
    kilowatts(best.power_w),
    seconds(best.ttft_ms),
    millis(best.tpot_ms),
    millis(check.handover_ms.p99),
    `${shares(prefill.link)}, ${shares(decode.link)}`,
    breaksOf(found),
  ];
}

function breaksOf({ breaks_first: breaks }: DisaggResult): string {
  if (!breaks) return NONE;
  return `${RESOURCES[breaks.resource]} at ${tenths(breaks.at_rps)}/s`;
}

/** What the grid says, in words. */
function loadFindings(grid: LoadGrid): string[] {
  const none = noneFinding(grid);
  return [
    ...HARDWARE.map((hardware) => hardwareFinding(grid, hardware)),
    rateFinding(grid),
    ...(none === undefined ? [] : [none]),
  ];
}

/** What pools of some GPUs cost, by link. */
function hardwareFinding(grid: LoadGrid, hardware: HardwareSetting): string {
  const together = grid.together.get(hardware);
  const byCost = new Map<string, string[]>();
  for (const cell of grid.cells.filter((one) => one.hardware === hardware)) {
    const ratio = costRatio(grid, cell);
    const what = ratio === undefined ? "cannot be" : `costs ${compared(ratio)}`;
    byCost.set(what, [...(byCost.get(what) ?? []), cell.link.name]);
  }
  const beside = together
    ? `${replicas(together.n_replicas, together.replica)} ${settingOf(together.replica).gpu}, ${together.scheduling}, ${dollars(together.cost_per_hr)}`
    : "nothing";
  const said = [...byCost].map(([what, links]) => `${what} over ${listed(links)}`);
  return `**${hardware.name}**, beside ${beside}: apart ${said.join("; ")}.`;
}

/** Costs move by whole replicas, rates do not. */
function rateFinding({ cells }: LoadGrid): string {
  const said = cells.flatMap(({ hardware, together }) =>
    typeof together?.goodput_ratio === "number" ? [`${times(together.goodput_ratio)} (${hardware.name})`] : [],
  );
  return `Costs move by whole replicas. For the same money, apart over NVLink serves ${listed(said)} times the rate of the best fleet that does both.`;
}

/** Why nothing keeps the objective over some links. */
function noneFinding({ cells }: LoadGrid): string | undefined {
  const links = [...new Set(cells.filter(({ found }) => found.best === null).map(({ link }) => link))];
  if (links.length === 0) return undefined;
  const input = cells[0]!.found.lengths.mean_isl;
  const said = links.map((link) => {
    const { bytesOf, bytesPerS } = linkFacts(link, TP_SIZES[0]);
    return `${millis((1000 * bytesOf(input)) / bytesPerS)} ms over ${link.name}`;
  });
  return `Where there is none, more replicas do not help: keys and values of a mean prompt cross in ${listed(said)}, and an answer of n tokens has n - 1 gaps to spread that over, one of two tokens a single one.`;
}

import { table } from "../validation/markdown.js";
import { askCell, type Cell } from "./cell.js";
import { cheaper, dollars, listed, millis, NONE, seconds, times } from "./formats.js";
import type { Ask } from "./questions.js";
import { settingOf } from "./replicas.js";
import { HARDWARE, LINKS, LOADS, type LoadSetting } from "./setting.js";

/** Limits of the P99 of TPOT, ms. */
const LIMITS = [25, 50, 100];
const OF: readonly LoadSetting["workload"][] = ["azure-conv", "mooncake-conversation"];

/** How the answer depends on the limit of TPOT. */
export async function objectiveSection(ask: Ask): Promise<string> {
  const alike = HARDWARE.filter(({ prefill, decode }) => prefill === decode);
  const asked = LOADS.filter(({ workload }) => OF.includes(workload)).flatMap((load) =>
    alike.flatMap((hardware) =>
      LIMITS.map((tpotMs) => askCell(ask, { ...load, tpotMs }, hardware, LINKS[0]!)),
    ),
  );
  const cells = await Promise.all(asked);
  return [
    "## How tight TPOT is",
    "The same requests over NVLink, with other limits of TPOT. Where iterations must be short, replicas that do both have to cut prompts into small chunks, and take few requests; replicas that decode alone have short iterations by themselves.",
    table(
      ["requests", "GPUs", "TPOT P99 limit, ms", "together", "$/h", "apart", "$/h", "of together", "rate for the same money"],
      cells.map(row),
    ),
    finding(cells),
  ].join("\n\n");
}

function row({ load, hardware, found: { best, colocated } }: Cell): string[] {
  const together = colocated?.cheapest;
  return [
    load.title,
    hardware.name,
    String(load.tpotMs),
    together
      ? `${together.n_replicas} x${settingOf(together.replica).tp}, ${together.scheduling} ${settingOf(together.replica).budget} (${seconds(together.ttft_ms)} s, ${millis(together.tpot_ms)} ms)`
      : "none",
    dollars(together?.cost_per_hr),
    best
      ? `${best.n_prefill} x${settingOf(best.prefill).tp} + ${best.n_decode} x${settingOf(best.decode).tp} (${seconds(best.ttft_ms)} s, ${millis(best.tpot_ms)} ms)`
      : "none",
    dollars(best?.cost_per_hr),
    times(colocated?.cost_ratio),
    times(colocated?.goodput_ratio),
  ];
}

function finding(cells: readonly Cell[]): string {
  const said = cells.map(({ load, hardware, found: { best, colocated } }) => {
    const ratio = colocated?.cost_ratio;
    const what =
      ratio !== null && ratio !== undefined
        ? cheaper(ratio)
        : best
          ? "possible, and together is not"
          : colocated?.cheapest
            ? "not possible, and together is"
            : "not possible, nor is together";
    return { of: `${load.title} on ${hardware.name}`, text: `${what} at ${load.tpotMs} ms` };
  });
  const names = [...new Set(said.map(({ of }) => of))];
  const sentences = names.map(
    (name) => `${name}: apart is ${listed(said.filter(({ of }) => of === name).map(({ text }) => text))}`,
  );
  return sentences.length === 0 ? NONE : `- ${sentences.join(".\n- ")}.`;
}

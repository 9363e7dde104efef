import colours from "picocolors";
import type { DisaggExplanation } from "../planners/disagg/explain.js";
import type { ExplainedLink, LinkExplanation } from "../planners/disagg/explain-link.js";
import type { ExplainedPrefill, ExplainedRange, PrefillExplanation } from "../planners/disagg/explain-prefill.js";
import { type Column, columnTable } from "./column-table.js";
import { shareInUse } from "./disagg-shares.js";
import { type LabelledWords, paragraph } from "./paragraph.js";
import { count, counted, milliseconds, millisecondsWithUnit, NONE, significant } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;
const MS = 1000;
const GB = 1e9;
const MB = 1e6;

/** Gain of two prompts at once from which on it is told. */
const TOLD_GAIN = 1.05;

/** Share of the requests from which on all of them are spoken of. */
const ALMOST_ALL = 0.9995;

/** Ways to cut a model over the GPUs of a prefill replica. */
export const PREFILL_ALTERNATIVES: readonly Column<ExplainedPrefill>[] = [
  { title: "prefill", cell: ({ tp, pp, is_pool }) => `${cutText({ tp, pp })}${is_pool ? " *" : ""}` },
  { title: "GPUs", cell: ({ gpus }) => count(gpus), rank: 1 },
  { title: "D", cell: ({ execution_s }) => ms(execution_s) },
  { title: "stage", cell: ({ bottleneck_s }) => ms(bottleneck_s) },
  { title: "K", cell: ({ speed_up }) => significant(speed_up), rank: 2 },
  { title: "requests/s", cell: ({ rate_rps }) => significant(rate_rps) },
  { title: "at most", cell: ({ saturation_rps }) => significant(saturation_rps) },
  { title: "load", cell: ({ rho }) => shareInUse(rho) },
  { title: "TTFT", cell: ({ mean_ttft_s }) => ms(mean_ttft_s) },
  { title: "P99", cell: ({ p99_ttft_s }) => ms(p99_ttft_s) },
  { title: "as they are", cell: ({ mean_ttft_of_lengths_s: mean }) => ms(mean) },
  { title: "", cell: ({ fits }) => (fits ? "" : colours.red("does not fit")) },
];

/** The links of both sides. */
export const LINK_SIDES: readonly Column<ExplainedLink>[] = [
  { title: "link", cell: ({ side, link, nics }) => `${side}: ${nics > 1 ? `${count(nics)} ` : ""}${link}` },
  { title: "GB/s", cell: ({ bytes_per_s: bytes }) => (bytes === null ? "no limit" : significant(bytes / GB)) },
  { title: "links", cell: ({ replicas }) => count(replicas) },
  { title: "S", cell: ({ occupied_s }) => ms(occupied_s) },
  { title: "requests/s", cell: ({ rate_rps }) => significant(rate_rps) },
  { title: "at most", cell: ({ saturation_rps: most }) => (most === null ? NONE : significant(most)) },
  { title: "load", cell: ({ rho }) => shareInUse(rho) },
  { title: "wait in line", cell: ({ fifo_wait_s }) => ms(fifo_wait_s) },
  { title: "by sharing", cell: ({ shared_wait_s }) => ms(shared_wait_s) },
];

/** What formulas say of a pair of pools, on a page of 100 columns. */
export function disaggExplainReport(explanation: DisaggExplanation): string {
  const { prefill, link } = explanation;
  return [
    colours.dim("one prompt at a time, by formulas; times in ms, rates of one replica:"),
    ...columnTable(PREFILL_ALTERNATIVES, prefill.alternatives, WIDTH),
    "",
    ...prefillWords(explanation).flatMap(([label, text]) => line(label, text)),
    "",
    ...(link ? [...columnTable(LINK_SIDES, link.sides, WIDTH), ""] : []),
    ...linkWords(explanation).flatMap(([label, text]) => line(label, text)),
  ].join("\n");
}

/** What is said of the prefill phase beside its table. */
export function prefillWords({ prefill, prefill_pool, rate_rps }: DisaggExplanation): LabelledWords[] {
  const { mean_prompt, mean_execution_s, execution_cv2, gain_of_two } = prefill;
  const words: LabelledWords[] = [
    [
      "prefill",
      `${significant(rate_rps)} requests/s reach ${prefill_pool}; a prompt has ${significant(mean_prompt)} tokens and takes ${millisecondsWithUnit(mean_execution_s * MS)} alone, on average. ` +
        "D is that time, stage what the slowest stage has of it, K how many times as fast as one device; a replica of more GPUs gets as many more requests (* this pool)",
    ],
    ["best", bestText(prefill)],
    [
      "spread",
      `TTFT and P99 are of prompts that all take D (M/D/1). As they are, executions have a squared coefficient of variation of ${significant(execution_cv2)}: in one stage they wait ${significant(1 + execution_cv2)} times as long (M/G/1), stages have no closed form. Requests fall to replicas by chance here; those sent to the least busy one wait less`,
    ],
  ];
  if (gain_of_two > TOLD_GAIN) {
    words.push([
      "batches",
      `two such prompts at once are ${significant(gain_of_two)} times as fast as one after the other: a queue is shorter than these formulas say, which know no batches`,
    ]);
  }
  return words;
}

function bestText({ best, best_now, compared_gpus }: PrefillExplanation): string {
  if (best.length === 0) return `nothing of ${counted(compared_gpus, "GPU")} holds the weights`;
  const ranges = best.map((range) => `${cutText(range)} up to ${significant(range.to_rps)} requests/s`).join(", ");
  const now = best_now === null ? "at this rate none keeps up" : `now ${cutText(best_now)}`;
  const whole = `of ${counted(compared_gpus, "GPU")}, the shortest mean TTFT has ${ranges}; ${now}`;
  return best.length === 1 ? whole : `${whole}. Shared layers make each prompt faster, stages take more of them`;
}

/** What is said of the way from pool to pool beside its table. */
export function linkWords({ link, handover_factor, decode_pool }: DisaggExplanation): LabelledWords[] {
  if (link === null) return [["link", `no request has a second token: nothing is handed over to ${decode_pool}`]];
  const { mean_bytes, handed_over_share: share, serial_s, layerwise_s, latency_s } = link;
  const whose = share < ALMOST_ALL ? `each of ${shareInUse(share)} of the requests` : "a request";
  return [
    [
      "transfer",
      `${significant(mean_bytes / MB)} MB ${whose}; on free links ${millisecondsWithUnit(serial_s * MS)} after the prompt, or ${millisecondsWithUnit(layerwise_s * MS)} layer by layer; ` +
        `${link.mode} here, ${millisecondsWithUnit(latency_s * MS)} of it latency`,
    ],
    [
      "factor",
      `prompt and transfer take ${significant(handover_factor!)} times the prompt, where the Python tool has 1.80 whatever the link`,
    ],
    ["links", limitText(link)],
  ];
}

function limitText({ sides, narrow, sharing, bytes_cv2 }: LinkExplanation): string {
  const { saturation_of_side_rps: most, rho } = sides.find(({ side }) => side === narrow)!;
  const full =
    most === null ? "no rate fills them" : `those of the ${narrow} side are full at ${significant(most)} requests/s`;
  const over = rho >= 1 ? "; they cannot keep up" : "";
  const way = sharing === "fifo" ? "one transfer after the other" : "all transfers at once";
  return `${full}${over}; here they carry ${way}. Waits are of either side by itself, arrivals by chance, sizes with a squared coefficient of variation of ${significant(bytes_cv2)}`;
}

function cutText({ tp, pp }: Pick<ExplainedRange, "tp" | "pp">): string {
  if (tp * pp === 1) return "one device";
  return [...(tp > 1 ? [`TP${tp}`] : []), ...(pp > 1 ? [`PP${pp}`] : [])].join(" ");
}

function ms(seconds: number | null): string {
  return seconds === null ? NONE : milliseconds(seconds * MS);
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}

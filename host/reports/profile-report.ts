import colours from "picocolors";
import type { ProfileResult, UnfitResult } from "../planners/profile.js";
import type { DecodeEfficiency, PowerFigures, PrefillFigure } from "../planners/profile-figures.js";
import type { NearestFit } from "../planners/profile-fit.js";
import type { ManualProfileResult } from "../planners/profile-manual.js";
import type { PythonProfileResult } from "../planners/profile-python.js";
import { type Column, columnTable } from "./column-table.js";
import { paragraph } from "./paragraph.js";
import { stepLines } from "./profile-steps.js";
import { count, counted, dollars, NONE, percent, significant } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 12;

const MS = 1e3;
const GIB = 2 ** 30;
const KIB = 2 ** 10;

/** What is shown. */
export interface ProfileReportOptions {
  /** Show the derivation of every figure too. */
  explain?: boolean;
}

/** What a replica can do, on a page of 100 columns. */
export function profileReport(
  result: ProfileResult | UnfitResult | ManualProfileResult | PythonProfileResult,
  { explain = false }: ProfileReportOptions = {},
): string {
  if (result.status === "does_not_fit") return unfitPage(result);
  const page = result.kind === "python" ? pythonPage(result) : replicaPage(result);
  const steps = explain && result.kind !== "python" ? ["", ...stepLines(result.steps, WIDTH)] : [];
  return [...page, ...steps].join("\n");
}

function line(label: string, words: string): string[] {
  return paragraph(colours.dim(label), words, INDENT, WIDTH);
}

function unfitPage({ name, reason, nearest, weight_bytes_per_gpu, memory_for_model_bytes }: UnfitResult): string {
  const weights = `weights take ${gib(weight_bytes_per_gpu)} of the ${gib(memory_for_model_bytes)} of a GPU that may be filled`;
  return [
    colours.bold(name),
    "",
    ...line("no fit", reason),
    ...line("memory", weights),
    ...line(
      "nearest",
      nearest ? `${changeWords(nearest)} would fit` : "no group of up to 64 GPUs of this kind fits it",
    ),
  ].join("\n");
}

/** The whole replica that would fit. */
function changeWords({ tp, pp, dtype }: NearestFit): string {
  return [`--tp ${tp}`, ...(pp > 1 ? [`--pp ${pp}`] : []), `--dtype ${dtype}`].join(" ");
}

function replicaPage(result: ProfileResult | ManualProfileResult): string[] {
  return [
    title(result),
    "",
    ...line("iteration", iterationWords(result)),
    ...(result.kind === "computed" ? line("", lineWords(result)) : []),
    ...line("memory", memoryWords(result)),
    ...(result.kind === "computed" ? [] : line("power", powerWords(result.power))),
    ...line("slots", slotWords(result.n_slots)),
    "",
    ...columnTable(PREFILL, result.prefill, WIDTH),
    ...(result.kind === "computed" ? decodeTable(result) : []),
    "",
    ...(result.kind === "computed" ? line("power", powerWords(result.power)) : []),
    ...provenanceLines(result),
    ...("note" in result && result.note !== undefined ? line("note", result.note) : []),
  ];
}

function title(result: ProfileResult | ManualProfileResult | PythonProfileResult): string {
  const { name, gpus_per_replica: gpus, cost_per_hr: cost } = result;
  const price = cost > 0 ? `, ${dollars(cost)} an hour` : ", not priced";
  const what = `${counted(gpus, "GPU")} a replica${price}`;
  const blanks = WIDTH - name.length - what.length;
  return colours.bold(name) + (blanks < 2 ? "\n" : " ".repeat(blanks)) + colours.dim(what);
}

interface StepTerms {
  W_s: number;
  H_s: number;
  calibration_ctx: number;
  per_sequence_s: number;
  per_context_token_s: number;
}

function iterationWords(terms: StepTerms): string {
  const { W_s, H_s, calibration_ctx, per_sequence_s, per_context_token_s } = terms;
  const each = `${significant(per_sequence_s * 1e6)} us + context x ${significant(per_context_token_s * 1e9)} ns`;
  const whole = `W ${significant(W_s * MS)} ms + n x (${each})`;
  return `${whole}; H ${significant(H_s * MS)} ms for a sequence of ${count(calibration_ctx)} tokens`;
}

function lineWords({ line: { mean, largest, from_batch: from } }: ProfileResult): string {
  const range = from > 1 ? `from ${from} sequences on` : "over all batches";
  return `${range} off by ${percent(mean)} on average, at most ${percent(largest)}`;
}

function memoryWords(result: ProfileResult | ManualProfileResult): string {
  const { total_kv_blks: blocks, blk_size: size, kv_tokens: tokens } = result;
  const kv = `${count(blocks)} KV blocks of ${counted(size, "token")} = ${count(tokens)} tokens`;
  if (result.kind === "manual") return `${kv}; at most ${counted(result.max_slots, "sequence")} at once`;
  const weights = `weights ${gib(result.weight_bytes_per_gpu)} a GPU`;
  return `${weights}; ${kv} of ${significant(result.kv_bytes_per_token / KIB)} KiB in all`;
}

function gib(bytes: number): string {
  return `${significant(bytes / GIB)} GiB`;
}

function powerWords(power: PowerFigures | null): string {
  if (!power) return "nothing is known of it";
  const last = power.points.at(-1);
  const full = last ? `, ${watts(last.replica_w)} with ${counted(last.n_active, "sequence")}` : "";
  return `a replica draws ${watts(power.idle_w.replica)} idle${full}; quality ${power.quality}: ${power.source}`;
}

function watts(value: number): string {
  return value >= 1e4 ? `${significant(value / 1e3)} kW` : `${count(value)} W`;
}

function slotWords(slots: Readonly<Record<string, number>>): string {
  return Object.entries(slots)
    .map(([context, requests]) => `${count(Number(context))} tokens: ${count(requests)}`)
    .join(", ");
}

const PREFILL: Column<PrefillFigure>[] = [
  { title: "prompt tokens", cell: ({ prompt_tokens: tokens }) => count(tokens) },
  { title: "prefill ms", cell: ({ seconds }) => significant(seconds * MS) },
  { title: "tokens/s", cell: ({ tokens_per_s: rate }) => count(rate) },
  { title: "MFU", cell: ({ mfu }) => (mfu === null ? NONE : percent(mfu)) },
];

const DECODE: Column<DecodeEfficiency>[] = [
  { title: "sequences", cell: ({ n_active: n }) => count(n) },
  { title: "decode ms", cell: ({ iteration_s: seconds }) => significant(seconds * MS) },
  { title: "tokens/s", cell: ({ tokens_per_s: rate }) => count(rate) },
  { title: "FLOP/byte", cell: ({ intensity }) => significant(intensity), rank: 1 },
  { title: "bound", cell: ({ bound }) => bound, rank: 2 },
  { title: "MFU", cell: ({ mfu }) => percent(mfu) },
  { title: "MBU", cell: ({ mbu }) => percent(mbu) },
  { title: "power", cell: ({ power_w: power }) => watts(power) },
  { title: "tokens/J", cell: ({ tokens_per_watt: tokens }) => significant(tokens) },
];

function decodeTable({ decode_efficiency: points, calibration_ctx: context }: ProfileResult): string[] {
  if (points.length === 0) return ["", ...line("decode", `no sequence of ${count(context)} tokens fits`)];
  return ["", colours.dim(`sequences of ${count(context)} tokens:`), ...columnTable(DECODE, points, WIDTH)];
}

function provenanceLines({ provenance }: ProfileResult | ManualProfileResult): string[] {
  return (["measured", "borrowed", "assumed"] as const).flatMap((kind) =>
    provenance[kind].length === 0 ? [] : line(kind, provenance[kind].join("; ")),
  );
}

function pythonPage(result: PythonProfileResult): string[] {
  const { W_s, H_s, calibration_ctx: context, total_kv_blks: blocks, blk_size: size } = result;
  const terms = `W ${significant(W_s * MS)} ms, H ${significant(H_s * MS)} ms for a sequence of ${count(context)} tokens`;
  return [
    title(result),
    "",
    ...line("iteration", terms),
    ...line("memory", `${count(blocks)} KV blocks of ${counted(size, "token")}`),
    ...line("slots", slotWords(result.n_slots)),
    ...line(
      "note",
      "formulas, catalogs and faults of the Python tool 0.1.0, for comparison alone: a replica gets the KV memory of one GPU, and its watts are those of one",
    ),
  ];
}

import type { HardwareListing, ModelDerived, ModelListing } from "../planners/catalog.js";
import type { WrittenEntry, WrittenFigure } from "../specs/catalog-writer.js";
import { columnTable, type Column } from "./column-table.js";
import { paragraph } from "./paragraph.js";
import { count, dollars, NONE, significant } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
/** Where sources begin. */
const SOURCE_COLUMN = 38;
const LABEL_WIDTH = 20;
const GIB = 2 ** 30;
const KIB = 1024;

type Value = WrittenFigure["value"];

/** All GPUs as a table. */
export function hardwareReport({ hardware }: HardwareListing): string {
  const per =
    (key: string, unit: number): Column<WrittenEntry>["cell"] =>
    (entry) => {
      const value = valueOf(entry, key);
      return typeof value === "number" ? significant(value / unit) : NONE;
    };
  const columns: Column<WrittenEntry>[] = [
    { title: "GPU", cell: ({ name }) => name },
    { title: "GiB", cell: per("memory_bytes", GIB) },
    { title: "TB/s", cell: per("memory_bandwidth", 1e12) },
    { title: "bf16", cell: per("peak_bf16_flops", 1e12) },
    { title: "fp8", cell: per("peak_fp8_flops", 1e12) },
    { title: "fp4", cell: per("peak_fp4_flops", 1e12) },
    { title: "link GB/s", cell: per("link_bandwidth", 1e9), rank: 2 },
    { title: "W", cell: (entry) => counted(valueOf(entry, "tdp_w")) },
    { title: "$/h", cell: (entry) => price(valueOf(entry, "cost_per_hr")), rank: 3 },
    { title: "kernels", cell: kernels, rank: 1 },
  ];
  return [
    ...columnTable(columns, hardware, WIDTH),
    "",
    ...paragraph(
      "bf16, fp8, fp4:",
      "dense peaks, TFLOP/s. kernels: those that were measured, its own or those of another GPU. `vllm-sr-sim hardware NAME` shows every figure of one with its source.",
      0,
      WIDTH,
    ),
  ].join("\n");
}

/** All models as a table. */
export function modelsReport({ models, derived }: ModelListing): string {
  const of = (read: (figures: ModelDerived) => string): Column<WrittenEntry>["cell"] => {
    return ({ name }) => read(derived[name]!);
  };
  const columns: Column<WrittenEntry>[] = [
    { title: "model", cell: ({ name }) => name },
    { title: "B", cell: of(({ parameters }) => significant(parameters / 1e9)) },
    { title: "active B", cell: of((figures) => significant(figures.active_parameters / 1e9)) },
    { title: "layers", cell: (entry) => String(valueOf(entry, "layers")), rank: 2 },
    { title: "experts", cell: experts, rank: 4 },
    { title: "KV KiB/token", cell: of((figures) => significant(figures.kv_bytes_per_token / KIB)) },
    { title: "window", cell: (entry) => counted(valueOf(entry, "sliding_window")), rank: 1 },
    { title: "weights", cell: (entry) => String(valueOf(entry, "weight_dtype") ?? "bf16"), rank: 5 },
    { title: "context", cell: (entry) => counted(valueOf(entry, "max_context")), rank: 3 },
  ];
  return [
    ...columnTable(columns, models, WIDTH),
    "",
    ...paragraph(
      "active:",
      "parameters that a token passes through, embeddings and output projection included. KV: keys and values of a token in bf16, all layers. window: tokens that some layers see at most. `vllm-sr-sim models NAME` shows every figure of one with its source; in place of NAME the path of a config.json, or owner/name of one on huggingface.co.",
      0,
      WIDTH,
    ),
  ].join("\n");
}

/** One GPU: each figure with its source. */
export function hardwareEntryReport({ hardware }: HardwareListing): string {
  const entry = hardware[0]!;
  const measured = valueOf(entry, "measured_as");
  const note =
    measured === entry.name
      ? []
      : [
          "",
          ...paragraph(
            "note",
            `no kernel of it was measured: times are by those of ${String(measured)}, scaled to its peaks.`,
            LABEL_WIDTH,
            WIDTH,
          ),
        ];
  return [...heading(entry), ...figureLines(entry, hardwareValue), ...note].join("\n");
}

/** One model: each figure with its source, and what follows from them. */
export function modelEntryReport({ models, derived }: ModelListing): string {
  const entry = models[0]!;
  const { parameters, active_parameters, kv_bytes_per_token } = derived[entry.name]!;
  const common = mostlyFrom(entry);
  const all = `${significant(parameters / 1e9)} B`;
  const passed = `${significant(active_parameters / 1e9)} B`;
  const window = valueOf(entry, "sliding_window");
  const kept = `${count(kv_bytes_per_token)} bytes a token in bf16`;
  const lines: readonly [string, string][] = [
    ["parameters", active_parameters < parameters ? `${all}, of which a token passes through ${passed}` : all],
    [
      "keys and values",
      window === undefined
        ? kept
        : `${kept}; ${String(valueOf(entry, "windowed_layers"))} of ${String(valueOf(entry, "layers"))} layers keep the last ${counted(window)} tokens alone`,
    ],
  ];
  return [
    ...heading(entry),
    ...lines.flatMap(([label, words]) => paragraph(label, words, LABEL_WIDTH, WIDTH)),
    ...paragraph("figures", `${common} (where nothing else is said)`, LABEL_WIDTH, WIDTH),
    "",
    ...figureLines(entry, modelValue, common),
  ].join("\n");
}

function heading({ name, aliases }: WrittenEntry): string[] {
  const others = aliases.length === 0 ? [] : paragraph("also", aliases.join(", "), LABEL_WIDTH, WIDTH);
  return [name, ...others, ""];
}

/** The beginning that the sources of most figures share: a configuration, before its keys. */
function mostlyFrom(entry: WrittenEntry): string {
  const counts = new Map<string, number>();
  for (const figure of Object.values(entry)) {
    if (typeof figure !== "object" || !("value" in figure)) continue;
    const origin = figure.source.split(KEY_MARK)[0]!;
    counts.set(origin, (counts.get(origin) ?? 0) + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), ["", 0])[0];
}

/** Before the key of a configuration that a figure is from. */
const KEY_MARK = ": ";

function figureLines(entry: WrittenEntry, show: (key: string, value: Value) => string, common?: string): string[] {
  return Object.entries(entry).flatMap(([key, figure]) => {
    if (typeof figure !== "object" || !("value" in figure)) return [];
    const label = `${key.padEnd(LABEL_WIDTH)}${show(key, figure.value)}`;
    const isCommon = common !== undefined && figure.source.startsWith(common);
    const source = isCommon ? figure.source.slice(common.length + KEY_MARK.length) : figure.source;
    return paragraph(label, source, SOURCE_COLUMN, WIDTH);
  });
}

const UNITS: Readonly<Record<string, readonly [unit: number, name: string]>> = {
  peak_bf16_flops: [1e12, "TFLOP/s"],
  peak_fp8_flops: [1e12, "TFLOP/s"],
  peak_fp4_flops: [1e12, "TFLOP/s"],
  memory_bytes: [GIB, "GiB"],
  memory_bandwidth: [1e9, "GB/s"],
  link_bandwidth: [1e9, "GB/s"],
  tdp_w: [1, "W"],
  idle_w: [1, "W"],
};

function hardwareValue(key: string, value: Value): string {
  if (typeof value !== "number") return String(value);
  if (key === "cost_per_hr") return `${price(value)} an hour`;
  const [unit, name] = UNITS[key]!;
  return `${digits(value / unit)} ${name}`;
}

function modelValue(_key: string, value: Value): string {
  return typeof value === "number" ? count(value) : String(value);
}

/** Four digits tell apart what data sheets tell apart. */
function digits(value: number): string {
  return value >= 1000 ? count(value) : String(Number(value.toPrecision(5)));
}

function price(value: Value | undefined): string {
  return typeof value === "number" && value > 0 ? dollars(value) : NONE;
}

function kernels(entry: WrittenEntry): string {
  const measured = valueOf(entry, "measured_as");
  return measured === entry.name ? "own" : `of ${String(measured)}`;
}

function experts(entry: WrittenEntry): string {
  const all = valueOf(entry, "experts");
  return typeof all === "number" && all > 0 ? `${String(valueOf(entry, "top_k"))} of ${all}` : NONE;
}

function counted(value: Value | undefined): string {
  return typeof value === "number" ? count(value) : NONE;
}

function valueOf(entry: WrittenEntry, key: string): Value | undefined {
  const figure = entry[key];
  return typeof figure === "object" && "value" in figure ? figure.value : undefined;
}

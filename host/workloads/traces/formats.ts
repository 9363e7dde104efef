/**
 * The known trace formats: which column holds what. Described in the order in which they are tried, the more special first.
 */
import type { ArrivalUnit, ColumnNames, FieldMap, TraceFormat } from "./trace-source.js";
import { quoted } from "./rows/unusable-rows.js";
import { InputError } from "../../specs/input-error.js";

/** Which columns (CSV) or keys (JSONL) hold what. Where several names are given, the first that is present counts. */
export interface TraceLayout {
  format: TraceFormat;
  /** Empty: the format has no arrival times. */
  arrival: readonly string[];
  input: readonly string[];
  output: readonly string[];
  label: readonly string[];
  category: readonly string[];
  /** In JSON an object may lack it: its priority is 0. */
  priority: readonly string[];
  /** Prompt block ids; JSONL only. */
  blocks?: string;
  /** Tokens in a prompt block, unless the caller says otherwise. */
  blockSize?: number;
  /** Other columns that must be present for a file to be taken for this format; where it is given, for a CSV file to be read. */
  marks: readonly string[];
  /** Unit of a numeric arrival. */
  arrivalUnit: ArrivalUnit;
  /** Category of rows for which no column gives one. */
  defaultCategory: string;
  /** Whether an output of zero tokens marks a failed request. */
  zeroOutputFailed: boolean;
  notes: readonly string[];
}

type Difference = Pick<TraceLayout, "format" | "input" | "output"> & Partial<TraceLayout>;

function layout(difference: Difference): TraceLayout {
  return {
    arrival: [],
    label: [],
    category: [],
    priority: ["priority"],
    marks: [],
    arrivalUnit: "s",
    defaultCategory: "",
    zeroOutputFailed: false,
    notes: [],
    ...difference,
  };
}

/** Azure/AzurePublicDataset. 2023 and 2024 differ in the stamps only: see {@link refineAzure}. */
const AZURE = {
  arrival: ["TIMESTAMP"],
  input: ["ContextTokens"],
  output: ["GeneratedTokens"],
  defaultCategory: "prose",
};
/** vllm-project/semantic-router, and the names that its tools also take. */
const SEMANTIC_ROUTER = {
  arrival: ["timestamp", "time"],
  input: ["prompt_tokens", "l_in"],
  output: ["generated_tokens", "l_out"],
  label: ["selected_model", "x_vsr_selected_model", "model", "routed_to", "model_id"],
  category: ["category"],
};
const SPLITWISE = { arrival: ["arrival_timestamp"], input: ["prompt_size"], output: ["token_size"] };
const VIDUR_LENGTHS = { input: ["num_prefill_tokens"], output: ["num_decode_tokens"] };

export const LAYOUTS: readonly TraceLayout[] = [
  layout({
    format: "azure-2025",
    ...AZURE,
    marks: ["NumImages"],
    notes: ["NumImages is not used: ContextTokens is taken for the whole prompt."],
  }),
  layout({ format: "azure-2023", ...AZURE }),
  layout({ format: "azure-2024", ...AZURE }),
  layout({
    format: "burstgpt",
    arrival: ["Timestamp"],
    input: ["Request tokens"],
    output: ["Response tokens"],
    label: ["Model"],
    category: ["Log Type"],
    zeroOutputFailed: true,
  }),
  layout({ format: "vidur", arrival: ["arrived_at"], ...VIDUR_LENGTHS }),
  // The names that the Python tool's own "splitwise" format has.
  layout({ format: "splitwise", arrival: ["timestamp"], ...VIDUR_LENGTHS, defaultCategory: "prose" }),
  layout({ format: "sageserve", ...SPLITWISE, label: ["model_type"], marks: ["client_tenant"] }),
  layout({ format: "splitwise", ...SPLITWISE, defaultCategory: "prose" }),
  layout({
    format: "qwen-bailian",
    arrival: ["timestamp"],
    input: ["input_length"],
    output: ["output_length"],
    category: ["type"],
    blocks: "hash_ids",
    blockSize: 16,
    marks: ["chat_id"],
  }),
  layout({
    format: "mooncake",
    arrival: ["timestamp"],
    input: ["input_length"],
    output: ["output_length"],
    blocks: "hash_ids",
    blockSize: 512,
    arrivalUnit: "ms",
  }),
  layout({ format: "semantic-router", ...SEMANTIC_ROUTER }),
  layout({
    format: "per-request",
    arrival: ["arrival_s"],
    input: ["input_tokens"],
    output: ["output_tokens"],
    label: ["label"],
    category: ["category"],
  }),
  layout({ format: "vidur-lengths", ...VIDUR_LENGTHS }),
];

/** The names of all formats, for messages. */
export const FORMAT_NAMES: readonly string[] = [...new Set(LAYOUTS.map(({ format }) => format)), "columns"];

/**
 * The layout that `columns` describes. A CSV file must have every column that is named.
 *
 * @throws InputError if two fields are to be read from one column.
 */
export function layoutOfColumns(columns: ColumnNames, arrivalUnit: ArrivalUnit): TraceLayout {
  refuseSharedColumn(columns);
  const [label, category, priority] = [listed(columns.label), listed(columns.category), listed(columns.priority)];
  return layout({
    format: "columns",
    arrival: listed(columns.arrival),
    input: [columns.input],
    output: [columns.output],
    label,
    category,
    priority,
    marks: [...label, ...category, ...priority],
    arrivalUnit,
  });
}

function refuseSharedColumn(columns: ColumnNames): void {
  const fields = new Map<string, string>();
  for (const [field, column] of Object.entries(columns) as [string, string | undefined][]) {
    const other = column === undefined ? undefined : fields.get(column);
    if (other !== undefined) {
      throw new InputError(`columns: ${other} and ${field} both name ${quoted(column!)}; a column holds one of them.`);
    }
    if (column !== undefined) fields.set(column, field);
  }
}

/** The semantic-router layout with some fields under other names. */
export function layoutOfFieldMap(map: FieldMap): TraceLayout {
  const renamed = (name: string | undefined, usual: readonly string[]) => (name === undefined ? usual : [name]);
  return layout({
    format: "semantic-router",
    arrival: renamed(map.timestamp, SEMANTIC_ROUTER.arrival),
    input: renamed(map.l_in, SEMANTIC_ROUTER.input),
    output: renamed(map.l_out, SEMANTIC_ROUTER.output),
    label: renamed(map.model_id, SEMANTIC_ROUTER.label),
    category: renamed(map.category, SEMANTIC_ROUTER.category),
  });
}

/** The names of which one must be present, for each field that a row cannot do without; those that `present` lacks. */
export function missingFields(wanted: TraceLayout, present: ReadonlySet<string>): string[] {
  const required = [wanted.arrival, wanted.input, wanted.output, ...wanted.marks.map((mark) => [mark])];
  if (wanted.blocks !== undefined) required.push([wanted.blocks]);
  return required
    .filter((names) => names.length > 0 && !names.some((name) => present.has(name)))
    .map((names) => names.join(" or "));
}

function listed(name: string | undefined): readonly string[] {
  return name === undefined ? [] : [name];
}

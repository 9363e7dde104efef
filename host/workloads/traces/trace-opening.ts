/**
 * Recognises the format of a trace by its first lines.
 */
import { columnsOf, delimiterOf, type CsvColumns } from "./csv/csv-columns.js";
import { cutRecord } from "./csv/csv-record.js";
import {
  FORMAT_NAMES,
  LAYOUTS,
  layoutOfColumns,
  layoutOfFieldMap,
  missingFields,
  type TraceLayout,
} from "./formats.js";
import { isObject } from "./jsonl/jsonl-scanner.js";
import type { LineReader } from "./bytes/line-reader.js";
import type { ArrivalKind } from "./rows/row-intake.js";
import { hasUtcOffset, looksLikeStamp } from "./clock/stamp-clock.js";
import type { TraceOptions, UnusableReason } from "./trace-source.js";
import { quoted, type UnusableRows } from "./rows/unusable-rows.js";
import { InputError } from "../../specs/input-error.js";

const LF = 10;
/** Most leading lines of a JSONL file that may be no object. */
const MOST_LEADING_FAULTS = 1000;
/** Most names of columns that a message lists. */
const MOST_NAMES_SHOWN = 20;

const decoder = new TextDecoder();

/** What the first lines say. */
export interface TraceOpening {
  layout: TraceLayout;
  arrivalKind: ArrivalKind;
  /** Present for CSV; JSONL otherwise. */
  csv?: CsvColumns;
}

/**
 * Reads as far as needed to know the format: past the header of a CSV file, up to the first object of a JSONL file.
 *
 * @throws InputError nothing in the file, no known format, columns missing, no arrival times.
 */
export async function readOpening(
  lines: LineReader,
  options: TraceOptions,
  name: string,
  unusable: UnusableRows,
): Promise<TraceOpening> {
  const first = await peekLine(lines);
  if (first === undefined) throw new InputError(`${name}: is empty; a trace has a header and rows, or lines of JSON.`);
  if (/^\s*[{[]/.test(first)) return readJsonOpening(lines, options, name, unusable);
  return readCsvOpening(lines, options, name);
}

async function readCsvOpening(lines: LineReader, options: TraceOptions, name: string): Promise<TraceOpening> {
  const { names, delimiter } = await readHeader(lines, name);
  const layout = layoutFor(names, options, `${name}:${lines.line}: the columns`, "csv");
  refuseArrivalless(layout, options, name);
  if ((await peekLine(lines)) === undefined) throw new InputError(`${name}: has a header but no rows.`);
  const columns = columnsOf(names, delimiter, layout);
  const stamp = await firstArrival(lines, columns);
  return { layout: refineAzure(layout, options, stamp), arrivalKind: arrivalKindOf(layout, stamp), csv: columns };
}

async function readHeader(lines: LineReader, name: string): Promise<{ names: string[]; delimiter: string }> {
  const delimiter = delimiterOf((await peekLine(lines))!);
  const header = await peekRecord(lines, delimiter);
  if (typeof header === "string")
    throw new InputError(`${name}:${lines.line + 1}: the header has quotes that do not pair up.`);
  lines.at = header.next;
  lines.line += header.lines;
  return { names: header.texts.map((text) => text.trim()), delimiter };
}

/** The arrival field of the first row, if there is one. */
async function firstArrival(lines: LineReader, columns: CsvColumns): Promise<string> {
  const record = await peekRecord(lines, columns.delimiter);
  const index = columns.roles.indexOf("arrival");
  return typeof record === "string" ? "" : (record.texts[index] ?? "");
}

async function peekRecord(
  lines: LineReader,
  delimiter: string,
): Promise<Exclude<ReturnType<typeof cutRecord>, "incomplete">> {
  for (;;) {
    const record = cutRecord(lines.bytes, lines.at, delimiter.charCodeAt(0));
    if (record !== "incomplete") return record;
    if (!(await lines.more())) return "malformed";
  }
}

async function readJsonOpening(
  lines: LineReader,
  options: TraceOptions,
  name: string,
  unusable: UnusableRows,
): Promise<TraceOpening> {
  for (let line = await peekLine(lines); line !== undefined; line = await peekLine(lines)) {
    const parsed = parseJson(line);
    if (isObject(parsed)) return jsonOpening(parsed, options, `${name}:${lines.line + 1}: the keys`, name);
    if (parsed === undefined && unusable.count === 0 && line.trimStart().startsWith("[")) {
      throw new InputError(
        `${name}: begins as one JSON array; a trace has one object a line (jq -c ".[]" makes them).`,
      );
    }
    lines.at = lines.bytes.indexOf(LF, lines.at) + 1;
    lines.line++;
    const reason: UnusableReason = parsed === undefined ? "not_json" : "not_an_object";
    unusable.add(0, { line: lines.line, reason, value: line });
    if (unusable.count >= MOST_LEADING_FAULTS) break;
  }
  unusable.judge(0);
  throw new InputError(`${name}: has no JSON object in its first ${unusable.count} lines.`);
}

function jsonOpening(
  object: Record<string, unknown>,
  options: TraceOptions,
  where: string,
  name: string,
): TraceOpening {
  const layout = layoutFor(Object.keys(object), options, where, "jsonl");
  refuseArrivalless(layout, options, name);
  const arrival = layout.arrival.map((key) => object[key]).find((value) => typeof value === "string");
  return { layout, arrivalKind: arrivalKindOf(layout, arrival ?? "") };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The first line that is not blank, left unread; `undefined` at the end. */
async function peekLine(lines: LineReader): Promise<string | undefined> {
  for (;;) {
    while (lines.at < lines.bytes.length) {
      const end = lines.bytes.indexOf(LF, lines.at);
      const text = decoder.decode(lines.bytes.subarray(lines.at, end));
      if (text.trim() !== "") return text;
      lines.at = end + 1;
      lines.line++;
    }
    if (!(await lines.more())) return undefined;
  }
}

/** The layout that the caller names, or else the first that these columns or keys fit. */
function layoutFor(
  names: readonly string[],
  options: TraceOptions,
  where: string,
  syntax: "csv" | "jsonl",
): TraceLayout {
  const present = new Set(names);
  const candidates = candidatesOf(options);
  const fits = (layout: TraceLayout) =>
    missingFields(layout, present).length === 0 && (layout.blocks === undefined || syntax === "jsonl");
  // The keys of the first object need not be those of all: where the format is given, rows are judged one by one.
  const isGiven = options.format !== undefined || options.columns !== undefined || options.fieldMap !== undefined;
  const layout = candidates.find(fits) ?? (isGiven && syntax === "jsonl" ? candidates[0] : undefined);
  if (layout) return layout;
  const list =
    names.slice(0, MOST_NAMES_SHOWN).map(quoted).join(", ") + (names.length > MOST_NAMES_SHOWN ? ", ..." : "");
  if (isGiven) {
    const missing = missingFields(candidates[0]!, present).map(quoted).join(", ");
    const lack = missing === "" ? "cannot hold prompt blocks (JSONL does)" : `lack ${missing}`;
    throw new InputError(`${where} ${lack}, which the format ${candidates[0]!.format} needs; found are ${list}.`);
  }
  const chunk = names.length === 6 && names.every((text, i) => i === 3 || text === String(Number(text)));
  const hint = chunk
    ? "this looks like a part of a ServeGen folder: give the folder"
    : "say which are arrival, input and output";
  throw new InputError(`${where} ${list} are those of no known trace format; ${hint}.`);
}

function candidatesOf({ format, columns, arrivalUnit, fieldMap }: TraceOptions): readonly TraceLayout[] {
  if (columns) return [layoutOfColumns(columns, arrivalUnit ?? "s")];
  if (fieldMap) return [layoutOfFieldMap(fieldMap)];
  if (format === undefined) return LAYOUTS;
  const candidates = LAYOUTS.filter((layout) => layout.format === format);
  if (candidates.length > 0) return candidates;
  const known = FORMAT_NAMES.join(", ");
  throw new InputError(
    format === "columns"
      ? "format columns: name the columns of arrival, input and output as well."
      : `format ${quoted(format)}: is none of ${known}.`,
  );
}

function refuseArrivalless(layout: TraceLayout, { arrivalless }: TraceOptions, name: string): void {
  if (layout.arrival.length > 0 || arrivalless === true) return;
  throw new InputError(
    `${name}: has lengths but no arrival times; it can be played only at a rate that draws them (--rate).`,
  );
}

function arrivalKindOf(layout: TraceLayout, firstArrival: string): ArrivalKind {
  if (layout.arrival.length === 0) return "none";
  const isNumber = /^\s*[+-]?\d*\.?\d+\s*$/.test(firstArrival);
  const isStamp = looksLikeStamp(firstArrival) || (layout.format.startsWith("azure") && !isNumber);
  return isStamp ? "stamp" : "decimal";
}

/** Azure's files of 2023 and 2024 differ in the stamps only: those of 2024 have an offset from UTC. */
function refineAzure(layout: TraceLayout, { format }: TraceOptions, firstArrival: string): TraceLayout {
  if (format !== undefined || layout.format !== "azure-2023" || !hasUtcOffset(firstArrival)) return layout;
  return { ...layout, format: "azure-2024" };
}

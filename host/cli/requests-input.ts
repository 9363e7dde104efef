/** The flags of commands that take a trace or a workload, and what they mean to the library. */
import { type Command, Option } from "commander";
import { MAX_CV, MAX_RATE_RPS, MAX_REQUESTS } from "../planners/draw-limits.js";
import { DEFAULT_DRAWN_REQUESTS, type RequestOptions } from "../planners/request-options.js";
import type { TraceInput } from "../planners/trace-input.js";
import { InputError } from "../specs/input-error.js";
import type { ArrivalProcess } from "../workloads/models.js";
import { readTraceFile } from "../workloads/traces/bytes/file-bytes.js";
import { FORMAT_NAMES } from "../workloads/traces/formats.js";
import type { ArrivalUnit, ColumnNames, FieldMap, TraceFormat } from "../workloads/traces/trace-source.js";
import { number, oneOf, pairs, share, wholeNumber } from "./flags.js";

/** Flags that say what is drawn from a workload. */
export interface DrawFlags {
  cdf?: string;
  rate?: number;
  n?: number;
  arrivals?: ArrivalProcess["type"];
  cv?: number;
  inputShare?: number;
}

/** Flags that say how a trace is read. */
export interface ReadFlags {
  format?: TraceFormat;
  columns?: Partial<Record<keyof ColumnNames, string>>;
  arrivalUnit?: ArrivalUnit;
  fieldMap?: FieldMap;
  blockSize?: number;
  spreadTicks?: boolean;
  maxUnusable?: number;
}

/** Flags that change a trace before it is used. */
export interface ChangeFlags {
  from?: number;
  to?: number;
  repeat?: number;
  scale?: number;
  speed?: number;
  limit?: number;
}

/** Flags of the commands that take requests, drawn or read from a trace, and may change them. */
export type RequestFlags = DrawFlags & ReadFlags & ChangeFlags;

/** What `[trace]` may be, for the help of commands that take one. */
export const TRACE_ARGUMENT =
  "a trace file (CSV or JSONL, plain or gzip), - for standard input, a ServeGen folder, a CDF file, or the name of a " +
  "built-in workload (a file of that name is ./NAME)";

/** Adds the flags of drawing. */
export function addDrawFlags(command: Command): Command {
  return command
    .optionsGroup("Drawing from a workload or a CDF:")
    .option("--cdf <file>", "CDF of total tokens to draw from, in place of a trace")
    .addOption(
      flag(
        "--rate <rps>",
        "mean arrival rate, requests/s (default: the workload's own); a trace gets new arrivals at this rate",
        number({ above: 0, atMost: MAX_RATE_RPS }),
      ),
    )
    .addOption(
      flag("--n <requests>", `requests to draw (default: ${DEFAULT_DRAWN_REQUESTS})`, wholeNumber(1, MAX_REQUESTS)),
    )
    .addOption(arrivalsFlag("poisson (default), gamma or deterministic"))
    .addOption(cvFlag())
    .addOption(
      flag(
        "--input-share <share>",
        "share of the tokens that is input, for a CDF of totals (default: 0.8)",
        number({ above: 0, atMost: 1 }),
      ),
    );
}

/** `--arrivals`. */
export function arrivalsFlag(description: string): Option {
  return flag("--arrivals <process>", description, oneOf(["poisson", "gamma", "deterministic"]));
}

/** `--cv`. */
export function cvFlag(): Option {
  return flag(
    "--cv <cv>",
    "gamma: coefficient of variation of the gaps; 1 is Poisson, more is burstier",
    number({ atLeast: 0, atMost: MAX_CV }),
  );
}

/** Adds the flags of reading a trace. */
export function addReadFlags(command: Command): Command {
  return command
    .optionsGroup("Reading a trace:")
    .addOption(
      flag("--format <name>", `override detection: ${FORMAT_NAMES.join(", ")}`, oneOf(FORMAT_NAMES as TraceFormat[])),
    )
    .addOption(
      flag(
        "--columns <names>",
        "columns of any other file: arrival=NAME,input=NAME,output=NAME[,label=NAME][,category=NAME][,priority=NAME]",
        pairs(["arrival", "input", "output", "label", "category", "priority"], ["input", "output"]),
      ),
    )
    .addOption(
      flag(
        "--arrival-unit <unit>",
        "unit of that arrival column: s (default), ms, us, ns",
        oneOf(["s", "ms", "us", "ns"]),
      ),
    )
    .addOption(
      flag(
        "--field-map <names>",
        "fields of a semantic-router trace under other names: timestamp=NAME,l_in=NAME,...",
        pairs(["timestamp", "l_in", "l_out", "model_id", "complexity", "category"]),
      ),
    )
    .addOption(
      flag("--block-size <tokens>", "tokens in a prompt block (default: that of the format)", wholeNumber(1, 2 ** 20)),
    )
    .option("--spread-ticks", "spread requests that share a time stamp evenly to the next one")
    .addOption(
      flag("--max-unusable <share>", "stop if more than this share of the rows is unusable (default: 0.01)", share()),
    );
}

/**
 * Adds the flags of changing a trace; the changes are made in the order in which the flags are listed.
 *
 * @param without Those that are not to be there.
 */
export function addChangeFlags(command: Command, without: readonly (keyof ChangeFlags)[] = []): Command {
  command.optionsGroup("Changing a trace, in this order:");
  for (const option of changeFlags()) {
    if (!without.some((name) => name === option.attributeName())) command.addOption(option);
  }
  return command;
}

function changeFlags(): Option[] {
  return [
    flag("--from <s>", "begin at this time of the trace, s after its first arrival", number({ atLeast: 0 })),
    flag("--to <s>", "end before this time of the trace, s", number({ above: 0 })),
    flag("--repeat <n>", "play it n times, one after the other", wholeNumber(1)),
    flag(
      "--scale <factor>",
      "multiply the rate: copies of each request nearby in time, or a part of them",
      number({ above: 0, atMost: 100_000 }),
    ),
    flag("--speed <factor>", "divide its times: 2 plays an hour in half an hour", number({ above: 0 })),
    flag("--limit <n>", "the first n requests of what has come of it", wholeNumber(1)),
  ];
}

/**
 * The input that argument and flags name.
 *
 * @throws InputError if there is none, or two.
 */
export function traceInput(argument: string | undefined, { cdf }: DrawFlags): TraceInput {
  if (cdf !== undefined && argument !== undefined) {
    throw new InputError(`--cdf ${cdf} takes the place of the trace ${argument}; give one of them.`);
  }
  if (cdf !== undefined) return { name: cdf, open: () => readTraceFile(cdf) };
  if (argument !== undefined) return argument;
  throw new InputError(`nothing to replay: give ${TRACE_ARGUMENT}, or --cdf FILE.`);
}

/**
 * The options that the flags stand for.
 *
 * @throws InputError if two of them contradict each other.
 */
export function requestOptions(flags: RequestFlags): RequestOptions {
  const arrivals = arrivalProcess(flags);
  return {
    ...(flags.cdf === undefined ? {} : { isCdf: true }),
    ...(flags.rate === undefined ? {} : { rateRps: flags.rate }),
    ...(flags.n === undefined ? {} : { count: flags.n }),
    ...(arrivals === undefined ? {} : { arrivals }),
    ...(flags.inputShare === undefined ? {} : { inputShare: flags.inputShare }),
    ...readingOptions(flags),
    ...(flags.from === undefined ? {} : { fromS: flags.from }),
    ...(flags.to === undefined ? {} : { toS: flags.to }),
    ...(flags.repeat === undefined ? {} : { repeat: flags.repeat }),
    ...(flags.scale === undefined ? {} : { scale: flags.scale }),
    ...(flags.speed === undefined ? {} : { speed: flags.speed }),
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
  };
}

/**
 * The process that `--arrivals` and `--cv` stand for, if any.
 *
 * @throws InputError if one of them is missing, or does not go with the other.
 */
export function arrivalProcess({ arrivals, cv }: Pick<DrawFlags, "arrivals" | "cv">): ArrivalProcess | undefined {
  const type = arrivals ?? (cv === undefined ? undefined : "gamma");
  if (type === "gamma") {
    if (cv === undefined)
      throw new InputError("--arrivals gamma needs --cv, the coefficient of variation of the gaps.");
    return { type, cv };
  }
  if (cv !== undefined) throw new InputError(`--cv belongs to --arrivals gamma; the arrivals are ${type}.`);
  return type === undefined ? undefined : { type };
}

/**
 * How a trace is read.
 *
 * @throws InputError if two flags contradict each other.
 */
export function readingOptions(
  flags: ReadFlags,
): Pick<
  RequestOptions,
  "format" | "columns" | "arrivalUnit" | "fieldMap" | "blockSize" | "spreadTicks" | "maxUnusableShare"
> {
  const { columns, format, fieldMap } = flags;
  if (columns !== undefined && ((format !== undefined && format !== "columns") || fieldMap !== undefined)) {
    throw new InputError(
      `--columns describes a file of no known format; ${fieldMap ? "--field-map" : "--format"} names one.`,
    );
  }
  if (flags.arrivalUnit !== undefined && columns === undefined) {
    throw new InputError("--arrival-unit belongs to --columns; the known formats have units of their own.");
  }
  return {
    ...(format === undefined ? {} : { format }),
    ...(columns === undefined ? {} : { columns: columns as ColumnNames }),
    ...(flags.arrivalUnit === undefined ? {} : { arrivalUnit: flags.arrivalUnit }),
    ...(fieldMap === undefined ? {} : { fieldMap }),
    ...(flags.blockSize === undefined ? {} : { blockSize: flags.blockSize }),
    ...(flags.spreadTicks === undefined ? {} : { spreadTicks: flags.spreadTicks }),
    ...(flags.maxUnusable === undefined ? {} : { maxUnusableShare: flags.maxUnusable }),
  };
}

function flag<Value>(syntax: string, description: string, parse: (text: string) => Value): Option {
  return new Option(syntax, description).argParser(parse);
}

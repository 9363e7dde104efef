import { InputError } from "../specs/input-error.js";
import { getBuiltinWorkload } from "../workloads/builtin/catalog.js";
import { cdfToModel, parseCdf } from "../workloads/cdf.js";
import type { WorkloadModel } from "../workloads/models.js";
import { openTrace } from "../workloads/traces/open-trace.js";
import { readServeGen } from "../workloads/traces/servegen/read-folder.js";
import { serveGenSource } from "../workloads/traces/servegen/servegen-source.js";
import { checkDrawn } from "./draw-limits.js";
import type { DrawnArrivals, DrawnRequests } from "./feed.js";
import type { ReplayRequests } from "./replay.js";
import { CHANGES, DEFAULT_DRAWN_REQUESTS, READING, refuse, type RequestOptions } from "./request-options.js";
import { beginsAsCdf, cdfText, locateInput, type LocatedInput, openBytes, type TraceInput } from "./trace-input.js";
import { replicationSeed, TraceRequests } from "./trace-requests.js";
import { summariseDrawn, type TraceSummary } from "./trace-summary.js";

/** Requests of a workload or a trace, ready to be played. */
export interface OpenedRequests {
  readonly requests: ReplayRequests;
  /** Whether they can be had but once, as from standard input. */
  readonly isReadOnce: boolean;
  /** What was drawn, or read so far. */
  summary(): TraceSummary;
}

/**
 * Turns what a user names (a trace, a CDF, a ServeGen folder, a workload) into requests that can be played.
 *
 * @param seed Of the draws that changes of a trace and ServeGen folders make.
 * @throws InputError if the input cannot be used, or an option has no meaning for it.
 */
export async function openRequests(input: TraceInput, options: RequestOptions, seed: number): Promise<OpenedRequests> {
  const located = await locateInput(input);
  switch (located.kind) {
    case "workload":
      return openWorkload(located, options);
    case "model":
      return openModel(located.model, options, []);
    case "folder":
      return openFolder(located.path, options, seed);
    case "bytes":
      return openBytesAs(located, options, seed);
  }
}

type Located<Kind extends LocatedInput["kind"]> = LocatedInput & { kind: Kind };

function openWorkload({ name, hasFile }: Located<"workload">, options: RequestOptions): OpenedRequests {
  const notes = hasFile ? [`This is the built-in workload; the file of the same name is ./${name}.`] : [];
  return openModel(getBuiltinWorkload(name), options, notes);
}

function openModel(model: WorkloadModel, options: RequestOptions, notes: readonly string[]): OpenedRequests {
  refuse(options, [...READING, ...CHANGES, "inputShare"], `${model.name}: is a workload to draw from, not a trace`);
  const rateRps = options.rateRps ?? model.nativeRateRps ?? (options.isClosedLoop ? 1 : undefined);
  if (rateRps === undefined)
    throw new InputError(`${model.name}: has no arrival rate of its own; --rate must give one.`);
  const { count = DEFAULT_DRAWN_REQUESTS, arrivals: process = { type: "poisson" } } = options;
  const { prefixes } = options;
  const drawn: DrawnRequests = { model, rateRps, count, process, ...(prefixes ? { prefixes } : {}) };
  checkDrawn(drawn);
  const ownNotes = [...notes, ...notesOnModel(model)];
  return { requests: { drawn }, isReadOnce: false, summary: () => summariseDrawn(drawn, ownNotes) };
}

function notesOnModel({ lengths: { inputShare } }: WorkloadModel): string[] {
  if (inputShare === undefined) return [];
  const percent = Number((100 * inputShare).toPrecision(3));
  return [
    `The workload knows total tokens alone: ${percent} % of every request is taken for input. Real splits vary; a trace has them.`,
  ];
}

async function openBytesAs(input: Located<"bytes">, options: RequestOptions, seed: number): Promise<OpenedRequests> {
  const { name } = input;
  const { beginning, all } = await openBytes(input.open());
  if (options.isCdf === true || beginsAsCdf(beginning)) {
    const { inputShare, ...others } = options;
    const points = parseCdf(await cdfText(all), name);
    return openModel(cdfToModel(points, name, inputShare === undefined ? {} : { inputShare }), others, []);
  }
  refuse(options, ["count", "inputShare", "prefixes"], `${name}: is a trace, not a workload to draw from`);
  const arrivals = newArrivals(options, name);
  const open = (bytes: AsyncIterable<Uint8Array>) =>
    openTrace(bytes, { ...options, name, arrivalless: arrivals !== undefined || options.isClosedLoop === true });
  return new TraceRequests({
    name,
    first: await open(all),
    ...(input.isReadOnce ? {} : { reopen: () => open(input.open()) }),
    ...(arrivals ? { arrivals } : {}),
    changes: options,
    seed,
  });
}

async function openFolder(path: string, options: RequestOptions, seed: number): Promise<OpenedRequests> {
  refuse(options, [...READING, "count", "inputShare", "prefixes", "isCdf"], `${path}: is a ServeGen folder`);
  const arrivals = newArrivals(options, path);
  const { fromS, toS, scale, ...others } = options;
  const { clients } = await readServeGen(path);
  const open = async (replication: number) =>
    serveGenSource(clients, {
      name: path,
      seed: replicationSeed(seed, replication),
      ...(fromS === undefined ? {} : { fromS }),
      ...(toS === undefined ? {} : { toS }),
      ...(scale === undefined ? {} : { rateScale: scale }),
    });
  return new TraceRequests({
    name: path,
    first: await open(0),
    reopen: open,
    ...(arrivals ? { arrivals } : {}),
    changes: others,
    asked: options,
    seed,
  });
}

/** The arrivals that a trace gets in place of its own, if any. */
function newArrivals(options: RequestOptions, name: string): DrawnArrivals | undefined {
  const { rateRps, arrivals } = options;
  if (rateRps === undefined) {
    refuse(options, ["arrivals"], `${name}: keeps its own arrivals unless --rate asks for new ones`);
    return undefined;
  }
  refuse(options, ["speed", "scale", "spreadTicks"], `${name}: gets new arrivals, drawn at --rate`);
  return { rateRps, process: arrivals ?? { type: "poisson" } };
}

/**
 * Draws requests from the clients of a ServeGen folder.
 */
import { windowLengthS, type ServeGenClient, type ServeGenLengths } from "./client.js";
import { ClientStream, type ClientStreamOptions, type RaisedLengths } from "./client-stream.js";
import { ArrivalHeap } from "../rows/arrival-heap.js";
import { RequestColumns } from "../rows/request-columns.js";
import type { TraceReport, TraceSource } from "../trace-source.js";
import { checkPositive, checkSeed } from "../transform/arguments.js";
import { InputError } from "../../../specs/input-error.js";
import { CHUNK_ROWS, type RequestChunk } from "../../requests.js";

export interface ServeGenOptions {
  /** Whole number, 0 .. 2^53 - 1. */
  seed: number;
  /** Part of the recorded time, seconds; default all of it. */
  fromS?: number;
  toS?: number;
  /** Every client's rate is multiplied by this. Default 1. */
  rateScale?: number;
  /** Lengths for clients that have none; without them such clients are refused. */
  fallbackLengths?: readonly ServeGenLengths[];
  /** How messages and the report call the source. Default `servegen`. */
  name?: string;
}

/** Most clients that a message lists. */
const MOST_LISTED = 5;

/**
 * The requests of all clients, merged by time and counted from `fromS`. Every client sends in each window a stationary renewal
 * process of the window's rate and gap distribution; lengths are drawn independently. A length of zero is raised to 1 token, and
 * the report says how often.
 *
 * Deterministic, on every platform: the same clients and seed give the same requests, and a part of the time the same as the
 * whole has there.
 *
 * @throws InputError an option is out of range; a client that sends in this time has no lengths.
 */
export function serveGenSource(clients: readonly ServeGenClient[], options: ServeGenOptions): TraceSource {
  const { seed, fromS = 0, rateScale = 1, fallbackLengths = [], name = "servegen" } = options;
  const endS = Math.max(0, ...clients.map((client) => client.windows.at(-1)!.startS + windowLengthS(client)));
  const toS = options.toS ?? endS;
  checkSeed(seed);
  checkPositive("rateScale", rateScale);
  if (!(fromS >= 0 && fromS < toS && toS <= endS)) {
    throw new InputError(`${name}: ${fromS} to ${toS} s is no part of the recorded time, 0 to ${endS} s.`);
  }
  if (fallbackLengths.length === 0) refuseWithoutLengths(clients, fromS, toS, name);
  return new ServeGenSource(name, clients, { seed, fromS, toS, rateScale, fallbackLengths });
}

function refuseWithoutLengths(clients: readonly ServeGenClient[], fromS: number, toS: number, name: string): void {
  const sends = (client: ServeGenClient) =>
    client.windows.some(({ startS, rateRps }) => rateRps > 0 && startS < toS && startS + windowLengthS(client) > fromS);
  const without = clients.filter((client) => client.lengths.length === 0 && sends(client)).map(({ id }) => id);
  if (without.length === 0) return;
  const list = without.slice(0, MOST_LISTED).join(", ") + (without.length > MOST_LISTED ? ", ..." : "");
  throw new InputError(
    `${name}: ${without.length} of ${clients.length} clients (${list}) have no lengths: their chunk-N-dataset.json is missing or ` +
      `empty; give other lengths for them.`,
  );
}

class ServeGenSource implements TraceSource {
  readonly labels: readonly string[] = [""];
  readonly categories: readonly string[] = [""];
  private started = false;
  private readonly raised: RaisedLengths = { inputs: 0, outputs: 0 };
  private readonly totals = { requests: 0, firstS: NaN, lastS: NaN, input: 0, output: 0 };

  constructor(
    private readonly name: string,
    private readonly clients: readonly ServeGenClient[],
    private readonly options: ClientStreamOptions,
  ) {}

  async *chunks(): AsyncGenerator<RequestChunk, void, undefined> {
    if (this.started) throw new Error("the chunks of a source can be read once");
    this.started = true;
    const heap = new ArrivalHeap<ClientStream>();
    for (const [place, client] of this.clients.entries()) {
      const stream = new ClientStream(client, place, this.options, this.raised);
      if (stream.next()) heap.push(stream);
    }
    const out = new RequestColumns(CHUNK_ROWS, false);
    for (let stream = heap.first; stream !== undefined; stream = heap.first) {
      this.take(stream, out);
      if (stream.next()) heap.firstMoved();
      else heap.dropFirst();
      if (out.isFull) {
        yield out.asChunk();
        out.clear();
      }
    }
    if (out.count > 0) yield out.asChunk();
  }

  report(): TraceReport {
    const { raised, totals } = this;
    const notes: string[] = [];
    if (raised.outputs > 0)
      notes.push(`${raised.outputs.toLocaleString("en-US")} outputs of zero tokens were raised to 1.`);
    if (raised.inputs > 0)
      notes.push(`${raised.inputs.toLocaleString("en-US")} inputs of zero tokens were raised to 1.`);
    const report: TraceReport = {
      name: this.name,
      format: "servegen",
      rows: totals.requests,
      used: totals.requests,
      unusableByReason: {},
      notes,
      spanS: totals.requests === 0 ? 0 : totals.lastS - totals.firstS,
      inputTokens: totals.input,
      outputTokens: totals.output,
    };
    if (totals.requests > 0) report.originS = this.options.fromS;
    return report;
  }

  private take(stream: ClientStream, out: RequestColumns): void {
    const { totals } = this;
    const arrivalS = stream.arrivalS - this.options.fromS;
    if (totals.requests === 0) totals.firstS = arrivalS;
    totals.requests++;
    totals.lastS = arrivalS;
    totals.input += stream.inputTokens;
    totals.output += stream.outputTokens;
    out.push(arrivalS, stream.inputTokens, stream.outputTokens, 0, 0);
  }
}

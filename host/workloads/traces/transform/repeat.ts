import { checkCount } from "./arguments.js";
import { NameMerge } from "./name-merge.js";
import { RequestColumns } from "../rows/request-columns.js";
import { CHUNK_ROWS, type RequestChunk, type RequestSource } from "../../requests.js";
import { InputError } from "../../../specs/input-error.js";

/**
 * Plays a source several times, one after the other. The first request of a round follows the last of the round before by the
 * mean gap of the source.
 *
 * @param open - Opens the source anew; called once a round, when the round begins.
 * @param times - At least 1.
 * @throws InputError if `times` is no whole number from 1; while reading, if a source to be repeated has only one request.
 */
export function repeat(open: () => Promise<RequestSource>, times: number): RequestSource {
  checkCount("repeat", times);
  const names = new NameMerge();
  return { labels: names.labels, categories: names.categories, chunks: () => rounds(open, times, names) };
}

async function* rounds(
  open: () => Promise<RequestSource>,
  times: number,
  names: NameMerge,
): AsyncGenerator<RequestChunk, void, undefined> {
  let startS: number | undefined;
  for (let round = 0; round < times; round++) {
    const { requests, firstS, lastS } = yield* oneRound(await open(), startS, names);
    if (requests === 0) return;
    if (requests === 1 && times > 1) throw new InputError("repeat: the source has only one request, so no mean gap.");
    startS = lastS + (lastS - firstS) / (requests - 1);
  }
}

interface Round {
  requests: number;
  firstS: number;
  lastS: number;
}

/** Plays a source so that its first request arrives at `startS`, or as it is. */
async function* oneRound(
  source: RequestSource,
  startS: number | undefined,
  names: NameMerge,
): AsyncGenerator<RequestChunk, Round, undefined> {
  const common = names.add(source);
  const played: Round = { requests: 0, firstS: 0, lastS: 0 };
  let shiftS = 0;
  let out: RequestColumns | undefined;
  for await (const chunk of source.chunks()) {
    common.update();
    out ??= new RequestColumns(CHUNK_ROWS, chunk.blocks !== undefined);
    out.clear();
    if (played.requests === 0) {
      shiftS = startS === undefined ? 0 : startS - chunk.arrivalS[0]!;
      played.firstS = chunk.arrivalS[0]! + shiftS;
    }
    for (let row = 0; row < chunk.count; row++) {
      const [label, category] = [common.labels[chunk.label[row]!]!, common.categories[chunk.category[row]!]!];
      out.copyRow(chunk, row, chunk.arrivalS[row]! + shiftS, label, category);
    }
    played.requests += chunk.count;
    played.lastS = out.arrival[out.count - 1]!;
    yield out.asChunk();
  }
  return played;
}

import { checkCount } from "./arguments.js";
import { NameMerge } from "./name-merge.js";
import type { RequestChunk, RequestSource } from "../../requests.js";
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
  let nextStartS: number | undefined;
  for (let round = 0; round < times; round++) {
    const source = await open();
    const rename = names.add(source);
    let requests = 0;
    let firstS = 0;
    let shiftS = 0;
    let lastS = 0;
    for await (const chunk of source.chunks()) {
      if (requests === 0) {
        firstS = chunk.arrivalS[0]!;
        shiftS = nextStartS === undefined ? 0 : nextStartS - firstS;
      }
      lastS = chunk.arrivalS[chunk.count - 1]!;
      requests += chunk.count;
      rename(chunk);
      if (shiftS !== 0) for (let row = 0; row < chunk.count; row++) chunk.arrivalS[row] = chunk.arrivalS[row]! + shiftS;
      yield chunk;
    }
    if (requests === 0) return;
    if (requests === 1 && times > 1) throw new InputError("repeat: the source has only one request, so no mean gap.");
    nextStartS = lastS + shiftS + (lastS - firstS) / (requests - 1);
  }
}

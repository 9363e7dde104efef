import { checkCount } from "./arguments.js";
import { withChunks } from "./pass-through.js";
import type { RequestChunk, RequestSource } from "../../requests.js";

/**
 * The first requests of a source; what lies behind is not read.
 *
 * @param requests - At least 1.
 * @throws InputError if `requests` is no whole number from 1.
 */
export function limit(source: RequestSource, requests: number): RequestSource {
  checkCount("limit", requests);
  return withChunks(source, () => firstRequests(source, requests));
}

async function* firstRequests(source: RequestSource, requests: number): AsyncGenerator<RequestChunk, void, undefined> {
  let left = requests;
  for await (const chunk of source.chunks()) {
    if (chunk.count >= left) {
      yield { ...chunk, count: left };
      return;
    }
    left -= chunk.count;
    yield chunk;
  }
}

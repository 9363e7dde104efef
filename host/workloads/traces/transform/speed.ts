import { checkPositive } from "./arguments.js";
import { withChunks } from "./pass-through.js";
import { CHUNK_ROWS, type RequestChunk, type RequestSource } from "../../requests.js";

/**
 * Plays a source faster or slower: arrivals are divided by `factor`, so the rate is multiplied by it and bursts become as much
 * denser. (To raise the rate and keep the bursts as they are, use {@link scale}.)
 *
 * @param factor - Above 0; 2 plays an hour in half an hour.
 * @throws InputError if `factor` is not finite and above zero.
 */
export function speed(source: RequestSource, factor: number): RequestSource {
  checkPositive("speed", factor);
  return withChunks(source, () => compressed(source, factor));
}

async function* compressed(source: RequestSource, factor: number): AsyncGenerator<RequestChunk, void, undefined> {
  // Its own column: what a source lends is not to be written to.
  const arrivalS = new Float64Array(CHUNK_ROWS);
  for await (const chunk of source.chunks()) {
    for (let row = 0; row < chunk.count; row++) arrivalS[row] = chunk.arrivalS[row]! / factor;
    yield { ...chunk, arrivalS };
  }
}

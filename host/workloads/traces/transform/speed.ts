import { checkPositive } from "./arguments.js";
import { withChunks } from "./pass-through.js";
import type { RequestChunk, RequestSource } from "../../requests.js";

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
  for await (const chunk of source.chunks()) {
    const { arrivalS, count } = chunk;
    for (let row = 0; row < count; row++) arrivalS[row] = arrivalS[row]! / factor;
    yield chunk;
  }
}

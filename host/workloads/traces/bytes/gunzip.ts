/**
 * Inflates gzip as a stream.
 */
import { InputError } from "../../../specs/input-error.js";
import { isNode } from "../../../specs/is-node.js";

type Bytes = AsyncIterable<Uint8Array>;

/** Size of the inflated pieces in Node; its default of 16 KiB costs several times the inflation itself. */
const PIECE_BYTES = 1 << 20;

/**
 * Inflates. In Node by node:zlib, which is about five times as fast there as the web's DecompressionStream, elsewhere by that.
 *
 * @throws InputError while reading: the data are truncated or corrupt.
 */
export function gunzip(bytes: Bytes, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  return isNode() ? gunzipInNode(bytes, name) : gunzipOnTheWeb(bytes, name);
}

async function* gunzipInNode(bytes: Bytes, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  const [{ createGunzip }, { pipeline, Readable }] = await Promise.all([import("node:zlib"), import("node:stream")]);
  const inflated = createGunzip({ chunkSize: PIECE_BYTES });
  // Errors of either side surface in the loop below; giving up the loop closes both.
  pipeline(Readable.from(bytes), inflated, () => undefined);
  try {
    for await (const piece of inflated) yield piece as Uint8Array;
  } catch (error) {
    const isZlib = error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
    throw isZlib ? damaged(name, error) : error;
  }
}

/** Exported for tests: {@link gunzip} takes it where there is no node:zlib. */
export async function* gunzipOnTheWeb(bytes: Bytes, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  const source = bytes[Symbol.asyncIterator]();
  let sourceFailed = false;
  const compressed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const next = await source.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value as Uint8Array<ArrayBuffer>);
      } catch (error) {
        sourceFailed = true;
        throw error;
      }
    },
    async cancel() {
      await source.return?.();
    },
  });
  const reader = compressed.pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } catch (error) {
    throw sourceFailed ? error : damaged(name, error);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function damaged(name: string, error: unknown): InputError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new InputError(`${name}: its gzip data is truncated or corrupt (${detail}).`);
}

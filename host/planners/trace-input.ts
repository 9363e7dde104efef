import { builtinWorkloads } from "../workloads/builtin/catalog.js";
import { MAX_CDF_CHARACTERS } from "../workloads/cdf.js";
import type { WorkloadModel } from "../workloads/models.js";
import { readTraceFile } from "../workloads/traces/bytes/file-bytes.js";
import { InputError } from "../specs/input-error.js";
import { isNode } from "../specs/is-node.js";
import { nearestName } from "../specs/nearest-name.js";

/** Bytes that can be had again and again, under the name that messages call them by. */
export interface NamedBytes {
  name: string;
  open: () => AsyncIterable<Uint8Array>;
}

/**
 * Where requests come from:
 * - text: the name of a built-in workload; else, in Node, the path of a trace, of a CDF or of a ServeGen folder, or `-` for standard
 *   input. The workload goes before a file of its name, which is `./name`.
 * - a model to draw from, such as that of a CDF;
 * - bytes of a trace or a CDF that can be opened again, or that can be read once.
 */
export type TraceInput = string | WorkloadModel | NamedBytes | AsyncIterable<Uint8Array>;

/** What an input turned out to be. */
export type LocatedInput =
  /** `hasFile`: there is a file of that name as well. */
  | { kind: "workload"; name: string; hasFile: boolean }
  | { kind: "model"; model: WorkloadModel }
  | { kind: "folder"; path: string }
  /** `open` gives the bytes; where they are readable once, it may be called once. */
  | { kind: "bytes"; name: string; open: () => AsyncIterable<Uint8Array>; isReadOnce: boolean };

/**
 * Finds out what an input is, without reading it.
 *
 * @throws InputError if text is neither a built-in workload nor the path of anything.
 */
export async function locateInput(input: TraceInput): Promise<LocatedInput> {
  if (typeof input === "string") return locateText(input);
  if ("lengths" in input) return { kind: "model", model: input };
  if ("open" in input) return { kind: "bytes", name: input.name, open: input.open, isReadOnce: false };
  return { kind: "bytes", name: "trace", open: () => input, isReadOnce: true };
}

async function locateText(text: string): Promise<LocatedInput> {
  if (text === "-") return { kind: "bytes", name: "standard input", open: () => readTraceFile("-"), isReadOnce: true };
  const isWorkload = builtinWorkloads.some(({ name }) => name === text);
  const found = await statusOf(text);
  if (isWorkload) return { kind: "workload", name: text, hasFile: found !== undefined };
  if (found?.isDirectory()) return { kind: "folder", path: text };
  if (!found) throw nothingThere(text);
  return { kind: "bytes", name: text, open: () => readTraceFile(text), isReadOnce: !found.isFile() };
}

/** What the file system says of a path; `undefined` if there is nothing, or no file system. */
async function statusOf(path: string): Promise<{ isFile(): boolean; isDirectory(): boolean } | undefined> {
  if (!isNode()) return undefined;
  const { stat } = await import("node:fs/promises");
  return stat(path).catch(() => undefined);
}

function nothingThere(text: string): InputError {
  const names = builtinWorkloads.map(({ name }) => name);
  const nearest = nearestName(text, names);
  const hint = nearest === undefined ? "" : ` (did you mean ${nearest}?)`;
  return new InputError(
    `${text}: no such file, folder or built-in workload; the workloads are ${names.join(", ")}${hint}.`,
  );
}

/** Bytes looked at to tell a CDF from a trace. */
const LOOKED_AT = 65_536;

/**
 * Bytes of which the beginning is known: the text they begin with, and all of them, to be read once.
 */
export interface OpenedBytes {
  beginning: string;
  all: AsyncIterable<Uint8Array>;
}

/** Reads the beginning of bytes. */
export async function openBytes(bytes: AsyncIterable<Uint8Array>): Promise<OpenedBytes> {
  const iterator = bytes[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  let length = 0;
  let isAtEnd = false;
  while (length < LOOKED_AT && !isAtEnd) {
    const next = await iterator.next();
    if (next.done) isAtEnd = true;
    else {
      pieces.push(next.value);
      length += next.value.length;
    }
  }
  const decoder = new TextDecoder();
  const beginning = pieces.map((piece) => decoder.decode(piece, { stream: true })).join("");
  return { beginning: beginning.slice(0, LOOKED_AT), all: rejoined(pieces, iterator) };
}

async function* rejoined(
  pieces: Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) yield piece;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

/** Whether text is the beginning of a CDF file: `[[tokens, fraction], ...`, or an object that has such a list under `cdf`. */
export function beginsAsCdf(beginning: string): boolean {
  return /^\uFEFF?\s*(\[\s*\[|\{[^]*"cdf"\s*:\s*\[)/.test(beginning);
}

/** All of the bytes as text, but no more than a CDF file may have, and one. */
export async function cdfText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of bytes) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > MAX_CDF_CHARACTERS) break;
  }
  return text + decoder.decode();
}

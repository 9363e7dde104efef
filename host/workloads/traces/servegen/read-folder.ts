/**
 * Reads a ServeGen folder. Node only.
 */
import type { ServeGenClient, ServeGenLengths } from "./client.js";
import { parseLengths } from "./parse-lengths.js";
import { parseWindows } from "./parse-windows.js";
import { asInputError, readTraceFile } from "../bytes/file-bytes.js";
import { plainText } from "../bytes/plain-text.js";
import { InputError } from "../../../specs/input-error.js";

const CHUNK_FILE = /^chunk-(\d{1,9})-(trace\.csv|dataset\.json)(?:\.gz)?$/;
/** Largest file read, unpacked. The files are read whole: they are parameters, not traces. */
const MOST_BYTES = 256 << 20;

/** What a ServeGen folder holds. */
export interface ServeGenFolder {
  /** By id. */
  clients: ServeGenClient[];
  /** Clients that have a rate but no lengths: no dataset file, or only empty distributions. */
  clientsWithoutLengths: number[];
  /** Clients left out because they have lengths but no rates. */
  clientsWithoutRates: number[];
}

/**
 * Reads `chunk-N-trace.csv` and `chunk-N-dataset.json`, both also as `.gz`, of all clients.
 *
 * @throws InputError the folder cannot be read or holds no such files; a file is not as it must be.
 */
export async function readServeGen(dir: string): Promise<ServeGenFolder> {
  const files = await chunkFiles(dir);
  const folder: ServeGenFolder = { clients: [], clientsWithoutLengths: [], clientsWithoutRates: [] };
  for (const [id, { trace, dataset }] of files) {
    if (trace === undefined) {
      folder.clientsWithoutRates.push(id);
      continue;
    }
    const windows = parseWindows(await readText(trace), trace);
    const lengths: ServeGenLengths[] = dataset === undefined ? [] : parseLengths(await readText(dataset), dataset);
    if (lengths.length === 0) folder.clientsWithoutLengths.push(id);
    folder.clients.push({ id, windows, lengths });
  }
  return folder;
}

interface ChunkFiles {
  trace?: string;
  dataset?: string;
}

/** Paths of the files of each client, by id. */
async function chunkFiles(dir: string): Promise<Map<number, ChunkFiles>> {
  const found = new Map<number, ChunkFiles>();
  for (const name of await namesIn(dir)) {
    const match = CHUNK_FILE.exec(name);
    if (!match) continue;
    const files = found.get(Number(match[1])) ?? {};
    const kind = match[2] === "trace.csv" ? "trace" : "dataset";
    if (files[kind] !== undefined) throw new InputError(`${dir}: has ${name} and ${files[kind]}; one of them must go.`);
    files[kind] = `${dir}/${name}`;
    found.set(Number(match[1]), files);
  }
  if (![...found.values()].some(({ trace }) => trace !== undefined)) {
    throw new InputError(`${dir}: is no ServeGen folder; it holds no chunk-N-trace.csv.`);
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

async function namesIn(dir: string): Promise<string[]> {
  const { readdir } = await import("node:fs/promises");
  try {
    return await readdir(dir);
  } catch (error) {
    throw asInputError(dir, error);
  }
}

async function readText(path: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const piece of plainText(readTraceFile(path), path)) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new InputError(`${path}: is larger than 256 MiB, the most a ServeGen file may have.`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

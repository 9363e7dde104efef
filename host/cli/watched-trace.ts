import { stat } from "node:fs/promises";
import { locateInput, type NamedBytes, type TraceInput } from "../planners/trace-input.js";
import type { BytesRead } from "./progress.js";

/** A trace, and how much of it has been read where that can be told. */
export interface WatchedTrace {
  trace: TraceInput;
  /** Whether requests are drawn from it, rather than read. */
  isDrawn: boolean;
  /** Absent for all but files. */
  bytes?: BytesRead;
}

/**
 * Watches how much of a file is read.
 *
 * @param passes How often the file will be read.
 * @throws InputError if the input names nothing.
 */
export async function watchTrace(input: TraceInput, passes: number): Promise<WatchedTrace> {
  const located = await locateInput(input);
  const isDrawn = located.kind === "workload" || located.kind === "model";
  if (located.kind !== "bytes" || located.isReadOnce) return { trace: input, isDrawn };
  const { name, open } = located;
  const size = await stat(name).catch(() => undefined);
  if (!size) return { trace: input, isDrawn };
  let bytesRead = 0;
  const counted: NamedBytes = {
    name,
    open: async function* () {
      for await (const piece of open()) {
        bytesRead += piece.length;
        yield piece;
      }
    },
  };
  return { trace: counted, isDrawn, bytes: { total: size.size * passes, read: () => bytesRead } };
}

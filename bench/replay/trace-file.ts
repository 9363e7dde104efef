import { createWriteStream } from "node:fs";
import { once } from "node:events";
import type { Columns } from "../core/scenario.js";

/** Writes requests as CSV with the columns arrival (seconds, to the microsecond), input and output. */
export async function writeTrace(file: string, columns: Columns): Promise<void> {
  const stream = createWriteStream(file);
  stream.write("arrival,input,output\n");
  for (let from = 0; from < columns.count; from += 10_000) {
    const lines: string[] = [];
    for (let i = from; i < Math.min(from + 10_000, columns.count); i++) {
      lines.push(`${columns.arrivalS[i]!.toFixed(6)},${columns.inputTokens[i]!},${columns.outputTokens[i]!}\n`);
    }
    if (!stream.write(lines.join(""))) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "finish");
}

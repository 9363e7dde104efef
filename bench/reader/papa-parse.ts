import { createReadStream } from "node:fs";
import Papa from "papaparse";
import { addRow, noRows, type RowTotals } from "./row-totals.js";

/** Reads the file as PapaParse's manual advises for large ones: streamed, chunk by chunk, rows as arrays, numbers converted by the caller. */
export async function readWithPapaParse(file: string): Promise<RowTotals> {
  const totals = noRows();
  let isHeader = true;
  await new Promise<void>((resolve, reject) => {
    Papa.parse<string[]>(createReadStream(file), {
      delimiter: ",",
      skipEmptyLines: true,
      chunk: ({ data }) => {
        for (const row of data) {
          if (isHeader) isHeader = false;
          else addRow(totals, Number(row[0]), Number(row[1]), Number(row[2]));
        }
      },
      complete: () => resolve(),
      error: reject,
    });
  });
  return totals;
}

/**
 * Writes docs/disaggregation.md: `npm run disaggregation`.
 */
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { askWorkers } from "./ask-workers.js";
import { makePage } from "./page.js";

const root = new URL("../../", import.meta.url);
const { version } = JSON.parse(await readFile(new URL("package.json", root), "utf8")) as { version: string };
const { ask, close } = askWorkers(Math.min(4, availableParallelism()));
try {
  await writeFile(new URL("docs/disaggregation.md", root), await makePage(ask, version));
} finally {
  close();
}
console.log("docs/disaggregation.md written");

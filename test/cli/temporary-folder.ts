import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of the running test, with files in it; gone when the test has finished. */
export async function temporaryFolder(files: Record<string, string> = {}, parent = tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(parent, "vllm-sr-sim-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Columns, Scenario } from "./scenario.js";
import type { PoolTotals } from "./totals.js";

const SOURCE = fileURLToPath(new URL("textbook-loop.c", import.meta.url));

/** What textbook-loop.c prints. */
export interface TextbookRun {
  ns: number;
  totals: PoolTotals[];
}

/**
 * Compiles textbook-loop.c into `folder` with `cc -O3`.
 *
 * @returns A function that runs it on the scenario in a process of its own; null where there is no compiler.
 * @throws Error if there is one and it refuses the program.
 */
export function compileTextbook(folder: string, scenario: Scenario, columns: Columns): (() => TextbookRun) | null {
  const program = join(folder, "textbook-loop");
  const compiler = spawnSync("cc", ["-O3", "-o", program, SOURCE], { encoding: "utf8" });
  if (compiler.error) return null;
  if (compiler.status !== 0) throw new Error(`cc: ${compiler.stderr}`);
  const file = join(folder, "scenario.bin");
  writeScenario(file, scenario, columns);
  return () => {
    const run = spawnSync(program, [file], { encoding: "utf8" });
    if (run.status !== 0) throw new Error(`textbook-loop: ${run.error?.message ?? run.stderr}`);
    return JSON.parse(run.stdout) as TextbookRun;
  };
}

/** The layout is told in textbook-loop.c. */
function writeScenario(file: string, { pools }: Scenario, columns: Columns): void {
  const head = Float64Array.of(
    pools.length,
    columns.count,
    ...pools.flatMap((pool) => [
      pool.replicas,
      pool.slots,
      pool.maxCtx,
      pool.blockSize,
      pool.W,
      pool.H,
      pool.calibrationCtx,
      pool.chunk,
    ]),
  );
  const parts = [head, columns.arrivalS, columns.inputTokens, columns.outputTokens];
  writeFileSync(
    file,
    Buffer.concat(parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength))),
  );
}

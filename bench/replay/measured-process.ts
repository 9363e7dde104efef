import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const PRELOAD = new URL("report-usage.mjs", import.meta.url).href;

/** What a Node process printed and used. */
export interface MeasuredProcess {
  stdout: string;
  /** User and system time, all threads, from start to exit. */
  cpuMs: number;
  wallMs: number;
  peakMemoryMiB: number;
}

/**
 * Runs a script in a Node process of its own and waits for it.
 *
 * @throws Error if it does not end with exit code 0.
 */
export function runNode(script: URL, args: readonly string[]): MeasuredProcess {
  const path = fileURLToPath(script);
  const begin = performance.now();
  const { status, stdout, stderr, output, error } = spawnSync(process.execPath, ["--import", PRELOAD, path, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    maxBuffer: 2 ** 28,
  });
  const wallMs = performance.now() - begin;
  if (status !== 0) throw new Error(`${path} failed: ${error?.message ?? stderr}`);
  const usage = JSON.parse(output[3]!) as NodeJS.ResourceUsage;
  return {
    stdout,
    cpuMs: (usage.userCPUTime + usage.systemCPUTime) / 1000,
    wallMs,
    peakMemoryMiB: usage.maxRSS / 1024,
  };
}

import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** Where and with what the bench ran. */
export interface Machine {
  date: string;
  packageVersion: string;
  node: string;
  cpu: string;
  cores: number;
  memoryGiB: number;
  platform: string;
  /** Mean number of processes that wanted to run in the last minute: above the number of cores, times are not to be trusted. */
  loadAverage: number;
}

export function describeMachine(): Machine {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return {
    date: new Date().toISOString(),
    packageVersion: version,
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    loadAverage: loadavg()[0]!,
  };
}

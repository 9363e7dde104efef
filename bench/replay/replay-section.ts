import { existsSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Core } from "../../host/core/load.js";
import { atLoad, drawColumns, MIXED_LENGTHS, pool } from "../core/scenario.js";
import { type Contestant, measure, type Timing } from "../measure.js";
import { margin, type SectionReport } from "../report.js";
import { withTempFolder } from "../temp-folder.js";
import { type MeasuredProcess, runNode } from "./measured-process.js";
import { writeTrace } from "./trace-file.js";

const ROWS = 1_000_000;
const REPETITIONS = 5;
const POOL = pool(24, 128, 8192);
const LOAD = 0.75;

const COMMAND = "vllm-sr-sim replay";
const PLAIN = "plain script: readline, split, heap of objects";
const MAIN = new URL("../../dist/host/cli/main.js", import.meta.url);

/** What both programs print, as far as they agree on names. */
interface ReplayFigures {
  requests: { arrived: number };
  ttft_ms: { mean: number; p50: number; p99: number };
}

/** A million rows of CSV, from the file to percentiles, each program in a process of its own. */
export async function replaySection(core: Core): Promise<SectionReport> {
  if (!existsSync(MAIN)) throw new Error("dist/ is missing; npm run build makes it");
  return withTempFolder(async (folder) => {
    const trace = join(folder, "trace.csv");
    const fleet = join(folder, "fleet.json");
    const draw = { process: { type: "poisson" } as const, rateRps: 1, lengths: MIXED_LENGTHS };
    await writeTrace(trace, atLoad(drawColumns(core, { pools: [POOL], draw, requests: ROWS }), POOL, LOAD));
    await writeFile(fleet, JSON.stringify(fleetFile()));
    const columns = "arrival=arrival,input=input,output=output";
    const command = () =>
      runNode(MAIN, ["replay", trace, "--columns", columns, "--fleet", fleet, "--engine", "slots", "--json"]);
    const plain = () => runNode(new URL("plain-script.mjs", import.meta.url), [trace, fleet]);
    requireSameFigures(command(), plain());
    const memory = new Map<string, number>();
    const contestant = (name: string, start: () => MeasuredProcess): Contestant => ({
      name,
      run: () => {
        const { cpuMs, peakMemoryMiB } = start();
        memory.set(name, Math.max(memory.get(name) ?? 0, peakMemoryMiB));
        return cpuMs;
      },
    });
    const timings = await measure([contestant(COMMAND, command), contestant(PLAIN, plain)], ROWS, REPETITIONS);
    return report(timings, memory, (await stat(trace)).size);
  });
}

function fleetFile() {
  return {
    pools: [
      {
        id: "only",
        profile: {
          W: POOL.W,
          H: POOL.H,
          calibration_ctx: POOL.calibrationCtx,
          chunk: POOL.chunk,
          blk_size: POOL.blockSize,
          total_kv_blks: POOL.kvBlocks,
          max_slots: POOL.slots,
          cost_per_hr: 0,
        },
        n_replicas: POOL.replicas,
        max_ctx: POOL.maxCtx,
        slots: POOL.slots,
      },
    ],
  };
}

/** To ten picoseconds: the script keeps milliseconds, the engine whole nanoseconds. */
function requireSameFigures(command: MeasuredProcess, plain: MeasuredProcess): void {
  const [a, b] = [command, plain].map(({ stdout }) => JSON.parse(stdout) as ReplayFigures) as [
    ReplayFigures,
    ReplayFigures,
  ];
  const isSame =
    a.requests.arrived === b.requests.arrived &&
    (["mean", "p50", "p99"] as const).every((figure) => Math.abs(a.ttft_ms[figure] - b.ttft_ms[figure]) < 1e-5);
  if (!isSame) {
    throw new Error(
      `${COMMAND} and the plain script disagree: ${JSON.stringify(a.ttft_ms)}, ${JSON.stringify(b.ttft_ms)}`,
    );
  }
}

function report(
  timings: ReadonlyMap<string, Timing>,
  memory: ReadonlyMap<string, number>,
  bytes: number,
): SectionReport {
  const seconds = (ns: number) => (ns * ROWS) / 1e9;
  const own = timings.get(COMMAND)!.minNs;
  return {
    name: "replay",
    about:
      `${ROWS.toLocaleString("en-US")} rows of CSV (${(bytes / 1e6).toFixed(0)} MB), from the file to percentiles, one pool of ` +
      `${POOL.replicas} replicas. CPU time of the whole process, start-up included.`,
    columns: ["program", "CPU s, min", "median", "margin", "peak MiB", "of the command"],
    rows: [...timings].map(([name, timing]) => [
      name,
      seconds(timing.minNs).toFixed(2),
      seconds(timing.medianNs).toFixed(2),
      margin(timing),
      memory.get(name)!.toFixed(0),
      `${(timing.minNs / own).toFixed(2)} x`,
    ]),
    targets: [{ what: `${COMMAND} of a million rows`, value: seconds(own), goal: { atMost: 1 }, unit: "s" }],
    skipped: [],
    raw: { rows: ROWS, bytes, timings: Object.fromEntries(timings), peakMemoryMiB: Object.fromEntries(memory) },
  };
}

import type { Core } from "../../host/core/load.js";
import { Simulation } from "../../host/core/simulation.js";
import { CHUNK_ROWS } from "../../host/workloads/requests.js";
import type { SectionReport } from "../report.js";
import { pool, runSpec } from "./scenario.js";

/** Not powers of two: what the core lays out in doubling steps must not look better than it is. */
const COUNTS = [100_000, 300_000, 1_000_000, 3_000_000];

interface MemoryUse {
  requests: number;
  /** Bytes a request that has arrived and waits. */
  inFlight: number;
  /** Bytes a request that has been served: its figures, from which percentiles are taken. */
  finished: number;
  /** The same after a percentile has been read. */
  read: number;
}

/** How much WebAssembly memory a request takes, waiting and served. `load` makes a new instance, for memory never shrinks. */
export async function memorySection(load: () => Promise<Core>): Promise<SectionReport> {
  const uses: MemoryUse[] = [];
  for (const requests of COUNTS) uses.push(await measureUse(load, requests));
  const worst = Math.max(...uses.map(({ inFlight }) => inFlight));
  return {
    name: "memory",
    about: "Growth of the core's memory over that of a started run, bytes a request.",
    columns: ["requests", "in flight", "finished", "finished, percentiles read"],
    rows: uses.map(({ requests, inFlight, finished, read }) => [requests, inFlight, finished, read]),
    targets: [{ what: "memory of a request in flight, at most", value: worst, goal: { atMost: 64 }, unit: "B" }],
    skipped: [],
    raw: uses,
  };
}

async function measureUse(load: () => Promise<Core>, requests: number): Promise<MemoryUse> {
  // So fast that all have arrived before the first ends; so slowly that each ends before the next arrives.
  const waiting = await grow(await load(), requests, 1e-9);
  const served = await grow(await load(), requests, 60);
  return {
    requests,
    inFlight: waiting.played / requests,
    finished: served.played / requests,
    read: served.read / requests,
  };
}

/** Bytes that the memory has grown by when the requests have been played, and when a percentile has been read. */
async function grow(core: Core, requests: number, gapS: number): Promise<{ played: number; read: number }> {
  const bytes = () => core.exports.memory.buffer.byteLength;
  const fleet = [pool(1, 16, 8192)];
  const simulation = new Simulation(
    core,
    runSpec({ pools: fleet, draw: { process: { type: "poisson" }, rateRps: 1 }, requests }),
  );
  const before = bytes();
  for (let from = 0; from < requests; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, requests - from);
    const window = simulation.window(count);
    window.arrivalS.forEach((_, i) => (window.arrivalS[i] = (from + i) * gapS));
    window.inputTokens.fill(1000);
    window.outputTokens.fill(100);
    simulation.playWindow(count);
  }
  const played = bytes() - before;
  simulation.finish();
  simulation.gather("ttft", "all", 0, false);
  return { played, read: bytes() - before };
}

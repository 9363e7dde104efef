import type { Core } from "../../host/core/load.js";
import { Simulation } from "../../host/core/simulation.js";
import { CHUNK_ROWS } from "../../host/workloads/requests.js";
import type { SectionReport } from "../report.js";
import { pool, runSpec } from "./scenario.js";

/** Not powers of two: what the core lays out in doubling steps must not look better than it is. */
const COUNTS = [300_000, 1_000_000, 3_000_000];

/** Bytes a request of the core's memory. */
interface Bytes {
  /** Written to. */
  used: number;
  /** Set aside: the runtime of the core doubles its memory when it runs out, and the system provides a page when it is first written to. */
  reserved: number;
}

interface MemoryUse {
  requests: number;
  /** Of a request that has arrived and waits. */
  inFlight: Bytes;
  /** Of a request that has been served: its figures, from which percentiles are taken. */
  finished: Bytes;
  /** The same after a percentile has been read. */
  read: Bytes;
}

/** How much WebAssembly memory a request takes, waiting and served. `load` makes a new instance, for memory never shrinks. */
export async function memorySection(load: () => Promise<Core>): Promise<SectionReport> {
  const uses: MemoryUse[] = [];
  for (const requests of COUNTS) uses.push(await measureUse(load, requests));
  const worst = Math.max(...uses.map(({ inFlight }) => inFlight.used));
  const cell = ({ used, reserved }: Bytes) => `${used.toFixed(1)} / ${reserved.toFixed(1)}`;
  return {
    name: "memory",
    about: "Growth of the core's memory over that of a started run, bytes a request: used / reserved.",
    columns: ["requests", "in flight", "finished", "finished, percentiles read"],
    rows: uses.map(({ requests, inFlight, finished, read }) => [requests, cell(inFlight), cell(finished), cell(read)]),
    targets: [{ what: "memory of a request in flight, used, at most", value: worst, goal: { atMost: 64 }, unit: "B" }],
    skipped: [],
    raw: uses,
  };
}

async function measureUse(load: () => Promise<Core>, requests: number): Promise<MemoryUse> {
  // So fast that all have arrived before the first ends; so slowly that each ends before the next arrives.
  const waiting = await grow(await load(), requests, 1e-9);
  const served = await grow(await load(), requests, 60);
  return { requests, inFlight: waiting.played, finished: served.played, read: served.read };
}

/** How much the memory has grown when the requests have been played, and when a percentile has been read. */
async function grow(core: Core, requests: number, gapS: number): Promise<{ played: Bytes; read: Bytes }> {
  const spec = runSpec({ pools: [pool(1, 16, 8192)], draw: { process: { type: "poisson" }, rateRps: 1 }, requests });
  const simulation = new Simulation(core, spec);
  const { memory } = core.exports;
  const before = { used: usedBytes(memory), reserved: memory.buffer.byteLength };
  const growth = (): Bytes => ({
    used: (usedBytes(memory) - before.used) / requests,
    reserved: (memory.buffer.byteLength - before.reserved) / requests,
  });
  for (let from = 0; from < requests; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, requests - from);
    const window = simulation.window(count);
    window.arrivalS.forEach((_, i) => (window.arrivalS[i] = (from + i) * gapS));
    window.inputTokens.fill(1000);
    window.outputTokens.fill(100);
    simulation.playWindow(count);
  }
  const played = growth();
  simulation.finish();
  simulation.gather("ttft", "all", 0, false);
  return { played, read: growth() };
}

/** Up to the last byte that is not zero: the core takes memory from the bottom up. */
function usedBytes(memory: WebAssembly.Memory): number {
  const words = new Int32Array(memory.buffer);
  return (words.findLastIndex((word) => word !== 0) + 1) * words.BYTES_PER_ELEMENT;
}

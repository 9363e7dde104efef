import type { Core } from "../../host/core/load.js";
import { Simulation } from "../../host/core/simulation.js";
import { CHUNK_ROWS } from "../../host/workloads/requests.js";
import { onePool, pool } from "./scenario.js";

const IDLE_REPLICAS = 10_000;
const REQUESTS = 1_000_000;
const RUNNING_REPLICAS = 4000;

/** Bytes of the core's memory, beyond what a run takes anyway. */
export interface MemoryUse {
  /** A replica without requests. */
  idleReplica: number;
  /** A request that waits. */
  waiting: number;
  /** A request that runs. */
  running: number;
}

/** @param load Makes a new instance, for memory never shrinks. */
export async function measureMemory(load: () => Promise<Core>): Promise<MemoryUse> {
  const [idle, one] = [await started(load, IDLE_REPLICAS), await started(load, 1)];
  return {
    idleReplica: (idle.memoryUsed - one.memoryUsed) / (IDLE_REPLICAS - 1),
    // All arrive within the first iteration of a single replica, whose seats are a part too small to tell.
    waiting: growth(await started(load, 1), 1e-9),
    // Most of them arrive within a second; when the last one does, 20 s later, all others run and none is done.
    running: growth(await started(load, RUNNING_REPLICAS), 1e-6, 20),
  };
}

async function started(load: () => Promise<Core>, replicas: number): Promise<Simulation> {
  return new Simulation(await load(), onePool(pool({ pool: { replicas } })));
}

/** Bytes a request by which memory grows until the last has arrived. */
function growth(simulation: Simulation, gapS: number, lastS = 0): number {
  const before = simulation.memoryUsed;
  for (let from = 0; from < REQUESTS; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, REQUESTS - from);
    const window = simulation.window(count);
    window.arrivalS.forEach((_, i) => (window.arrivalS[i] = (from + i) * gapS));
    if (from + count === REQUESTS) window.arrivalS[count - 1]! += lastS;
    window.inputTokens.fill(100);
    window.outputTokens.fill(10_000);
    simulation.playWindow(count);
  }
  return (simulation.memoryUsed - before) / REQUESTS;
}

import { FIGURE_ARRIVED, FIGURE_COMPLETED, FIGURE_E2E_SUM } from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import type { RunSpec } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import { CHUNK_ROWS } from "../../host/workloads/requests.js";
import { cpuMs } from "../cpu-time.js";
import type { Columns } from "./scenario.js";
import type { PoolTotals } from "./totals.js";

/** A finished run of the core with the CPU time that playing took, without and with the copying of the columns into its window. */
export interface CoreRun {
  simulation: Simulation;
  playMs: number;
  playAndCopyMs: number;
}

export function playCore(core: Core, spec: RunSpec, columns: Columns): CoreRun {
  const simulation = new Simulation(core, spec);
  let playMs = 0;
  let copyMs = 0;
  for (let from = 0; from < columns.count; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, columns.count - from);
    const copyBegin = cpuMs();
    const window = simulation.window(count);
    window.arrivalS.set(columns.arrivalS.subarray(from, from + count));
    window.inputTokens.set(columns.inputTokens.subarray(from, from + count));
    window.outputTokens.set(columns.outputTokens.subarray(from, from + count));
    const playBegin = cpuMs();
    simulation.playWindow(count);
    playMs += cpuMs() - playBegin;
    copyMs += playBegin - copyBegin;
  }
  const finishBegin = cpuMs();
  simulation.finish();
  playMs += cpuMs() - finishBegin;
  return { simulation, playMs, playAndCopyMs: playMs + copyMs };
}

export function coreTotals(simulation: Simulation, pools: number): PoolTotals[] {
  return Array.from({ length: pools }, (_, index) => {
    const figures = simulation.figures(index);
    return {
      arrived: figures[FIGURE_ARRIVED]!,
      completed: figures[FIGURE_COMPLETED]!,
      ttftTicks: simulation.gather("ttft", index, 0, false).sumTicks,
      e2eTicks: figures[FIGURE_E2E_SUM]!,
    };
  });
}

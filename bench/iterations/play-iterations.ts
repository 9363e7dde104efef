import type { Core } from "../../host/core/load.js";
import { Simulation } from "../../host/core/simulation.js";
import { CHUNK_ROWS } from "../../host/workloads/requests.js";
import { cpuMs } from "../cpu-time.js";
import type { Scenario } from "./scenario.js";

/** A finished run: the CPU time that playing took, without drawing, and the pool's row of FIGURES. */
export interface IterationsRun {
  playMs: number;
  figures: Float64Array;
}

export function playIterations(core: Core, { spec, requests, lengths }: Scenario): IterationsRun {
  const simulation = new Simulation(core, spec);
  let playMs = 0;
  for (let from = 0; from < requests; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, requests - from);
    if (lengths) {
      const window = simulation.window(count);
      window.inputTokens.fill(lengths.input);
      window.outputTokens.fill(lengths.output);
    } else {
      simulation.draw(count);
    }
    const begin = cpuMs();
    simulation.playWindow(count);
    playMs += cpuMs() - begin;
  }
  const begin = cpuMs();
  simulation.finish();
  playMs += cpuMs() - begin;
  return { playMs, figures: simulation.figures(0) };
}

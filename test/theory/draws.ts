import type { Core } from "../../host/core/load.js";
import type { CoreDraw } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";

const WINDOW = 65536;

/** The columns of drawn requests. */
export interface Drawn {
  arrivalS: Float64Array;
  inputTokens: Uint32Array;
  outputTokens: Uint32Array;
  category: Uint8Array;
}

/** Draws requests without playing them. */
export function drawRequests(core: Core, draw: CoreDraw, count: number, seed: number): Drawn {
  const simulation = new Simulation(core, { pools: [], router: { type: "length" }, seed, draw });
  const drawn = {
    arrivalS: new Float64Array(count),
    inputTokens: new Uint32Array(count),
    outputTokens: new Uint32Array(count),
    category: new Uint8Array(count),
  };
  for (let from = 0; from < count; from += WINDOW) {
    const window = simulation.draw(Math.min(WINDOW, count - from));
    drawn.arrivalS.set(window.arrivalS, from);
    drawn.inputTokens.set(window.inputTokens, from);
    drawn.outputTokens.set(window.outputTokens, from);
    drawn.category.set(window.category, from);
  }
  return drawn;
}

/** Gaps between arrivals, the first one from the start of the run. */
export function gapsOf({ arrivalS }: Drawn): Float64Array {
  return arrivalS.map((time, i) => time - (i > 0 ? arrivalS[i - 1]! : 0));
}

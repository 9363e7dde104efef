import { rankOf } from "../../host/core/distribution.js";
import { meanInterval } from "../../host/core/intervals.js";
import type { Core } from "../../host/core/load.js";
import { Simulation } from "../../host/core/simulation.js";
import { mgcWait } from "../../host/queueing/mgc.js";
import type { ServiceLaw } from "./laws.js";

/** A figure by formula and as played, s. */
export interface Compared {
  formula: number;
  played: number;
  /** Half-width of its 95 % interval. */
  halfWidth: number;
}

/** One queue by formula and as played. */
export interface Comparison {
  law: ServiceLaw;
  servers: number;
  rho: number;
  waits: Compared;
  meanS: Compared;
  p99S: Compared;
}

const LARGEST = 2 ** 31 - 1;
const WINDOW = 65_536;
const WARM_UP = 0.1;
const SEED = 7;

/** Plays M/G/c with a law of services through the engine `slots`, and puts the formula beside it. */
export function compare(
  core: Core,
  law: ServiceLaw,
  servers: number,
  rho: number,
  runs: { requests: number; replications: number },
): Comparison {
  const arrivalRps = (servers * rho) / law.meanS;
  const formula = mgcWait({ servers, arrivalRps, meanServiceS: law.meanS, cv2: law.shape.cv2, shape: law.shape });
  const played = Array.from({ length: runs.replications }, (_, replication) =>
    play(core, law, servers, arrivalRps, runs.requests, replication),
  );
  const against = (value: number, index: number): Compared => {
    const { mean, halfWidth } = meanInterval(played.map((figures) => figures[index]!));
    return { formula: value, played: mean, halfWidth: halfWidth! };
  };
  return {
    law,
    servers,
    rho,
    waits: against(formula.tail(0), 0),
    meanS: against(formula.meanS, 1),
    p99S: against(formula.percentileS(0.99), 2),
  };
}

/** Share that waits, mean and P99 of the wait, s. */
function play(
  core: Core,
  { lengths, times, longest }: ServiceLaw,
  servers: number,
  rateRps: number,
  requests: number,
  replication: number,
): number[] {
  const simulation = new Simulation(core, {
    pools: [
      {
        replicas: 1,
        slots: servers,
        maxCtx: longest,
        kvBlocks: LARGEST,
        blockSize: longest,
        ...times,
        // The time of an iteration is of a replica with as many slots as `times` was made for.
        H: times.H / servers,
        queue: "shared",
        maxQueue: null,
        balance: "least_outstanding",
      },
    ],
    router: { type: "length" },
    seed: SEED,
    replication,
    draw: { process: { type: "poisson" }, rateRps, lengths },
  });
  for (let done = 0; done < requests; done += WINDOW) {
    const rows = Math.min(WINDOW, requests - done);
    simulation.draw(rows);
    simulation.playWindow(rows);
  }
  simulation.finish();
  const { count, reached, positive, sumTicks } = simulation.gather("queueWait", "all", requests * WARM_UP, false);
  return [positive / reached, sumTicks / reached / 1e9, simulation.select(rankOf(0.99, count)) / 1e9];
}

import { iterationTimeS } from "../../profiles/service-time.js";
import { condense } from "../../queueing/condense.js";
import { mgcWait } from "../../queueing/mgc.js";
import { shapeOfTimes } from "../../queueing/service-shape.js";
import { percentileOfSum, tailOfSum } from "../../queueing/sum-percentile.js";
import type { Pool } from "../../specs/fleet.js";
import { weightedPercentile } from "../../workloads/length-law/length-law.js";
import { BEYOND, ESTIMATE_VALUES, type PoolEstimator, type PoolLoad } from "./pool-estimate.js";

const P = 1 - BEYOND;

/**
 * Estimates for the engine `slots`: all slots of the pool are the servers of M/G/c, with service times by the profile at full concurrency. The moments are sums over the law of lengths, not
 * draws; requests of one pool that balance over replicas wait a little longer than in one queue, which is left out.
 */
export function estimateSlots({ profile, slots }: Pool, { rateRps, nodes }: PoolLoad): PoolEstimator {
  const { input, output, weight } = nodes;
  const prefillS = new Float64Array(weight.length);
  const servicesS = new Float64Array(weight.length);
  const tokensS = new Float64Array(weight.length);
  const sum = { weight: 0, service: 0, held: 0 };
  for (let i = 0; i < weight.length; i++) {
    const iterationS = iterationTimeS(profile, slots, input[i]! + output[i]!);
    prefillS[i] = Math.ceil(input[i]! / profile.chunk) * iterationS;
    const serviceS = prefillS[i]! + output[i]! * iterationS;
    servicesS[i] = serviceS;
    tokensS[i] = iterationS;
    sum.weight += weight[i]!;
    sum.service += weight[i]! * serviceS;
    sum.held += weight[i]! * serviceS * (input[i]! + output[i]!);
  }
  const meanS = sum.service / sum.weight;
  const iterationsS = condense(tokensS, weight, ESTIMATE_VALUES);
  const services = condense(servicesS, weight, ESTIMATE_VALUES);
  const shape = shapeOfTimes(services.values, services.weights);
  const load = rateRps * meanS;
  const prefill = condense(prefillS, weight, ESTIMATE_VALUES);
  const tpotS = weightedPercentile(iterationsS.values, iterationsS.weights, P);
  const waitOf = (replicas: number) =>
    mgcWait({ servers: replicas * slots, arrivalRps: rateRps, meanServiceS: meanS, cv2: shape.cv2, shape });
  return {
    leastReplicas: load / slots,
    aloneS: weightedPercentile(prefill.values, prefill.weights, P),
    keeps: (replicas, { ttftMs, tpotMs }) => {
      const wait = waitOf(replicas);
      if (wait.meanS === Infinity || (tpotMs !== undefined && tpotS * 1000 > tpotMs)) return false;
      return tailOfSum(wait, prefill.values, prefill.weights, ttftMs / 1000) <= BEYOND;
    },
    at: (replicas) => {
      const rho = load / (replicas * slots);
      const wait = waitOf(replicas);
      const isStable = rho < 1;
      return {
        replicas,
        rho,
        p99WaitS: isStable ? wait.percentileS(P) : Infinity,
        p99TtftS: isStable ? percentileOfSum(wait, prefill.values, prefill.weights, P) : Infinity,
        running: Math.min(load, replicas * slots),
        contextPerRequest: sum.held / sum.service,
        tpotS,
        meanE2eS: isStable ? wait.meanS + meanS : Infinity,
      };
    },
  };
}

import { conditionalTail } from "./conditional-wait.js";
import { decayRate } from "./deterministic-wait.js";
import { erlangC } from "./erlang.js";
import { type ServiceShape, shapeOfCv2 } from "./service-shape.js";
import {
  NEVER_SERVED,
  NO_WAIT,
  nonNegative,
  percentileOfTail,
  probability,
  time,
  wholeAtLeast,
  type WaitLaw,
} from "./wait-law.js";

/** A queue with general service times: M/G/c, first come first served. */
export interface GeneralQueue {
  /** c, at least 1. */
  servers: number;
  /** lambda, requests a second. */
  arrivalRps: number;
  /** E[S], seconds. */
  meanServiceS: number;
  /** Squared coefficient of variation of service. 0: constant, 1: exponential. */
  cv2: number;
  /** The law of service, where more of it is known. Its cv2 goes before the one above. Default: `shapeOfCv2(cv2)`. */
  shape?: ServiceShape;
}

/**
 * Over how long a queue sees its servers vary: it forgets at a rate of `RELAXATION (c - 1) (1 - rho)^2 / V` per mean service. Fitted, this one figure for all laws of service, loads and
 * numbers of servers of docs/reference/queueing.md; heavy-traffic theory has 1/4 to 1, by what is meant by forgetting.
 */
const RELAXATION = 0.6;

/** How the share of those that wait goes with the variability: fitted as well, to laws that vary less and more than the exponential one. */
const WAITING_EXPONENTS = { below: 0.2, above: 0.13 };

/**
 * Waiting in M/G/c. Exact for M/M/c, and in its mean for M/G/1 (Pollaczek and Khinchine); otherwise an approximation of ours, whose errors against simulation are in
 * docs/reference/queueing.md: a few per cent in the P99 up to `cv2 = 4`.
 *
 * The mean is that of M/M/c times a variability V. For one server `V = (1 + cv2) / 2`. A queue of many servers builds up and goes within a fraction of a service, too soon to see how
 * services vary, and the more servers the less: `V = 1 + I(s) / 2` with I the excess dispersion of the completions of busy servers at the rate `s = 0.6 (c - 1) (1 - rho)^2 / V` at which the queue
 * forgets. (That it is the dispersion at the time scale of the queue that counts: W. Whitt and W. You, Operations Research 66 (2018), 184-199, for one server.) V falls from `(1 + cv2) / 2` in heavy traffic to 1
 * for many servers, where Kimura's and Allen and Cunneen's approximations keep the former throughout.
 *
 * @throws RangeError for arguments out of range.
 */
export function mgcWait({ servers, arrivalRps, meanServiceS, cv2, shape = shapeOfCv2(cv2) }: GeneralQueue): WaitLaw {
  wholeAtLeast("servers", 1, servers);
  const load = nonNegative("arrivalRps", arrivalRps) * nonNegative("meanServiceS", meanServiceS);
  if (load === 0) return NO_WAIT;
  if (load >= servers) return NEVER_SERVED;
  const rho = load / servers;
  const exponentialWaits = erlangC(servers, load);
  // Rarer than any double.
  if (exponentialWaits === 0) return NO_WAIT;
  const variability = variabilityOf(servers, rho, shape);
  const exponent = variability < 1 ? WAITING_EXPONENTS.below : WAITING_EXPONENTS.above;
  const raised = variability ** (exponent * (1 - exponentialWaits) * (1 - 1 / servers));
  const waits = Math.min(1, exponentialWaits * raised);
  const unitS = meanServiceS / (servers - load);
  const meanOfWaiting = (exponentialWaits * variability) / waits;
  const conditional = conditionalTail(meanOfWaiting, farTail(servers, rho, shape));
  const tail = (t: number) => {
    if (time(t) < 0) return 1;
    return t === Infinity ? 0 : waits * conditional(t / unitS);
  };
  return {
    meanS: exponentialWaits * variability * unitS,
    tail,
    percentileS: (p) => (waits <= 1 - probability(p) ? 0 : percentileOfTail(tail, p, unitS * meanOfWaiting)),
  };
}

/** V of {@link mgcWait}: the mean wait over that of M/M/c. */
function variabilityOf(servers: number, rho: number, { cv2, excessDispersion }: ServiceShape): number {
  const scale = RELAXATION * (servers - 1) * (1 - rho) ** 2;
  const excess = (variability: number) => 1 + excessDispersion(scale / variability) / 2 - variability;
  let [low, high] = [Math.min(0.5, (1 + cv2) / 2), Math.max(1, (1 + cv2) / 2)];
  if (scale === 0) return (1 + cv2) / 2;
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Mean time left of those that have waited long, over that of M/M/c.
 *
 * Below `cv2 = 1` between M/D/c, whose queue falls off as {@link decayRate} says, and M/M/c. Above, so that with one server the second moment of the wait is exact (Takacs: `E[W^2] = 2 E[W]^2 + lambda E[S^3] /
 * (3 (1 - rho))`). With more servers a very long service holds up less: of what the third moment exceeds that of a hyperexponential law, one c-th counts.
 */
function farTail(servers: number, rho: number, { cv2, thirdMoment }: ServiceShape): number {
  if (cv2 < 1) {
    const constant = (1 - rho) / decayRate(rho);
    return constant + cv2 * (1 - constant);
  }
  const oneServer = (1 + cv2) / 2;
  if (oneServer - 1 < 1e-6) return 1;
  const usual = 3 * cv2 * (cv2 + 1);
  const third = thirdMoment > usual ? usual + (thirdMoment - usual) / servers : thirdMoment;
  return (rho * oneServer ** 2 + ((1 - rho) * third) / 6 - 1) / (oneServer - 1) - 1;
}

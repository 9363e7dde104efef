/** When requests are sent: as the workload says, or by users in a closed loop. */
import type { ClosedLoop } from "../../host/core/run-spec.js";
import type { IterationsCase, IterationsRequest } from "./case.js";
import { holdTick, tickAt } from "./clock.js";
import { drawnThinkS } from "./streams.js";

export interface Arrivals {
  /** Tick of the next one; `null`: none until a request is settled, or none at all. */
  nextTick(): bigint | null;
  /** Takes the next request of the workload. */
  take(): { ordinal: number; request: IterationsRequest };
  /** A request was completed or rejected. */
  settled(now: bigint): void;
}

export function arrivalsOf(one: IterationsCase): Arrivals {
  return one.closedLoop === undefined ? openArrivals(one) : usersArrivals(one, one.closedLoop);
}

function openArrivals({ requests }: IterationsCase): Arrivals {
  let taken = 0;
  return {
    nextTick: () => (taken < requests.length ? tickAt(requests[taken]!.arrivalS) : null),
    take: () => ({ ordinal: taken, request: requests[taken++]! }),
    settled: () => {},
  };
}

/** Section "Closed loop". */
function usersArrivals(one: IterationsCase, loop: ClosedLoop): Arrivals {
  const { requests } = one;
  const { concurrency, thinkS = 0, think = "fixed", rampS = 0 } = loop;
  /** Ticks at which users who have no request under way send their next one. */
  const ready = Array.from({ length: concurrency }, (_, user) => tickAt((user * rampS) / concurrency));
  let taken = 0;
  let settledCount = 0;
  const earliest = () => ready.reduce((first, tick) => (tick < first ? tick : first));
  return {
    nextTick: () => (taken < requests.length && ready.length > 0 ? earliest() : null),
    take: () => {
      ready.splice(ready.indexOf(earliest()), 1);
      return { ordinal: taken, request: requests[taken++]! };
    },
    settled: (now) => {
      const pauseS = think === "exponential" ? drawnThinkS(one, settledCount, thinkS) : thinkS;
      settledCount += 1;
      ready.push(holdTick(now + tickAt(pauseS)));
    },
  };
}

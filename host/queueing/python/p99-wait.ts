import { pythonErlangC } from "./erlang-c.js";

/** Share of requests that wait longer than the percentile. */
const BEYOND = 0.01;

/**
 * 99th percentile of the wait, s, as the Python tool's `p99_wait` gives it: `ln(C / 0.01) / (2 (c mu - lambda) / (1 + cv2))`, Erlang's `C` of the tail that a queue
 * of exponential services has, stretched by Kimura's factor for others. 0 where no more than 1 % wait at all; infinite where the servers are not enough.
 *
 * @param servers slots of all GPUs of a pool.
 * @param rateRps requests a second.
 * @param serviceRps services a second of one slot.
 * @param cv2 squared coefficient of variation of services.
 */
export function pythonP99WaitS(servers: number, rateRps: number, serviceRps: number, cv2 = 1): number {
  if (servers <= 0 || rateRps <= 0 || serviceRps <= 0) return Infinity;
  const load = rateRps / serviceRps;
  if (load / servers >= 1) return Infinity;
  const waits = pythonErlangC(servers, load);
  if (waits <= BEYOND) return 0;
  const decay = (2 * (servers * serviceRps - rateRps)) / Math.max(1e-9, 1 + cv2);
  return decay <= 0 ? Infinity : Math.log(waits / BEYOND) / decay;
}

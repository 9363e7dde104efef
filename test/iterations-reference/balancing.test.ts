/** Which lane takes a request. Iterations of 1 ms; requests arrive 0.1 ms apart and run for long, so nothing ends meanwhile. */
import { describe, expect, it } from "vitest";
import type { CorePool, CoreServing } from "../../host/core/run-spec.js";
import { uniform } from "../reference/random.js";
import { caseOf, pool, request } from "./building.js";
import type { IterationsRequest } from "./case.js";
import { simulateIterations } from "./simulate.js";

function replicasOf(
  changes: Partial<CorePool>,
  requests: readonly IterationsRequest[],
  serving: Partial<CoreServing> = {},
): number[] {
  return simulateIterations(caseOf([pool(serving, changes)], requests)).requests.map(({ replica }) => replica);
}

const long = (i: number) => request(i / 10, 1, 100);
const seven = Array.from({ length: 7 }, (_, i) => long(i));

it("least_outstanding takes the lowest of the least loaded", () => {
  const requests = [request(0, 1, 100), request(0.1, 1, 1), request(0.2, 1, 100), request(5, 1, 1), request(5, 1, 1)];
  expect(replicasOf({ replicas: 3, balance: "least_outstanding" }, requests)).toEqual([0, 1, 2, 1, 0]);
});

it("round_robin goes round", () => {
  expect(replicasOf({ replicas: 3, balance: "round_robin" }, seven)).toEqual([0, 1, 2, 0, 1, 2, 0]);
});

it("least_queue counts those that do not run", () => {
  // At 5 ms one request runs in replica 0, and one waits behind another in replica 1.
  const requests = [long(0), long(1), long(2), long(3), request(5, 1, 1), request(5, 1, 1), request(5, 1, 1)];
  expect(replicasOf({ replicas: 2, slots: 1, balance: "least_queue" }, requests)).toEqual([0, 1, 0, 1, 0, 1, 0]);
});

it("two_choices takes the one with fewer of two draws", () => {
  const replicas = replicasOf({ replicas: 4, balance: "two_choices" }, seven);
  const load = [0, 0, 0, 0];
  replicas.forEach((replica, i) => {
    const first = Math.floor(uniform({ seed: 1, replication: 0 }, 4, 2 * i) * 4);
    const among = Math.floor(uniform({ seed: 1, replication: 0 }, 4, 2 * i + 1) * 3);
    const second = among >= first ? among + 1 : among;
    expect(replica).toBe(load[second]! < load[first]! ? second : first);
    load[replica]! += 1;
  });
});

describe("prefix_affinity", () => {
  const affinity: Partial<CorePool> = { replicas: 3, balance: "prefix_affinity", slots: 4 };
  const bearing = (arrivalMs: number, ...blockIds: number[]) => request(arrivalMs, 10, 100, { blockIds });

  it("goes where the prefix is, until load outweighs it", () => {
    // Half the prompt is cached: 0.5 against 1/4 for each request there. A tie at the second goes to the lower lane.
    const requests = [long(0), ...[2, 3, 4, 5].map((ms) => bearing(ms, 1, 2, 3, 4, 5))];
    expect(replicasOf(affinity, requests, { prefixBlock: 1 })).toEqual([0, 1, 1, 1, 2]);
  });

  it("weighs the prefix as told", () => {
    const requests = [long(0), ...[2, 3, 4, 5].map((ms) => bearing(ms, 1, 2, 3, 4, 5))];
    expect(replicasOf({ ...affinity, prefixWeight: 4 }, requests, { prefixBlock: 1 })).toEqual([0, 1, 1, 1, 1]);
    expect(replicasOf({ ...affinity, prefixWeight: 0 }, requests, { prefixBlock: 1 })).toEqual([0, 1, 2, 0, 1]);
  });

  it("counts what a lookup would find, which leaves one token to compute", () => {
    // The second finds one of two units: 0.8 / 2 against 1/2 for the first.
    const requests = [0, 2].map((ms) => request(ms, 4, 100, { blockIds: [1, 2] }));
    expect(replicasOf({ ...affinity, slots: 2, prefixWeight: 0.8 }, requests, { prefixBlock: 2 })).toEqual([0, 1]);
  });

  it("chooses among the lanes of all replicas", () => {
    // Lanes 0 and 1 are replica 0: the second request finds lane 1 empty, the third goes to replica 1.
    expect(replicasOf({ ...affinity, replicas: 2 }, [long(0), long(1), long(2)], { pp: 2 })).toEqual([0, 0, 1]);
  });
});

describe("a full queue", () => {
  const statuses = (changes: Partial<CorePool>, serving: Partial<CoreServing> = {}) =>
    simulateIterations(caseOf([pool(serving, changes)], seven)).requests.map(({ status }) => status === "queue_full");

  it("is one that has its seats and max_queue", () => {
    expect(statuses({ slots: 2, maxQueue: 3 })).toEqual([false, false, false, false, false, true, true]);
  });

  it("counts the seats of all lanes, one each at least", () => {
    expect(statuses({ slots: 2, maxQueue: 1 }, { pp: 3 })).toEqual([false, false, false, false, true, true, true]);
  });

  it("of a pool is one in which max_queue wait", () => {
    const changes: Partial<CorePool> = { replicas: 2, slots: 2, maxQueue: 1, queue: "shared" };
    expect(statuses(changes)).toEqual([false, false, false, false, false, true, true]);
  });
});

it("a request waits in its lane", () => {
  // Two lanes, then the less loaded of them: r2 waits behind r0 in lane 0, r3 behind r1.
  const requests = [request(0, 1, 2), request(0, 1, 4), request(0, 1, 1), request(0, 1, 1)];
  const { requests: rows } = simulateIterations(caseOf([pool({ pp: 2 }, { slots: 2 })], requests));
  expect(rows.map(({ startTick }) => startTick / 1e6)).toEqual([0, 0, 2, 4.5]);
});

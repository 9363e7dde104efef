/** Section "Balancing", worked out by hand. */
import { describe, expect, it } from "vitest";
import type { Pool, Request } from "./case.js";
import { play, pool, request } from "./examples.js";

function replicasChosen(changes: Partial<Pool>, requests: readonly Request[]): number[] {
  return play([pool(changes)], requests).requests.map((row) => row.replica);
}

const at = (...arrivals: number[]) => arrivals.map((arrivalS) => request(arrivalS, 5));

describe("least_outstanding", () => {
  it("counts waiting and in service, ties to the lowest", () => {
    const requests = [request(0, 2), request(0, 9), request(0, 9), request(0, 9), request(1, 9), request(2, 9)];
    // 2 and 2 outstanding at 1 s; 3 and 2 until the first ends at 2 s, 2 and 2 after.
    expect(replicasChosen({ replicas: 2, balance: "least_outstanding" }, requests)).toEqual([0, 1, 0, 1, 0, 0]);
  });
});

describe("least_queue", () => {
  it("looks at waiting requests alone, and takes the one chosen longest ago", () => {
    expect(replicasChosen({ replicas: 3, slots: 2, balance: "least_queue" }, at(0, 0, 0, 0, 0))).toEqual([
      0, 1, 2, 0, 1,
    ]);
  });

  it("passes over a replica with a queue", () => {
    // 0 and 1 serve, then 0 and 1 queue; replica 1's queue is empty again at 3 s, replica 0's is not.
    const requests = [request(0, 9), request(0, 3), request(1, 9), request(2, 9), request(3, 9), request(3, 9)];
    expect(replicasChosen({ replicas: 2, balance: "least_queue" }, requests)).toEqual([0, 1, 0, 1, 1, 0]);
  });

  it("counts a choice that ended in rejection", () => {
    expect(replicasChosen({ replicas: 2, maxQueue: 0, balance: "least_queue" }, at(0, 1, 2, 3, 4))).toEqual([
      0, 1, 0, 1, 0,
    ]);
  });
});

describe("round_robin", () => {
  it("goes on by one whatever became of the request", () => {
    const result = play([pool({ replicas: 3, maxQueue: 0, balance: "round_robin" })], at(0, 0, 0, 0, 9));
    expect(result.requests.map((row) => row.replica)).toEqual([0, 1, 2, 0, 1]);
    expect(result.requests.map((row) => row.status === "rejected")).toEqual([false, false, false, true, false]);
  });
});

describe("two_choices", () => {
  it("takes the less loaded of two different replicas drawn by ordinal, the first drawn of equal ones", () => {
    // Draws of seed 1 among 3: (2, 0) (2, 0) (1, 0) (1, 0) (2, 1) (1, 2) (2, 1) (2, 1)
    expect(replicasChosen({ replicas: 3, balance: "two_choices" }, at(0, 0, 0, 0, 0, 0, 0, 0))).toEqual([
      2, 0, 1, 1, 2, 1, 2, 2,
    ]);
  });

  it("shifts the second draw past the first", () => {
    // Draws of seed 44: (1, 1) (1, 1), that is replicas 1 and 2 both times.
    const result = play([pool({ replicas: 3, balance: "two_choices" })], at(0, 0), { seed: 44 });
    expect(result.requests.map((row) => row.replica)).toEqual([1, 2]);
  });

  it("with one replica takes that", () => {
    expect(replicasChosen({ balance: "two_choices" }, at(0, 0))).toEqual([0, 0]);
  });
});

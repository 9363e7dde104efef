/** Queues with room for few: M/M/c/K, and Erlang's loss system M/G/c/c. */
import { beforeAll, describe, it } from "vitest";
import * as C from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import { erlangB } from "../../host/queueing/erlang.js";
import { mmckBlocking } from "../../host/queueing/mmck.js";
import { loadBuild } from "../core/wasm-builds.js";
import { expectAgrees } from "./agreement.js";
import { fixedLengths } from "./length-models.js";
import { plainPool, playQueue, type Queue, replicate, TOKENS_PER_SECOND } from "./queue.js";
import { exponentials } from "./service-times.js";

const COUNT = 100_000;

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

const exponential: Queue["services"] = { times: (replication) => exponentials(31, replication) };

/** Share of all requests that found the queue full, by replication. */
function rejectedShares(queue: Queue): number[] {
  return replicate((replication) => {
    return playQueue(core, queue, COUNT, 31, replication).figures(0)[C.FIGURE_REJECTED_QUEUE_FULL]! / COUNT;
  });
}

describe("a loss system rejects as Erlang B says", () => {
  it.each([
    [1, 0.8],
    [4, 3.2],
    [16, 14],
    [64, 64],
  ])("%i servers under %d erlangs", (servers, load) => {
    const pools = [plainPool({ slots: servers, maxQueue: 0 })];
    const shares = rejectedShares({ pools, rateRps: load, services: exponential });
    expectAgrees("rejected share", shares, erlangB(servers, load), 0.05);
  });

  it("whatever the law of the services", () => {
    const services = { lengths: fixedLengths(1, TOKENS_PER_SECOND - 1) };
    const shares = rejectedShares({ pools: [plainPool({ slots: 4, maxQueue: 0 })], rateRps: 3.2, services });
    expectAgrees("rejected share", shares, erlangB(4, 3.2), 0.03);
  });
});

describe("M/M/c/K rejects as the birth-death chain says", () => {
  it.each([
    { servers: 1, waiting: 4, load: 0.9 },
    { servers: 4, waiting: 10, load: 3.8 },
    { servers: 4, waiting: 10, load: 6 },
    { servers: 16, waiting: 16, load: 16 },
  ])("$servers replicas, $waiting may wait, $load erlangs", ({ servers, waiting, load }) => {
    const pools = [plainPool({ replicas: servers, maxQueue: waiting })];
    const shares = rejectedShares({ pools, rateRps: load, services: exponential });
    expectAgrees("rejected share", shares, mmckBlocking(servers, servers + waiting, load), 0.08);
  });
});

/**
 * GI/M/1: renewal arrivals, exponential services. With `root` the number below 1 that equals the transform of the gap at `mu (1 - root)`, P(wait > t) =
 * root exp(-mu (1 - root) t). Kleinrock, Queueing Systems I, section 6.4.
 */
import { beforeAll, describe, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import { loadBuild } from "../core/wasm-builds.js";
import { expectAgrees } from "./agreement.js";
import { plainPool, playQueue, type Queue, readWaits, replicate } from "./queue.js";
import { exponentials } from "./service-times.js";

const RHO = 0.7;
const COUNT = 200_000;

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

/** The root in [0, 1), by iteration from below; the transform is that of a gap of mean 1 / RHO at unit service rate. */
function rootOf(transform: (s: number) => number): number {
  let root = 0;
  for (let step = 0; step < 10_000; step++) root = transform(1 - root);
  return root;
}

const gammaGap = (cv: number) => (s: number) => (1 + (s * cv * cv) / RHO) ** (-1 / (cv * cv));

function expectWaits(queue: Omit<Queue, "services">, root: number, allowed: number): void {
  const services = { times: (replication: number) => exponentials(21, replication) };
  const waits = replicate((replication) => {
    return readWaits(playQueue(core, { ...queue, services }, COUNT, 21, replication), COUNT, 0);
  });
  const of = (figure: keyof (typeof waits)[0]) => waits.map((wait) => wait[figure]);
  expectAgrees("mean wait, s", of("meanS"), root / (1 - root), allowed);
  expectAgrees("share that waits", of("share"), root, allowed / 2);
  expectAgrees("P99 wait, s", of("p99S"), Math.log(root / 0.01) / (1 - root), allowed);
}

describe("GI/M/1 waits as its root says", () => {
  it.each([0.2, 3])("gamma gaps of coefficient of variation %d", (cv) => {
    const root = rootOf(gammaGap(cv));
    expectWaits({ pools: [plainPool()], rateRps: RHO, process: { type: "gamma", cv } }, root, cv > 1 ? 0.1 : 0.03);
  });

  it("equal gaps: D/M/1", () => {
    const root = rootOf((s) => Math.exp(-s / RHO));
    expectWaits({ pools: [plainPool()], rateRps: RHO, process: { type: "deterministic" } }, root, 0.03);
  });

  it("every second arrival of a Poisson process, dealt out by round_robin: Erlang gaps of two phases", () => {
    const pool = plainPool({ replicas: 2, queue: "replica", balance: "round_robin" });
    const root = rootOf(gammaGap(Math.SQRT1_2));
    expectWaits({ pools: [pool], rateRps: 2 * RHO }, root, 0.03);
  });

  it("a Poisson process split at random over two pools: M/M/1 in each", () => {
    const pools = [plainPool(), plainPool()];
    expectWaits({ pools, rateRps: 2 * RHO, router: { type: "random" } }, RHO, 0.05);
  });
});

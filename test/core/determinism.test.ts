/** The same run gives the same bytes, however it is fed, whatever the instance did before, and in both builds. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import { Simulation } from "../../host/core/simulation.js";
import { uniforms } from "../theory/service-times.js";
import {
  BATCHING_CASES,
  type Cuts,
  GOLDEN_CASES,
  playBytes,
  playSteps,
  type RunCase,
  STAGED_CASES,
} from "./golden-run.js";
import { loadBuild } from "./wasm-builds.js";

/** The golden cases, short. */
const CASES = [...GOLDEN_CASES, ...BATCHING_CASES, ...STAGED_CASES].map((run) => ({
  ...run,
  count: Math.min(run.count, 5000),
}));
const [bursty, , steady] = CASES as [RunCase, RunCase, RunCase];

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

/** A comparison of bytes that does not print thousands of them. */
function expectSame(bytes: Uint8Array, expected: Uint8Array): void {
  expect(bytes.length).toBe(expected.length);
  expect(
    bytes.findIndex((byte, i) => byte !== expected[i]),
    "first byte that differs",
  ).toBe(-1);
}

function randomCuts(seed: number, largest: number): Cuts {
  const uniform = uniforms(seed, 0);
  return Array.from({ length: 5000 }, () => 1 + Math.floor(uniform() * largest));
}

describe.each(CASES)("$name", (run) => {
  it.each<[string, Cuts]>([
    ["chunks of 1", [1]],
    ["chunks of 7", [7]],
    ["chunks of 1,000", [1000]],
    ["chunks of many sizes", randomCuts(1, 300)],
    ["small chunks of many sizes", randomCuts(2, 5)],
  ])("gives the same bytes in %s as in one", (_, cuts) => {
    expectSame(playBytes(core, run, cuts), playBytes(core, run));
  });

  it("gives the same bytes in the debug build", async () => {
    expectSame(playBytes(await loadBuild("debug"), run, [999]), playBytes(core, run));
  });

  it("gives the same bytes from the textbook event queue as from the tree", () => {
    const tree = { ...run, spec: { ...run.spec, eventQueue: "tree" as const } };
    const heap = { ...run, spec: { ...run.spec, eventQueue: "heap" as const } };
    expectSame(playBytes(core, heap), playBytes(core, tree));
  });
});

describe("a run leaves nothing behind: the next one gives the bytes that it gives in a new instance", () => {
  /** The bytes of `bursty` on an instance on which `before` was done, against those on a new one. */
  async function expectUntouchedBy(before: (core: Core) => void): Promise<void> {
    const used = await loadBuild("release");
    before(used);
    expectSame(playBytes(used, bursty), playBytes(await loadBuild("release"), bursty));
  }

  it("after the same run", async () => {
    await expectUntouchedBy((used) => playBytes(used, bursty));
  });

  it("after a larger run", async () => {
    await expectUntouchedBy((used) => playBytes(used, { ...bursty, count: 100_000 }));
  });

  it("after a run with other pools, lengths and arrivals", async () => {
    const [onePool] = steady.spec.pools;
    await expectUntouchedBy((used) => playBytes(used, { ...steady, spec: { ...steady.spec, pools: [onePool!] } }));
  });

  it("after a run that was left unfinished", async () => {
    await expectUntouchedBy((used) => playSteps(used, steady, [1000]).next());
  });

  it("after a run whose tables were refused", async () => {
    await expectUntouchedBy((used) => {
      expect(() => new Simulation(used, { ...steady.spec, horizonS: NaN })).toThrow(RangeError);
    });
  });

  it("after a run whose requests were refused", async () => {
    await expectUntouchedBy((used) => {
      const simulation = new Simulation(used, bursty.spec);
      simulation.draw(1000).arrivalS[500] = NaN;
      expect(() => simulation.playWindow(1000)).toThrow(RangeError);
    });
  });

  it("after every other golden case", async () => {
    await expectUntouchedBy((used) => CASES.forEach((run) => playBytes(used, run)));
  });
});

describe("two instances", () => {
  it("that take turns do not touch each other", async () => {
    const runs = [playSteps(core, bursty, [61]), playSteps(await loadBuild("release"), steady, [97])];
    const bytes: Uint8Array[] = [];
    while (bytes[0] === undefined || bytes[1] === undefined) {
      runs.forEach((steps, i) => {
        const step = steps.next();
        if (step.done && step.value) bytes[i] = step.value;
      });
    }
    expectSame(bytes[0], playBytes(core, bursty));
    expectSame(bytes[1], playBytes(core, steady));
  });

  it("of one compiled module give the same bytes", async () => {
    const { loadCore, builtInModule } = await import("../../host/core/load.js");
    const module = await builtInModule();
    const [first, second] = await Promise.all([loadCore(module), loadCore(module)]);
    expectSame(playBytes(first, bursty), playBytes(second, bursty));
  });
});

describe("the event of another seed or replication", () => {
  it.each([{ seed: 1 }, { replication: 1 }, { seed: 2 ** 53 - 1 }])("%o gives other bytes", (change) => {
    const other = playBytes(core, { ...bursty, spec: { ...bursty.spec, ...change } });
    expect(Buffer.from(other).equals(playBytes(core, bursty))).toBe(false);
  });
});

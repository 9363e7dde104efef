/** Request number i meets the same draws in every fleet: differences between two fleets are theirs alone. */
import { beforeAll, describe, expect, it } from "vitest";
import * as C from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import type { RunSpec } from "../../host/core/run-spec.js";
import { Simulation } from "../../host/core/simulation.js";
import { GOLDEN_CASES } from "./golden-run.js";
import { loadBuild } from "./wasm-builds.js";

const COUNT = 5000;

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

const specOf = (name: string): RunSpec => GOLDEN_CASES.find((run) => run.name.startsWith(name))!.spec;
const compressing = specOf("compress_route");

function withMoreReplicas(spec: RunSpec): RunSpec {
  return { ...spec, pools: spec.pools.map((pool) => ({ ...pool, replicas: pool.replicas * 5, maxQueue: null })) };
}

interface Settled {
  arrival: number[];
  input: number[];
  output: number[];
  pool: number[];
  wait: number[];
  compressed: number;
}

function play(spec: RunSpec): Settled {
  const simulation = new Simulation(core, spec);
  simulation.draw(COUNT);
  simulation.playWindow(COUNT);
  const settled: Settled = { arrival: [], input: [], output: [], pool: [], wait: [], compressed: 0 };
  const take = () => {
    const rows = simulation.results();
    settled.arrival.push(...rows.arrival);
    settled.input.push(...rows.inputTokens);
    settled.output.push(...rows.outputTokens);
    settled.pool.push(...rows.pool);
    settled.wait.push(...rows.queueWait);
  };
  take();
  simulation.finish();
  take();
  settled.compressed = simulation.figures(0)[C.FIGURE_COMPRESSED]!;
  return settled;
}

describe("two fleets that differ in replicas", () => {
  it("meet the same arrivals and the same lengths, and serve them differently", () => {
    const few = play(compressing);
    const many = play(withMoreReplicas(compressing));
    expect(few.arrival).toHaveLength(COUNT);
    expect(many.arrival).toEqual(few.arrival);
    expect(many.input).toEqual(few.input);
    expect(many.output).toEqual(few.output);
    expect(many.wait).not.toEqual(few.wait);
  });

  it("compress the same requests", () => {
    const few = play(compressing);
    const many = play(withMoreReplicas(compressing));
    expect(few.compressed).toBeGreaterThan(100);
    expect(many.compressed).toBe(few.compressed);
    expect(many.pool).toEqual(few.pool);
  });

  it("send the same requests to the same pools at random", () => {
    const random = specOf("random");
    const few = play(random);
    expect(new Set(few.pool).size).toBe(random.pools.length);
    expect(play(withMoreReplicas(random)).pool).toEqual(few.pool);
  });
});

describe("lengths and categories", () => {
  it("do not depend on the arrival process where they do not depend on time", () => {
    const { spec } = GOLDEN_CASES.find((run) => run.name.startsWith("least_loaded"))!;
    const even: RunSpec = { ...spec, draw: { ...spec.draw!, process: { type: "deterministic" } } };
    expect(play(even).arrival).not.toEqual(play(spec).arrival);
    expect(play(even).input).toEqual(play(spec).input);
    expect(play(even).output).toEqual(play(spec).output);
  });

  it("do not change when the rate does", () => {
    const spec = specOf("least_loaded");
    const faster: RunSpec = { ...spec, draw: { ...spec.draw!, rateRps: 1.5 * spec.draw!.rateRps } };
    expect(play(faster).input).toEqual(play(spec).input);
  });
});

describe("another seed, or another replication", () => {
  it.each([{ seed: 7 }, { replication: 1 }])("%o: other arrivals and other lengths", (change) => {
    const one = play(compressing);
    const other = play({ ...compressing, ...change });
    const same = (of: "arrival" | "input") => one[of].filter((value, i) => value === other[of][i]).length;
    expect(same("arrival")).toBeLessThan(5);
    expect(same("input")).toBeLessThan(COUNT / 20);
  });

  it("replication r of seed s is not replication s of seed r", () => {
    const pairs = [
      play({ ...compressing, seed: 3, replication: 4 }),
      play({ ...compressing, seed: 4, replication: 3 }),
    ];
    expect(pairs[0]!.arrival).not.toEqual(pairs[1]!.arrival);
  });
});

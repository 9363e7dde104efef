/** Waits in M/G/c by formula against the core, at some of the queues of docs/reference/queueing.md. */
import { beforeAll, describe, expect, it } from "vitest";
import { compare } from "../../bench/queueing/errors.js";
import { lawOfCv2, lawOfWorkload, type ServiceLaw } from "../../bench/queueing/laws.js";
import type { Core } from "../../host/core/load.js";
import { loadBuild } from "../core/wasm-builds.js";

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

const RUNS = { requests: 200_000, replications: 5 };

describe("the formula for M/G/c comes near what is played", () => {
  it.each<[string, () => ServiceLaw, number, number, { mean: number; p99: number }]>([
    ["Erlang, cv2 0.25", () => lawOfCv2(0.25), 16, 0.8, { mean: 0.06, p99: 0.06 }],
    ["hyperexponential, cv2 4", () => lawOfCv2(4), 4, 0.7, { mean: 0.08, p99: 0.08 }],
    ["hyperexponential, cv2 4", () => lawOfCv2(4), 16, 0.8, { mean: 0.1, p99: 0.1 }],
    ["azure-conv", () => lawOfWorkload("azure-conv", "a100"), 16, 0.8, { mean: 0.07, p99: 0.08 }],
    ["azure", () => lawOfWorkload("azure", "a100"), 16, 0.8, { mean: 0.1, p99: 0.12 }],
    ["agent_heavy", () => lawOfWorkload("agent_heavy", "h100"), 4, 0.8, { mean: 0.12, p99: 0.12 }],
  ])("%s (%#)", (_, law, servers, rho, allowed) => {
    const { waits, meanS, p99S } = compare(core, law(), servers, rho, RUNS);
    expect(Math.abs(waits.formula / waits.played - 1)).toBeLessThan(0.05);
    expect(Math.abs(meanS.formula / meanS.played - 1)).toBeLessThan(allowed.mean);
    expect(Math.abs(p99S.formula / p99S.played - 1)).toBeLessThan(allowed.p99);
  });

  it("where two moments alone are a fifth off, the law itself is not: azure, 16 servers at load 0.7", () => {
    const law = lawOfWorkload("azure", "a100");
    const { meanS } = compare(core, law, 16, 0.7, RUNS);
    const twoMoments = compare(core, { ...law, shape: lawOfCv2(law.shape.cv2).shape }, 16, 0.7, RUNS);
    const error = ({ formula, played }: typeof meanS) => Math.abs(formula / played - 1);
    expect(error(meanS)).toBeLessThan(0.1);
    expect(error(twoMoments.meanS)).toBeGreaterThan(0.12);
  });
});

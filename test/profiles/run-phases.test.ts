/** Energy from the sums of a run against energy paid iteration by iteration. */
import { describe, expect, it } from "vitest";
import { phaseEnergyJ, phasePower } from "../../host/profiles/phase-power.js";
import { runPhases, type PoolSums } from "../../host/profiles/run-phases.js";
import { checkFleet, type FleetInput } from "../../host/specs/fleet-spec.js";
import { resolveFleet, type Fleet } from "../../host/specs/fleet.js";
import { payByIteration, variedLengths, type Lengths } from "./energy-by-iteration.js";

type PoolFields = Partial<FleetInput["pools"][number]>;

function fleetOf(fields: PoolFields = {}): Fleet {
  const model = { type: "roofline", hardware: "h100-sxm", model: "llama-3.1-8b" } as const;
  return resolveFleet(
    checkFleet({ pools: [{ id: "p", max_ctx: 8192, n_replicas: 1, iteration_model: model, ...fields }] }),
  );
}

function compare(fields: PoolFields, mean: Lengths, rateRps: number) {
  const fleet = fleetOf(fields);
  const pool = fleet.pools[0]!;
  const paid = payByIteration(fleet, variedLengths(60, mean), rateRps);
  const phases = runPhases(pool, paid.sums);
  const energy = phaseEnergyJ(pool, phases, phasePower(pool, phases)!);
  return { paid, energy, totalJ: energy.prefillJ + energy.decodeJ + energy.idleJ };
}

const CHAT = { input: 1155, output: 211 };
const CODE = { input: 2048, output: 28 };

describe("energy of a run from its sums", () => {
  it.each([
    ["chat, hardly any load", {}, CHAT, 0.2],
    ["chat, some load", {}, CHAT, 5],
    ["chat, full load", {}, CHAT, 20],
    ["code, full load", {}, CODE, 8],
    ["code in chunks of 512", { serving: { scheduler: "sarathi" } }, CODE, 8],
    ["short prompts, full load", {}, { input: 100, output: 300 }, 30],
    ["chat under a cap", { power_cap_w: 400 }, CHAT, 20],
  ] as const)("is that of its iterations within 8 %%: %s", (_, fields, mean, rateRps) => {
    const { paid, totalJ } = compare(fields, mean, rateRps);
    expect(Math.abs(totalJ / paid.energyJ - 1)).toBeLessThan(0.08);
  });

  it.each([
    ["chat", CHAT, 20],
    ["code", CODE, 8],
  ])("is right within 1.5 %% where no iteration is of both phases, and so are its parts: %s", (_, mean, rateRps) => {
    const { paid, energy, totalJ } = compare({ serving: { scheduler: "vllm-v0" } }, mean, rateRps);
    expect(paid.mixed).toBe(0);
    expect(Math.abs(totalJ / paid.energyJ - 1)).toBeLessThan(0.015);
    expect(Math.abs(energy.prefillJ / totalJ - paid.promptsAloneJ / paid.energyJ)).toBeLessThan(0.025);
    expect(Math.abs(energy.decodeJ / totalJ - paid.decodesAloneJ / paid.energyJ)).toBeLessThan(0.025);
    expect(energy.idleJ / totalJ).toBeCloseTo(paid.idleJ / paid.energyJ, 2);
  });
});

const SUMS: PoolSums = {
  seconds: 100,
  lanesBusyS: 60,
  iterations: 4000,
  prefillTokens: 200_000,
  decodeTokens: 40_000,
  contextTokens: 4e7,
  prefillWork: 1e8,
};

describe("phases of a run", () => {
  const pool = fleetOf().pools[0]!;

  it("take up all busy time, and leave the rest idle", () => {
    const { prefill, decode, idleS } = runPhases(pool, SUMS);
    expect(prefill.seconds + decode.seconds).toBeCloseTo(60, 9);
    expect(prefill.seconds).toBeGreaterThan(1);
    expect(decode.seconds).toBeGreaterThan(1);
    expect(idleS).toBeCloseTo(40, 9);
  });

  it("are one where the other did nothing", () => {
    const prompts = runPhases(pool, { ...SUMS, decodeTokens: 0, contextTokens: 0 });
    expect([prompts.prefill.seconds, prompts.decode.seconds]).toEqual([60, 0]);
    expect(prompts.prefill.iterations).toBeCloseTo(4000, 9);
    const decodes = runPhases(pool, { ...SUMS, prefillTokens: 0, prefillWork: 0 });
    expect([decodes.prefill.seconds, decodes.decode.seconds]).toEqual([0, 60]);
    expect(decodes.decode.mix).toMatchObject({ decodes: 10, context: 10_000 });
  });

  it("are none in a pool that did nothing", () => {
    const none = { lanesBusyS: 0, iterations: 0, prefillTokens: 0, decodeTokens: 0, contextTokens: 0, prefillWork: 0 };
    const { prefill, decode, idleS } = runPhases(pool, { seconds: 100, ...none });
    expect([prefill.seconds, decode.seconds, idleS]).toEqual([0, 0, 100]);
  });

  it("know prompts by the pairs of tokens that they make", () => {
    // 1000 tokens make 1000^2 / 2 pairs each.
    const { prefill } = runPhases(pool, { ...SUMS, prefillTokens: 50_000, prefillWork: 50 * 500_000 });
    expect(prefill.iterations).toBeCloseTo(50, 9);
    expect(prefill.mix).toMatchObject({ promptTokens: 1000, work: 500_000, prompts: 1 });
  });

  it("count the lanes of a pipeline one by one", () => {
    const piped = fleetOf({ serving: { pp: 2 } }).pools[0]!;
    expect(runPhases(piped, SUMS).idleS).toBeCloseTo(140, 9);
  });

  it("never are longer than there is time", () => {
    const { prefill, decode, idleS } = runPhases(pool, { ...SUMS, lanesBusyS: 100.01 });
    expect(prefill.seconds + decode.seconds).toBeCloseTo(100, 9);
    expect(idleS).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { rooflineModel } from "../../host/profiles/roofline.js";
import { rooflineReplica } from "../../host/profiles/roofline-replica.js";
import { requireEngine, resolveFleet, type Fleet, type Pool } from "../../host/specs/fleet.js";
import { parseFleet } from "../../host/specs/fleet-spec.js";
import type { RooflineSpec } from "../../host/specs/roofline-spec.js";
import { fleetText, profile, refusal } from "./fleet-text.js";

const hardware = "h100-sxm";
const withRoofline = (model: Record<string, unknown> = {}, pool: Record<string, unknown> = {}): string => {
  const roofline = { type: "roofline", hardware, model: "llama-3.1-8b", ...model };
  return fleetText({ gpu: undefined, iteration_model: roofline, ...pool });
};
const specOf = (text: string) => parseFleet(text, "f").pools[0]!.iterationModel as RooflineSpec;
const fleetOf = (text: string): Fleet => resolveFleet(parseFleet(text, "f"));
const poolOf = (text: string): Pool => fleetOf(text).pools[0]!;

describe("a pool with a roofline", () => {
  it("has its times, its memory, its price and its peaks", () => {
    const text = withRoofline();
    const spec = specOf(text);
    const replica = rooflineReplica(spec);
    const pool = poolOf(text);
    expect(pool.iterationModel).toEqual(rooflineModel(spec));
    expect(pool.serving).toMatchObject({
      maxNumSeqs: 256,
      maxNumBatchedTokens: 8192,
      numBlocks: replica.numBlocks(16),
    });
    expect(pool).toMatchObject({
      replicas: 2,
      gpus: 2,
      hasIterationModel: true,
      hasSlots: false,
      peaks: replica.peaks,
    });
    expect(pool.profile.name).toBe(hardware);
    expect(pool.costPerHr).toBe(2 * replica.costPerHr);
  });

  it("takes the GPUs of all its stages", () => {
    const text = withRoofline({ tp: 2 }, { n_gpus: 12, serving: { pp: 3 } });
    const replica = rooflineReplica(specOf(text));
    const pool = poolOf(text);
    expect(pool).toMatchObject({ replicas: 2, gpus: 12 });
    expect(pool.serving.numBlocks).toBe(replica.numBlocks(16, 3));
    expect(pool.peaks).toMatchObject({
      peakFlops: 3 * replica.peaks.peakFlops,
      peakBandwidth: 3 * replica.peaks.peakBandwidth,
      weightBytes: replica.peaks.weightBytes,
    });
  });

  it("has its memory in blocks of the size given, or as many blocks as given", () => {
    const replica = rooflineReplica(specOf(withRoofline()));
    expect(poolOf(withRoofline({}, { serving: { block_size: 64 } })).serving.numBlocks).toBe(replica.numBlocks(64));
    expect(poolOf(withRoofline({}, { serving: { num_blocks: 700 } })).serving.numBlocks).toBe(700);
  });

  it("has the price and the slots of a GPU beside it, and its own memory all the same", () => {
    const pool = poolOf(withRoofline({}, { gpu: "a100" }));
    expect(pool).toMatchObject({ costPerHr: 2 * 2.21, hasSlots: true, slots: 256 });
    expect(pool.serving.numBlocks).toBe(rooflineReplica(specOf(withRoofline())).numBlocks(16));
  });

  it("runs under the engine iterations", () => {
    expect(() => requireEngine(fleetOf(withRoofline()), "iterations")).not.toThrow();
  });

  it("is plain data", () => {
    const fleet = fleetOf(withRoofline());
    expect(structuredClone(fleet)).toEqual(fleet);
  });
});

describe("a pool with a roofline is refused in one sentence", () => {
  const cases: [what: string, text: string, message: string][] = [
    [
      "where weights fill the memory",
      withRoofline({ model: "llama-3.1-70b" }),
      'pools[0].iteration_model.model is "llama-3.1-70b", but leaves no memory for a KV block beside its weights in 1 x h100-sxm: raise tp.',
    ],
    [
      "where GPUs make no whole replica",
      withRoofline({ tp: 2 }, { n_gpus: 6, serving: { pp: 2 } }),
      "pools[0].n_gpus is 6, but must be a multiple of 4, the GPUs that a replica takes (tp x pp).",
    ],
    [
      "beside a GPU that takes another number",
      withRoofline({ tp: 2 }, { gpu: "a100" }),
      'pools[0].gpu is "a100", but has gpus_per_replica 1, where iteration_model has tp x pp = 2.',
    ],
    [
      "beside a profile that takes another number",
      withRoofline({}, { profile: { ...profile, gpus_per_replica: 2 } }),
      "pools[0].profile has gpus_per_replica 2, where iteration_model has tp x pp = 1.",
    ],
    [
      "with an unknown GPU",
      withRoofline({ hardware: "h101" }),
      'pools[0].iteration_model.hardware is "h101", but must be a name of the catalog of hardware (did you mean ',
    ],
    [
      "with a misspelt key",
      withRoofline({ kvdtype: "fp8" }),
      "pools[0].iteration_model.kvdtype is not a known key (did you mean kv_dtype?)",
    ],
  ];
  it.each(cases)("%s", (_what, text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it("but not where its memory is given", () => {
    const text = withRoofline({ model: "llama-3.1-70b" }, { serving: { num_blocks: 9000 } });
    expect(poolOf(text).serving.numBlocks).toBe(9000);
  });
});

import { describe, expect, test } from "vitest";
import {
  defaultLink,
  type HandoverChoice,
  pairInput,
  PROFILE_KV_BYTES,
  resolvedFleet,
  withCounts,
} from "../../../host/planners/disagg/pair-fleet.js";
import { roleKind } from "../../../host/planners/disagg/role-kind.js";
import type { ReplicaOption } from "../../../host/planners/sizing/replica-option.js";
import { replicaOptions } from "../../../host/planners/sizing/replica-options.js";
import type { PrefillStage } from "../../../host/specs/pool-stage.js";

const MAX_CTX = 4096;
const kind = (option: ReplicaOption) => roleKind(option, MAX_CTX);
const profile = (gpu: string) => kind(replicaOptions({ gpus: [gpu] })[0]!);
const modelled = (gpu: string, tp: number) =>
  kind(replicaOptions({ gpus: [gpu], model: "llama-3.1-70b", tps: [tp] })[0]!);
const H100 = modelled("h100-sxm", 8);
const A100 = modelled("a100-sxm-80gb", 8);

const fleetOf = (handover: HandoverChoice = {}, [prefill, decode] = [H100, A100]) =>
  resolvedFleet(pairInput(prefill, decode, { prefill: 2, decode: 3 }, { maxCtx: MAX_CTX, handover }), "pair");
const stageOf = (handover?: HandoverChoice, kinds?: [typeof H100, typeof H100]) =>
  fleetOf(handover, kinds).pools[0]!.stage as PrefillStage;

describe("a pair of pools", () => {
  test("prefills in one and decodes in the other", () => {
    const { pools } = fleetOf();
    expect(pools.map(({ id, replicas, stage }) => [id, replicas, stage!.role])).toEqual([
      ["prefill", 2, "prefill"],
      ["decode", 3, "decode"],
    ]);
  });

  test("has the links of DGX servers with its GPUs unless given", () => {
    expect([defaultLink(H100), defaultLink(A100)]).toEqual([{ type: "ib-ndr" }, { type: "ib-hdr" }]);
    const [prefill, decode] = fleetOf().pools.map(({ stage }) => stage!.link);
    expect(prefill).toMatchObject({ name: "ib-ndr", nics: 8, bytesPerS: 8 * 50e9 * 0.8 });
    expect(decode).toMatchObject({ name: "ib-hdr", nics: 8, bytesPerS: 8 * 25e9 * 0.8 });
  });

  test("has one slow link where nothing is known of its GPUs", () => {
    const other = kind(replicaOptions({ gpus: ["l40s"], model: "llama-3.1-8b", tps: [1] })[0]!);
    expect(stageOf({}, [other, other]).link).toMatchObject({ name: "100gbe", nics: 1 });
  });

  test("has the link that was given on both sides", () => {
    const fleet = fleetOf({ link: { type: "25gbe", efficiency: 1, latency_us: 7 } });
    for (const { stage } of fleet.pools) expect(stage!.link).toMatchObject({ name: "25gbe", bytesPerS: 3.125e9 });
    expect((fleet.pools[0]!.stage as PrefillStage).latencyS).toBeCloseTo(7e-6, 12);
  });

  test("keeps its own link where only its efficiency is given", () => {
    expect(stageOf({ link: { efficiency: 0.5 } }).link).toMatchObject({ name: "ib-ndr", bytesPerS: 8 * 50e9 * 0.5 });
  });

  test("hands over as was asked", () => {
    expect(
      stageOf({
        link: { type: "none", mode: "layerwise", handover: "reserve" },
        firstToken: "decode",
      }),
    ).toMatchObject({ mode: "layerwise", handover: "reserve", sharing: "fifo", firstToken: "decode", layers: 80 });
    expect(stageOf({ spillPromptTokens: 5000, keepDecodes: true })).toMatchObject({
      spillPromptTokens: 5000,
      keepDecodes: true,
    });
  });

  test("moves the keys and values of its model", () => {
    expect(stageOf().kv).toEqual({ tokenBytes: 327_680, windowBytes: 0, window: 0 });
  });

  test("of profiles moves those of the model that they were calibrated to, over eight NICs", () => {
    const stage = stageOf({ link: { mode: "layerwise" } }, [profile("h100"), profile("a100")]);
    expect(stage.kv.tokenBytes).toBe(PROFILE_KV_BYTES);
    expect([stage.layers, stage.link.nics]).toEqual([80, 8]);
  });

  test("of another profile must be told what it moves", () => {
    expect(() => fleetOf({}, [profile("a10g"), profile("h100")])).toThrow(
      "nothing is known of the model that A10G serves: handover.link.kv_bytes_per_token must say how many bytes of a token cross, or model name it.",
    );
    const given = stageOf({ link: { kv_bytes_per_token: 131_072 } }, [profile("a10g"), profile("h100")]);
    expect(given.kv.tokenBytes).toBe(131_072);
  });

  test("keeps no prompts where it decodes, and queues there as decode pools do", () => {
    const caching = kind({
      name: "caching",
      replica: {
        gpu: "h100",
        balance: "prefix_affinity",
        max_queue: 9,
        serving: { enable_prefix_caching: true, max_num_seqs: 32 },
      },
    });
    const [prefill, decode] = fleetOf({}, [caching, caching]).pools;
    expect([prefill!.serving.enablePrefixCaching, decode!.serving.enablePrefixCaching]).toEqual([true, false]);
    expect([prefill!.balance, decode!.balance]).toEqual(["prefix_affinity", "least_outstanding"]);
    expect(decode!.serving.maxNumSeqs).toBe(32);
  });

  test("tells a mistake by the pair that has it", () => {
    expect(() => fleetOf({ link: { mode: "layerwise", handover: "pull" } })).toThrow(/^pair: .*handover/);
    expect(() => fleetOf({ link: { type: "infinibang" } })).toThrow(/^pair: .*type/);
  });
});

test("more replicas are the same fleet but for its counts", () => {
  const more = withCounts(fleetOf(), [5, 7]);
  expect(more.pools.map(({ replicas, gpus }) => [replicas, gpus])).toEqual([
    [5, 40],
    [7, 56],
  ]);
  expect(more).toMatchObject({ replicas: 12, gpus: 96 });
  expect(more.costPerHr).toBeCloseTo(fleetOf().pools[0]!.costPerHr * 2.5 + (fleetOf().pools[1]!.costPerHr * 7) / 3, 9);
});

import { describe, expect, it } from "vitest";
import { fleetFileText } from "../../host/reports/fleet-file-text.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { checkFleet, fleetJsonSchema, type FleetInput, parseFleet } from "../../host/specs/fleet-spec.js";
import { isStaged } from "../../host/specs/pool-stage.js";
import { prefillStage, roofline, stagedFleet, stagedPools, stagedSpec, type StagedChanges } from "./staged-fleet.js";

const linear = { iteration_model: { type: "linear", c0_ms: 8, c1_ms: 0.1 } };
const gpt = { model: "gpt-oss-20b" };

/** The links of both pools. */
const linksOf = (changes: StagedChanges) => stagedFleet(changes).pools.map(({ stage }) => stage!.link);

describe("a pool that hands over", () => {
  it("does so to the only decode pool, with the defaults of the page", () => {
    expect(prefillStage()).toEqual({
      role: "prefill",
      decodePool: 1,
      firstToken: "prefill",
      handover: "pull",
      mode: "serial",
      sharing: "fifo",
      latencyS: 50e-6,
      link: { name: "ib-ndr", nics: 1, nicBytesPerS: 50e9, efficiency: 0.8, bytesPerS: 40e9 },
      kv: { tokenBytes: 131_072, windowBytes: 0, window: 0 },
      layers: 32,
      regroup: 1,
      spillPromptTokens: null,
      keepDecodes: false,
    });
  });

  it("does what its keys say", () => {
    const link = { bandwidth_GBps: 10, nics: 2, efficiency: 0.5, latency_us: 20, sharing: "shared", handover: "push" };
    const keys = { first_token: "decode", spill_prompt_tokens: 4000, decode_pool: "dec", link };
    expect(prefillStage({ pre: keys })).toMatchObject({
      firstToken: "decode",
      spillPromptTokens: 4000,
      latencyS: 20e-6,
      sharing: "shared",
      handover: "push",
      link: { name: "custom", nics: 2, nicBytesPerS: 10e9, efficiency: 0.5, bytesPerS: 10e9 },
    });
  });

  it("may keep who finds no room", () => {
    expect(prefillStage({ pre: { keep_decodes: true } }).keepDecodes).toBe(true);
  });

  it("pushes layer by layer, unless it reserves, with the latency that was measured so", () => {
    const layerwise = { type: "ib-ndr", mode: "layerwise" };
    expect(prefillStage({ pre: { link: layerwise } })).toMatchObject({ handover: "push", latencyS: 5e-3 });
    expect(prefillStage({ pre: { link: { ...layerwise, handover: "reserve" } } }).handover).toBe("reserve");
  });

  it("hands over to the pool that it names where there are several", () => {
    const other = { ...stagedPools()[1], id: "other" };
    const more = [other, { ...stagedPools()[0], id: "pre-2", decode_pool: "other" }];
    const { pools } = stagedFleet({ pre: { decode_pool: "dec" }, more });
    expect(pools[0]!.stage).toMatchObject({ decodePool: 1 });
    expect(pools[3]!.stage).toMatchObject({ decodePool: 2 });
  });
});

describe("the link of a replica", () => {
  it("has a NIC for each GPU where the type is one of a GPU", () => {
    const dec = { iteration_model: roofline({ tp: 2 }), serving: { pp: 2 } };
    const links = linksOf({ pre: { iteration_model: roofline({ tp: 8 }) }, dec });
    expect(links.map(({ nics, bytesPerS }) => [nics, bytesPerS])).toEqual([
      [8, 8 * 40e9],
      [4, 4 * 40e9],
    ]);
  });

  it("is one of a server whatever its GPUs", () => {
    const links = linksOf({ pre: { iteration_model: roofline({ tp: 8 }), link: { type: "DGX H100" } } });
    expect(links[0]).toEqual({
      name: "dgx-h100",
      nics: 1,
      nicBytesPerS: 400e9,
      efficiency: 0.8,
      bytesPerS: 320e9,
    });
  });

  it("has the NICs that are given", () => {
    expect(linksOf({ pre: { link: { type: "ib-ndr", nics: 3 } } }).map(({ nics }) => nics)).toEqual([3, 3]);
  });

  it("has no limit where type is none", () => {
    const [pre, dec] = linksOf({ pre: { link: { type: "none" } } });
    expect(pre).toMatchObject({ name: "none", bytesPerS: Infinity });
    expect(dec).toEqual(pre);
  });

  it("is of the decode pool itself where it says so", () => {
    const [pre, dec] = linksOf({ dec: { link: { type: "25gbe", efficiency: 1 } } });
    expect(pre!.name).toBe("ib-ndr");
    expect(dec).toEqual({ name: "25gbe", nics: 1, nicBytesPerS: 3.125e9, efficiency: 1, bytesPerS: 3.125e9 });
  });
});

describe("the bytes that cross", () => {
  it("know windows", () => {
    const same = { iteration_model: roofline(gpt) };
    const { kv, layers } = prefillStage({ pre: same, dec: same });
    expect(kv).toEqual({ tokenBytes: kv.windowBytes, windowBytes: 12 * 2 * 8 * 64 * 2, window: 128 });
    expect(layers).toBe(24);
  });

  it("are those that are given", () => {
    const link = { type: "ib-ndr", kv_bytes_per_token: 1000, mode: "layerwise", layers: 7 };
    const given = { kv: { tokenBytes: 1000, windowBytes: 0, window: 0 }, layers: 7 };
    expect(prefillStage({ pre: { link } })).toMatchObject(given);
    expect(prefillStage({ pre: { ...linear, link }, dec: linear })).toMatchObject(given);
  });

  it("grow by regroup where the tensor parallelism of both sides differs", () => {
    const pre = { link: { type: "ib-ndr", regroup: 1.5 }, serving: { pp: 2 } };
    expect(prefillStage({ pre })).toMatchObject({ kv: { tokenBytes: 131_072 }, regroup: 1 });
    const dec = { iteration_model: roofline({ tp: 4 }) };
    expect(prefillStage({ pre, dec })).toMatchObject({ kv: { tokenBytes: 1.5 * 131_072 }, regroup: 1.5 });
  });
});

describe("a fleet where prefill and decode are apart", () => {
  it("is known by its stages", () => {
    expect(isStaged(stagedFleet())).toBe(true);
    expect(isStaged(resolveFleet(checkFleet({ pools: [{ id: "a", gpu: "a100", n_gpus: 1, max_ctx: 100 }] })))).toBe(
      false,
    );
  });

  it("may have mixed pools", () => {
    const more = [{ id: "mix", role: "mixed", gpu: "a100", n_gpus: 1, max_ctx: 4096 }];
    expect(stagedFleet({ more }).pools[2]).not.toHaveProperty("stage");
  });

  it("prefills no request that the decode pool does not hold", () => {
    const { pools } = stagedFleet({ dec: { max_ctx: 2000, serving: { max_model_len: 1500 } } });
    expect(pools[0]).toMatchObject({ maxCtx: 8192, serving: { maxModelLen: 1500 } });
  });

  it("has a router's boundary from what its prefill pools take", () => {
    const short = { ...stagedPools()[0], id: "short", max_ctx: 5000 };
    const router = stagedSpec({ dec: { max_ctx: 4000 }, more: [short] }, { router: "spillover" }).router;
    expect(router).toMatchObject({ threshold: 4000 });
  });

  it("gives requests without a label to a pool that takes arrivals", () => {
    const [pre, dec] = stagedPools();
    expect(checkFleet({ pools: [dec, pre], router: "model" }).router).toEqual({ type: "model", defaultPool: "pre" });
  });

  it("is the same once it has been written and read", () => {
    const link = { bandwidth_GBps: 12.5, mode: "layerwise", handover: "reserve", sharing: "fifo", regroup: 1.1 };
    const pools = stagedPools({ pre: { link, first_token: "decode", cost_per_hr: 3, power_cap_w: 500 } });
    const input = { pools } as unknown as FleetInput;
    for (const name of ["fleet.yaml", "fleet.json"]) {
      const { file, ...read } = parseFleet(fleetFileText(input, name, ["what it is for"]), name);
      expect({ ...read, file: "" }).toEqual(checkFleet(input));
      expect(file).toBe(name);
    }
  });

  it("is described for editors", () => {
    const text = JSON.stringify(fleetJsonSchema());
    for (const key of ["role", "decode_pool", "link", "bandwidth_GBps", "power_cap_w"])
      expect(text).toContain(`"${key}"`);
  });

  it("has no slots, which are of the other engine, and so no window that they limit", () => {
    const link = { type: "ib-ndr", kv_bytes_per_token: 1000 };
    const gpu = { iteration_model: undefined, gpu: "h100", max_ctx: 2_000_000 };
    const fleet = stagedFleet({ pre: { ...gpu, link }, dec: { ...gpu, max_ctx: 8192 } });
    expect(fleet.slots).toBe(0);
    expect(fleet.pools.map(({ hasSlots }) => hasSlots)).toEqual([false, false]);
  });

  it("is plain data", () => {
    const fleet = stagedFleet();
    expect(structuredClone(fleet)).toEqual(fleet);
  });

  it("of as many pools as may be is looked through in no time", () => {
    const [pre, dec] = stagedPools();
    const pools = Array.from({ length: 512 }, (_, i) => [
      { ...pre, id: `p${i}`, decode_pool: `d${i}` },
      { ...dec, id: `d${i}` },
    ]).flat();
    const before = performance.now();
    expect(resolveFleet(checkFleet({ pools })).pools).toHaveLength(1024);
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

import { describe, expect, it } from "vitest";
import { profile } from "../../host/planners/profile.js";
import { listProfiles } from "../../host/planners/profile-list.js";
import { HARDWARE_NAMES } from "../../host/specs/hardware-catalog.js";

describe("the list of profiles", () => {
  it("has those given by hand, and no others unless asked", () => {
    const { manual, computed } = listProfiles();
    expect(manual.map(({ gpu, n_slots: slots }) => [gpu, slots])).toEqual([
      ["a100", 128],
      ["h100", 128],
      ["a10g", 64],
    ]);
    expect(computed).toEqual([]);
  });

  it("has every group that fits of one GPU and one model", () => {
    const { computed } = listProfiles({ hardware: "h100", model: "llama-3.1-70b" });
    expect(computed.map(({ gpus_per_replica: gpus }) => gpus)).toEqual([2, 4, 8, 16]);
  });

  it("tells what the profile itself tells", () => {
    const row = listProfiles({ hardware: "h100", model: "llama-3.1-8b", maxCtx: 5000 }).computed[0]!;
    const one = profile({ hardware: "h100", model: "llama-3.1-8b", maxCtx: [5000] });
    expect(one).toMatchObject({ name: row.name, W_s: row.W_s, H_s: row.H_s, n_slots: { "5000": row.n_slots } });
  });

  it("has the smallest group that fits of each GPU for one model", () => {
    const { computed } = listProfiles({ model: "llama-3.1-8b" });
    const names = computed.map(({ name }) => name.split("/")[0]!);
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => (HARDWARE_NAMES as readonly string[]).includes(name))).toBe(true);
    expect(computed.find(({ name }) => name.startsWith("h100-sxm"))!.gpus_per_replica).toBe(1);
  });

  it("leaves out groups without room for the longest request", () => {
    const of = (maxCtx: number) => listProfiles({ hardware: "h100", model: "llama-3.1-70b", maxCtx }).computed.length;
    expect(of(100_000)).toBeLessThan(of(1000));
  });

  it("leaves out GPUs that have no such type", () => {
    const { computed } = listProfiles({ model: "llama-3.1-8b", dtype: "fp8" });
    expect(computed.some(({ name }) => name.startsWith("a100"))).toBe(false);
    expect(computed.every(({ name }) => name.endsWith("/fp8"))).toBe(true);
  });

  it.each([
    [{ hardware: "h1000" }, 'hardware is "h1000"'],
    [{ model: "gpt" }, 'model is "gpt"'],
    [{ model: "llama-3.1-8b", dtype: "fp7" }, 'dtype is "fp7"'],
  ])("refuses %o", (options, words) => {
    expect(() => listProfiles(options)).toThrow(words);
  });
});

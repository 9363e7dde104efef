import { describe, expect, it } from "vitest";
import { explainProfile, provenanceOf, type ExplainedStep } from "../../host/profiles/explain.js";
import { explainManual } from "../../host/profiles/explain-manual.js";
import { buildProfile } from "../../host/profiles/profile-builder.js";
import { rooflineReplica } from "../../host/profiles/roofline-replica.js";
import { gpuProfile, GPU_NAMES } from "../../host/specs/gpu-catalog.js";
import { recompute } from "./recompute.js";
import { roofline } from "./roofline-cases.js";

/** Dense, with experts, latent attention, windows; types; borrowed kernels; pipelines. */
const CASES = [
  ["dense", { model: "llama-3.1-8b" }, {}],
  ["a group of GPUs", { model: "llama-3.1-70b", tp: 8 }, { meanCtx: 1000 }],
  ["experts in a pipeline", { model: "mixtral-8x7b", tp: 2 }, { pp: 2, chunk: 777 }],
  ["latent attention, dense layers among experts", { hardware: "h200-sxm", model: "deepseek-v3", tp: 8 }, {}],
  ["windows", { hardware: "b200-sxm", model: "gemma-3-27b", tp: 2 }, {}],
  ["windows, experts of mxfp4", { hardware: "a100-sxm-80gb", model: "gpt-oss-20b" }, {}],
  ["fp8, borrowed kernels", { hardware: "l4", model: "llama-3.1-8b", dtype: "fp8", kv_dtype: "fp8" }, {}],
  ["too small a memory", { hardware: "l4", model: "llama-3.1-70b" }, {}],
] as const;

const explained = CASES.map(([name, fields, serving]) => {
  const profile = buildProfile(roofline(fields), serving);
  return [name, profile, explainProfile(profile, [2048, 100_000])] as const;
});

describe.each(explained)("steps of a profile: %s", (_, profile, steps) => {
  it("compute again what they say", () => {
    for (const step of steps) {
      const again = recompute(step);
      const off = step.value === 0 ? again : again / step.value - 1;
      expect(Math.abs(off), `${step.key}: ${again}, not ${step.value}`).toBeLessThan(1e-9);
    }
  });

  it("use no value of another step but as that step has it, before them", () => {
    const known = new Map<string, number>();
    for (const { key, inputs, value } of steps) {
      expect(known.has(key), key).toBe(false);
      for (const { kind, source, value: used } of inputs) {
        if (kind === "step" && !source.includes(" ")) expect(used, `${source} in ${key}`).toBe(known.get(source));
      }
      known.set(key, value);
    }
  });

  it("end in the figures of the profile", () => {
    expect(valueOf(steps, "W_s")).toBe(profile.W);
    expect(valueOf(steps, "H_s")).toBe(profile.H);
    expect(valueOf(steps, "total_kv_blks")).toBe(profile.totalKvBlocks);
    expect(valueOf(steps, "n_slots_2048")).toBe(profile.slots(2048));
    expect(valueOf(steps, "weight_bytes")).toBe(rooflineReplica(profile.roofline).weightBytesPerGpu);
    expect(valueOf(steps, "cost_per_hr")).toBe(profile.replicaCostPerHr);
  });

  it("give every input a source", () => {
    for (const { key, inputs } of steps) {
      for (const { name, source } of inputs) expect(source.length, `${name} of ${key}`).toBeGreaterThan(2);
    }
  });
});

describe("provenance", () => {
  const of = (fields: Record<string, unknown>) => provenanceOf(explainProfile(buildProfile(roofline(fields)), [2048]));

  it("calls the kernels of a measured GPU measured", () => {
    expect(of({}).measured.join()).toContain("matrix products of h100-sxm");
  });

  it("calls those of another borrowed", () => {
    const { measured, borrowed } = of({ hardware: "l4" });
    expect(measured).toEqual([]);
    expect(borrowed.join()).toContain("matrix products of l40s");
  });

  it("names what nobody measured", () => {
    const { assumed } = of({});
    expect(assumed.join()).toContain("activation_bytes");
    expect(assumed.join()).toContain("idle_share");
  });

  it("cites the sheets of the hardware and the configuration of the model", () => {
    const cited = of({}).cited.join();
    expect(cited).toContain("H100 Tensor Core GPU data sheet");
    expect(cited).toContain("config.json of meta-llama/Llama-3.1-8B");
  });

  it("calls facts that were written out given", () => {
    const hardware = { peak_bf16_flops: 1e15, memory_bytes: 8e10, memory_bandwidth: 3e12 };
    expect(of({ hardware }).cited.join()).not.toContain("data sheet");
  });
});

describe.each(GPU_NAMES)("steps of the constants of %s", (gpu) => {
  it("compute again what they say", () => {
    for (const step of explainManual(gpuProfile(gpu), [2048, 8192, 65_536], true)) {
      expect(recompute(step), step.key).toBeCloseTo(step.value, 9);
    }
  });
});

function valueOf(steps: readonly ExplainedStep[], key: string): number | undefined {
  return steps.find((step) => step.key === key)?.value;
}

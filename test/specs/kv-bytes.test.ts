import { describe, expect, it } from "vitest";
import { iterationModelSchema } from "../../host/specs/iteration-model-spec.js";
import { kvBytesOf, modelKvBytes } from "../../host/specs/kv-bytes.js";
import { findLink } from "../../host/specs/link-catalog.js";

function kvOf(keys: Record<string, unknown>) {
  const spec = iterationModelSchema.parse({ type: "roofline", hardware: "h100-sxm", ...keys });
  if (spec.type !== "roofline") throw new Error("no roofline");
  return modelKvBytes(spec);
}

/** A shape of which only what makes keys and values matters: as many key and value heads as heads. */
const opt = (layers: number, heads: number) => ({
  name: "opt",
  layers,
  hidden: heads * 128,
  heads,
  head_dim: 128,
  intermediate: 4 * heads * 128,
  vocab: 50_272,
});
const OPT_66B = opt(64, 72);
const BLOOM_176B = opt(70, 112);

describe("keys and values of a token", () => {
  it.each([
    ["OPT-13B", opt(40, 40), 819_200],
    ["OPT-66B", OPT_66B, 2_359_296],
    ["OPT-175B", opt(96, 96), 4_718_592],
    ["BLOOM-176B", BLOOM_176B, 4_014_080],
    ["Llama-3.1-70B", "llama-3.1-70b", 327_680],
    ["Llama-3.1-8B", "llama-3.1-8b", 131_072],
    ["DeepSeek-V3, latent", "deepseek-v3", 70_272],
  ])("of %s", (_name, model, bytes) => {
    expect(kvOf({ model })).toEqual({ tokenBytes: bytes, windowBytes: 0, window: 0 });
  });

  it("are half in fp8", () => {
    expect(kvOf({ model: "llama-3.1-8b", kv_dtype: "fp8" }).tokenBytes).toBe(65_536);
  });

  it("are those of the model whatever the number of GPUs, though these repeat heads", () => {
    expect(kvOf({ model: "llama-3.1-8b", tp: 16 })).toEqual(kvOf({ model: "llama-3.1-8b" }));
  });

  it("of layers with a window stop at the window", () => {
    const model = { ...OPT_66B, sliding_window: 1000, windowed_layers: 48 };
    const kv = kvOf({ model });
    expect(kv).toEqual({ tokenBytes: 2_359_296 / 4, windowBytes: (3 * 2_359_296) / 4, window: 1000 });
    expect(kvBytesOf(kv, 1000)).toBe(1000 * 2_359_296);
    expect(kvBytesOf(kv, 5000)).toBe((5000 / 4 + 750) * 2_359_296);
  });
});

describe("2048 tokens over a link that loses nothing, ms", () => {
  it.each([
    ["OPT-66B", OPT_66B, [1546, 193, 24.2, 16.1]],
    ["BLOOM-176B", BLOOM_176B, [2631, 329, 41.1, 27.4]],
    ["Llama-3.1-70B", "llama-3.1-70b", [215, 26.8, 3.36, 2.24]],
    ["Llama-3.1-8B", "llama-3.1-8b", [85.9, 10.7, 1.34, 0.9]],
    ["DeepSeek-V3", "deepseek-v3", [46, 5.8, 0.72, 0.48]],
  ] as const)("of %s", (_name, model, expected) => {
    const bytes = kvBytesOf(kvOf({ model }), 2048);
    for (const [index, name] of ["25gbe", "ib-hdr", "dgx-a100", "nvlink3"].entries()) {
      const ms = (bytes / findLink(name)!.bytesPerS) * 1000;
      const digits = String(expected[index]).split(".")[1]?.length ?? 0;
      expect(Number(ms.toFixed(digits))).toBe(expected[index]);
    }
  });
});

import { describe, expect, it } from "vitest";
import { deriveAttention } from "../../../host/specs/kernels/derive-attention.js";
import { attentionRow, PEAKS, tablesOf } from "./synthetic-tables.js";

const BATCHES = [1, 4, 16, 64];
const LENGTHS = [128, 512, 2048, 8192, 32768];
const bytesOf = (batch: number, context: number) => batch * context * 2 * 2 * 128 * 2;
const each = <T>(make: (batch: number, tokens: number) => T) =>
  BATCHES.flatMap((batch) => LENGTHS.map((tokens) => make(batch, tokens)));

const decode = each((batch, context) =>
  attentionRow("decode", batch, context, 10e-6 + bytesOf(batch, context) / (2e12 * 0.9)),
);
const prefill = each((batch, tokens) =>
  attentionRow("prefill", batch, tokens, 15e-6 + (2 * 8 * 128 * batch * tokens * tokens) / (1e15 * 0.6)),
);

describe("attention", () => {
  const figures = deriveAttention(tablesOf({ decode, prefill }), PEAKS, { system: "x", kvDtype: "bf16" });

  it("of decoding sequences has a floor and the bandwidth at which it reads", () => {
    expect(figures.decode.floorUs).toEqual({ value: 10, origin: "measured" });
    expect(figures.decode.bandwidthShare).toEqual({ value: 0.9, origin: "measured" });
    expect(figures.decode.fit).toMatchObject({ measurements: 20, meanError: 0, p90Error: 0 });
  });

  it("of prompts has a floor and the share of peak at which it computes half the square of their tokens", () => {
    expect(figures.prefill.floorUs.value).toBe(15);
    expect(figures.prefill.computeShare.value).toBe(0.6);
  });

  it("says what was measured", () => {
    expect(figures.decode.fit.covers).toBe("batch 1 to 64; context of 128 to 32768 tokens; 8 heads of 128");
  });

  it("that a cache held counts for nothing", () => {
    const cached = each((batch, context) => {
      const bytes = bytesOf(batch, context);
      const slow = 10e-6 + bytes / (2e12 * 0.9);
      return attentionRow("decode", batch, context, bytes > 1e6 && bytes <= 33.6e6 ? bytes / 4e12 : slow);
    });
    const of = deriveAttention(tablesOf({ decode: cached, prefill }), PEAKS, { system: "x", kvDtype: "bf16" });
    expect(of.decode.floorUs.value).toBe(10);
    expect(of.decode.bandwidthShare.value).toBe(0.9);
    expect(of.decode.fit.covers).toContain("less than 1 or more than 34 MB read");
  });
});

import { describe, expect, it } from "vitest";
import {
  fifoLinkWaitS,
  layerwiseVisibleS,
  linkSaturationRps,
  serialTransferS,
  sharedLinkS,
  transferMoments,
  transferS,
} from "../../host/queueing/kv-transfer.js";

/** Keys and values of a token, bytes. */
const OPT_66B = 2_359_296;
const BLOOM_176B = 4_014_080;
const LLAMA_70B = 327_680;
const LLAMA_8B = 131_072;
const DEEPSEEK_V3 = 70_272;
/** Links, bytes/s. */
const ETHERNET_25 = 3.125e9;
const HDR = 25e9;
const HDR_X8 = 200e9;
const NVLINK_A100 = 300e9;

describe("a transfer alone", () => {
  it.each([
    ["OPT-66B", OPT_66B, [1546, 193, 24.2, 16.1]],
    ["BLOOM-176B", BLOOM_176B, [2631, 329, 41.1, 27.4]],
    ["Llama-3-70B", LLAMA_70B, [215, 26.8, 3.36, 2.24]],
    ["Llama-3.1-8B", LLAMA_8B, [85.9, 10.7, 1.34, 0.9]],
    ["DeepSeek-V3", DEEPSEEK_V3, [46, 5.8, 0.72, 0.48]],
  ])("of 2048 tokens of %s takes so many ms over 25 GbE, HDR, 8 HDR and NVLink", (_, perToken, expected) => {
    [ETHERNET_25, HDR, HDR_X8, NVLINK_A100].forEach((link, i) => {
      const ms = 1000 * transferS(2048 * perToken, link);
      expect(Math.abs(ms / expected[i]! - 1)).toBeLessThan(0.008);
    });
  });

  it.each([
    ["NVLink", NVLINK_A100, 1.04],
    ["8 HDR", HDR_X8, 1.06],
    ["one HDR", HDR, 1.44],
    ["25 GbE", ETHERNET_25, 4.5],
  ])("makes a prefill of 109 ms, 512 tokens of OPT-66B, over %s so many times as long", (_, link, factor) => {
    const decimals = factor > 4 ? 1 : 2;
    expect((0.109 + serialTransferS(512 * OPT_66B, link)) / 0.109).toBeCloseTo(factor, decimals);
  });

  it("adds the latency of the link to the bytes", () => {
    expect(serialTransferS(1e9, 1e10, 0.005)).toBeCloseTo(0.105, 12);
    expect(serialTransferS(1e9, Infinity, 0.005)).toBe(0.005);
  });
});

describe("a transfer layer by layer", () => {
  /** Layers one after the other, each after it is computed and after the one before it. */
  function played(S: number, T: number, L: number): number {
    let sent = 0;
    for (let layer = 1; layer <= L; layer++) sent = Math.max(sent, (layer * T) / L) + S / L;
    return sent - T;
  }

  it.each([
    ["slower than computing", 3, 1, 32],
    ["a little slower", 1.01, 1, 32],
    ["as fast", 1, 1, 32],
    ["faster", 0.2, 1, 80],
    ["without a prompt", 0.2, 0, 80],
    ["with one layer", 0.2, 5, 1],
  ])("%s leaves what playing its layers leaves", (_, S, T, L) => {
    const visible = layerwiseVisibleS({ transferS: S, prefillS: T, layers: L, syncS: 0.25 });
    expect(visible).toBeCloseTo(played(S, T, L) + 0.25, 12);
  });

  it("leaves no more than its last layer while it keeps up", () => {
    expect(layerwiseVisibleS({ transferS: 0.5, prefillS: 1, layers: 50 })).toBeCloseTo(0.01, 12);
  });
});

describe("a link", () => {
  it("of 25 GbE is full at 2.6 requests/s of 512 tokens of OPT-66B, one HDR at 20.7", () => {
    expect(linkSaturationRps(512 * OPT_66B, ETHERNET_25)).toBeCloseTo(2.6, 1);
    expect(linkSaturationRps(512 * OPT_66B, HDR)).toBeCloseTo(20.7, 1);
    expect(linkSaturationRps(512 * OPT_66B, Infinity)).toBe(Infinity);
  });

  it("that carries one after the other makes wait rho S2 / (2 (1 - rho) S1)", () => {
    // 1 s for three of four, 5 s for one: S1 = 2, S2 = 7.
    const moments = transferMoments([1e9, 5e9], [3, 1], 1e9);
    expect(moments.meanS).toBeCloseTo(2, 12);
    expect(moments.cv2).toBeCloseTo(7 / 4 - 1, 12);
    expect(fifoLinkWaitS(0.4, moments)).toBeCloseTo((0.8 * 7) / (2 * 0.2 * 2), 12);
  });

  it("makes equal transfers wait as M/D/1 does", () => {
    expect(fifoLinkWaitS(0.75, transferMoments([4e9], [1], 4e9))).toBeCloseTo(0.75 / (2 * 0.25), 12);
  });

  it("that is shared takes each S / (1 - rho)", () => {
    expect(sharedLinkS(0.4, 2)).toBeCloseTo(10, 12);
    expect(sharedLinkS(0.4, 2, 5)).toBeCloseTo(25, 12);
  });

  it("takes for ever at a load of 1, and no time without bytes", () => {
    expect(fifoLinkWaitS(1, { meanS: 1, cv2: 0 })).toBe(Infinity);
    expect(sharedLinkS(1, 1)).toBe(Infinity);
    expect(transferMoments([0], [1], 1e9)).toEqual({ meanS: 0, cv2: 0 });
    expect(fifoLinkWaitS(5, { meanS: 0, cv2: 0 })).toBe(0);
    expect(sharedLinkS(5, 0)).toBe(0);
  });
});

it.each([
  ["bytes", () => transferS(-1, 1)],
  ["bytesPerS", () => transferS(1, 0)],
  ["bytesPerS", () => transferMoments([1], [1], NaN)],
  ["latencyS", () => serialTransferS(1, 1, -1)],
  ["layers", () => layerwiseVisibleS({ transferS: 1, prefillS: 1, layers: 0 })],
  ["syncS", () => layerwiseVisibleS({ transferS: 1, prefillS: 1, layers: 1, syncS: Infinity })],
  ["a weight", () => transferMoments([1], [-1], 1)],
  ["2 sizes and 1 weights", () => transferMoments([1, 2], [1], 1)],
  ["all weights are 0", () => transferMoments([1], [0], 1)],
  ["rateRps", () => sharedLinkS(NaN, 1)],
])("refuses a wrong %s", (name, call) => {
  expect(call).toThrow(RangeError);
  expect(call).toThrow(name);
});

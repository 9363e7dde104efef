import { describe, expect, it } from "vitest";
import { expectedExperts } from "../../host/profiles/expected-experts.js";

describe("expectedExperts", () => {
  it("is the chosen experts of one token", () => {
    expect(expectedExperts(8, 2, 1)).toBe(2);
  });

  it("is 3.5 of 8 for two tokens that choose 2 each", () => {
    expect(expectedExperts(8, 2, 2)).toBe(3.5);
  });

  it("is the sum over many tokens, whatever the order of multiplications", () => {
    let missed = 1;
    for (let token = 0; token < 37; token++) missed *= 1 - 8 / 128;
    expect(expectedExperts(128, 8, 37)).toBeCloseTo(128 * (1 - missed), 9);
  });

  it("is all experts in the end", () => {
    expect(expectedExperts(128, 8, 16_384)).toBe(128);
  });

  it("is all experts from the first token on where each token chooses all", () => {
    expect(expectedExperts(8, 8, 1)).toBe(8);
  });
});

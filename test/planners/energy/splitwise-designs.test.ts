import { describe, expect, it } from "vitest";
import {
  SPLITWISE_CAP_W,
  SPLITWISE_DESIGNS,
  SPLITWISE_SERVERS,
  splitwiseTokenServers,
} from "../../../host/planners/energy/splitwise-designs.js";
import { hardwareFacts } from "../../../host/specs/hardware-catalog.js";

const { "Splitwise-AA": AA, "Splitwise-HH": HH, "Splitwise-HA": HA, "Splitwise-HHcap": HHcap } = SPLITWISE_DESIGNS;

describe("token servers within the budget of 40 H100 servers, as in Splitwise's figures", () => {
  it.each([
    ["AA", AA, 45, 25],
    ["HH", HH, 25, 15],
    ["HA", HA, 25, 26],
    ["HHcap", HHcap, 25, 21],
    ["AA, code", AA, 55, 15],
    ["HH, code", HH, 35, 5],
    ["HA, code", HA, 35, 8],
    ["HHcap, code", HHcap, 35, 7],
    ["only A100", HA, 0, 70],
    ["only H100", HH, 0, 40],
  ] as const)("of power: %s, %#", (_, design, prompts, tokens) => {
    expect(splitwiseTokenServers(design, prompts, { by: "power" })).toBe(tokens);
  });

  it.each([
    ["AA", AA, 51, 35],
    ["HH", HH, 25, 15],
    ["HA", HA, 30, 21],
    ["HHcap", HHcap, 30, 10],
    ["AA, code", AA, 66, 20],
    ["HH, code", HH, 35, 5],
    ["HA, code", HA, 35, 10],
    ["only A100", HA, 0, 86],
    ["only H100", HH, 0, 40],
  ] as const)("of cost: %s, %#", (_, design, prompts, tokens) => {
    expect(splitwiseTokenServers(design, prompts, { by: "cost" })).toBe(tokens);
  });

  it("are none where prompt servers alone take more", () => {
    expect(splitwiseTokenServers(HH, 41, { by: "power" })).toBe(0);
  });

  it("grow with the budget", () => {
    expect(splitwiseTokenServers(HH, 10, { by: "cost", budgetServers: 100 })).toBe(90);
  });
});

describe("servers of Splitwise", () => {
  it("draw 70 % with GPUs at half of their power", () => {
    const { h100, "h100-capped": capped } = SPLITWISE_SERVERS;
    expect(capped.rackKw / h100.rackKw).toBeCloseTo(0.7, 9);
    expect(SPLITWISE_CAP_W).toBe(hardwareFacts("h100-sxm").tdpW / 2);
  });
});

import { describe, expect, it } from "vitest";
import { parseFleet } from "../../host/specs/fleet-spec.js";
import { fleetText, refusal } from "./fleet-text.js";

const router = (value: unknown) => parseFleet(fleetText({}, { router: value }), "f").router;
const names = "must be one of length, compress_route, spillover, least_loaded, model, semantic, random, round_robin";

describe("a router", () => {
  it("is length unless given", () => {
    expect(parseFleet(fleetText(), "f").router).toEqual({ type: "length", by: "total" });
  });

  const compress = {
    type: "compress_route",
    bShort: 4096,
    gamma: 1.5,
    pCompress: 1,
    safeCategories: ["prose", "rag", "mixed"],
    compressLatencyS: 0.003,
  };
  const defaults: [name: string, spec: unknown][] = [
    ["length", { type: "length", by: "total" }],
    ["compress_route", compress],
    ["compress", compress],
    ["compress-and-route", compress],
    ["spillover", { type: "spillover", threshold: 4096, spillThreshold: 0.85 }],
    ["least_loaded", { type: "least_loaded" }],
    ["model", { type: "model", defaultPool: "a" }],
    ["semantic", { type: "semantic", defaultPool: "a" }],
    ["random", { type: "random" }],
    ["round_robin", { type: "round_robin" }],
  ];
  it.each(defaults)("named %s has its defaults, as name and as object", (name, spec) => {
    expect(router(name)).toEqual(spec);
    expect(router({ type: name })).toEqual(spec);
  });

  it("takes its default threshold from the smallest pool, wherever that stands", () => {
    expect(parseFleet(fleetText({ max_ctx: 131072, slots: 1 }, { router: "spillover" }), "f").router).toMatchObject({
      threshold: 65536,
    });
  });

  it("keeps parameters that are given", () => {
    expect(router({ type: "length", threshold: 2048, by: "input" })).toEqual({
      type: "length",
      threshold: 2048,
      by: "input",
    });
    const given = { b_short: 1000, gamma: 1, p_compress: 0, safe_categories: [], compress_latency_s: 0 };
    expect(router({ type: "compress", ...given })).toEqual({
      type: "compress_route",
      bShort: 1000,
      gamma: 1,
      pCompress: 0,
      safeCategories: [],
      compressLatencyS: 0,
    });
    expect(router({ type: "semantic", default_pool: "b", classify: "./classify.js" })).toEqual({
      type: "semantic",
      defaultPool: "b",
      classify: "./classify.js",
    });
  });

  const refused: [what: string, value: unknown, message: string][] = [
    ["unknown name", "lenght", `router is "lenght", but ${names} (did you mean length?).`],
    ["unknown type", { type: "hash" }, `router.type is "hash", but ${names}.`],
    ["no type", {}, `router.type is missing; it ${names}.`],
    ["a number", 42, `router is 42, but ${names}.`],
    ["null", null, `router is null, but ${names}.`],
    [
      "misspelt parameter",
      { type: "compress_route", gama: 2 },
      "router.gama is not a known key (did you mean gamma?); known here: type, b_short, gamma,",
    ],
    [
      "parameter of another router",
      { type: "random", threshold: 2 },
      "router.threshold is not a known key; known here: type.",
    ],
    [
      "threshold above the smallest pool",
      { type: "length", threshold: 4097 },
      "router.threshold is 4097, but must be at most 4096, the smallest max_ctx",
    ],
    [
      "spillover threshold above it",
      { type: "spillover", threshold: 4097 },
      "router.threshold is 4097, but must be at most 4096",
    ],
    ["b_short above it", { type: "compress", b_short: 5000 }, "router.b_short is 5000, but must be at most 4096"],
    [
      "by without threshold",
      { type: "length", by: "input" },
      'router.by is "input", but has no meaning without threshold.',
    ],
    [
      "unknown by",
      { type: "length", threshold: 1, by: "output" },
      'router.by is "output", but must be one of total, input.',
    ],
    ["gamma below 1", { type: "compress", gamma: 0.9 }, "router.gamma is 0.9, but must be a number from 1 to 1000000."],
    [
      "p_compress above 1",
      { type: "compress", p_compress: 1.1 },
      "router.p_compress is 1.1, but must be a number from 0 to 1.",
    ],
    ["negative latency", { type: "compress", compress_latency_s: -1 }, "router.compress_latency_s is -1, but must be"],
    [
      "categories that are no list",
      { type: "compress", safe_categories: "rag" },
      'router.safe_categories is "rag", but must be a list of names of categories.',
    ],
    [
      "negative spill threshold",
      { type: "spillover", spill_threshold: -1 },
      "router.spill_threshold is -1, but must be",
    ],
    [
      "default pool that is not there",
      { type: "model", default_pool: "c" },
      'router.default_pool is "c", but must be one of a, b.',
    ],
    [
      "the same of semantic",
      { type: "semantic", default_pool: "c" },
      'router.default_pool is "c", but must be one of a, b.',
    ],
  ];
  it.each(refused)("is refused: %s", (_what, value, message) => {
    expect(refusal(fleetText({}, { router: value }))).toContain(message);
  });
});

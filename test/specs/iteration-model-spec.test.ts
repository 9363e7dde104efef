import { describe, expect, it } from "vitest";
import { parseFleet } from "../../host/specs/fleet-spec.js";
import { fleetText, refusal } from "./fleet-text.js";

const withModel = (model: unknown, pool: Record<string, unknown> = {}) =>
  fleetText({ gpu: undefined, iteration_model: model, ...pool });
const modelOf = (model: unknown) => parseFleet(withModel(model), "f").pools[0]!.iterationModel;

const table = {
  type: "table",
  decode: {
    batch: [1, 32],
    context: [0, 1024, 4096],
    ms: [
      [8, 8.5, 9],
      [9, 12, 20],
    ],
  },
  prefill: { tokens: [128, 2048], context: [0], ms: [[12], [90]] },
};

describe("iteration_model", () => {
  it("linear has constants of 0 and whole tokens unless told", () => {
    const rest = { c1Ms: 0, c2Ms: 0, c3Ms: 0, c4Ms: 0, tokenGranularity: 1 };
    expect(modelOf({ type: "linear", c0_ms: 8 })).toEqual({ type: "linear", c0Ms: 8, ...rest });
  });

  it("linear keeps every constant", () => {
    const given = { c0_ms: 8, c1_ms: 0.1, c2_ms: 6e-5, c3_ms: 3e-6, c4_ms: 0.01, token_granularity: 8 };
    const kept = { c0Ms: 8, c1Ms: 0.1, c2Ms: 6e-5, c3Ms: 3e-6, c4Ms: 0.01, tokenGranularity: 8 };
    expect(modelOf({ type: "linear", ...given })).toEqual({ type: "linear", ...kept });
  });

  it("linear may leave an iteration without a time of its own", () => {
    expect(modelOf({ type: "linear", c1_ms: 0.1 })).toMatchObject({ c0Ms: 0, c1Ms: 0.1 });
  });

  it("table pays its smallest decode time once unless told", () => {
    const uneven = {
      ...table.decode,
      ms: [
        [8, 8.5, 9],
        [7.5, 12, 20],
      ],
    };
    expect(modelOf({ ...table, decode: uneven })).toEqual({ ...table, decode: uneven, fixedMs: 7.5 });
  });

  it("table takes what decode and prefill have in common", () => {
    expect(modelOf({ ...table, fixed_ms: 0 })).toEqual({ ...table, fixedMs: 0 });
  });

  it("table takes 64 knots an axis", () => {
    const knots = Array.from({ length: 64 }, (_, i) => i + 1);
    const decode = { batch: knots, context: knots, ms: knots.map(() => knots) };
    expect(modelOf({ ...table, decode })).toMatchObject({ decode });
  });

  it("lets comments pass in all of its objects", () => {
    const commented = { ...table, _source: "x", decode: { ...table.decode, _gpu: "y" } };
    expect(modelOf(commented)).toEqual(modelOf(table));
  });

  it("stands in for gpu and profile", () => {
    const pool = parseFleet(withModel({ type: "linear", c0_ms: 8 }), "f").pools[0];
    expect(pool).not.toHaveProperty("gpu");
    expect(pool).not.toHaveProperty("profile");
  });

  it("stands beside a gpu, which has the price", () => {
    const pool = parseFleet(withModel({ type: "linear", c0_ms: 8 }, { gpu: "a100" }), "f").pools[0];
    expect(pool).toMatchObject({ gpu: "a100", iterationModel: { c0Ms: 8 } });
  });
});

describe("iteration_model is refused in one sentence", () => {
  const timeClause = "must be a number from 0 to 1000000.";
  const knotsClause = "must be a list of 1 to 64 whole numbers, rising.";
  const decode = (over: object) => ({ ...table, decode: { ...table.decode, ...over } });
  const prefill = (over: object) => ({ ...table, prefill: { ...table.prefill, ...over } });
  const cases: [what: string, model: unknown, message: string][] = [
    ["as text", "linear", 'iteration_model is "linear", but must be an object with the type of a model'],
    ["without a type", { c0_ms: 8 }, "iteration_model.type is missing; it must be one of linear, table, roofline"],
    ["of an unknown type", { type: "tables" }, 'iteration_model.type is "tables", but must be one of linear, table'],
    [
      "with a misspelt key",
      { type: "linear", c0_m: 8 },
      "pools[0].iteration_model.c0_m is not a known key (did you mean c0_ms?); known here: type, c0_ms, c1_ms,",
    ],
    [
      "without any time",
      { type: "linear" },
      "iteration_model.c0_ms is missing; it must be above 0, or else c1_ms must.",
    ],
    ["with times of 0", { type: "linear", c0_ms: 0, c4_ms: 1 }, "c0_ms is 0, but must be above 0, or else c1_ms must."],
    ["with a negative time", { type: "linear", c0_ms: -1 }, `c0_ms is -1, but ${timeClause}`],
    ["with an endless time", { type: "linear", c0_ms: 1e7 }, `c0_ms is 10000000, but ${timeClause}`],
    [
      "with no granularity",
      { type: "linear", c0_ms: 1, token_granularity: 0 },
      "token_granularity is 0, but must be a whole number from 1 to 1000000.",
    ],
    ["without decode", { ...table, decode: undefined }, "iteration_model.decode is missing; it must be an object with"],
    [
      "without prefill",
      { ...table, prefill: undefined },
      "iteration_model.prefill is missing; it must be an object with",
    ],
    ["without knots", decode({ batch: [] }), `decode.batch is a list of 0, but ${knotsClause}`],
    [
      "with 65 knots",
      decode({ batch: Array.from({ length: 65 }, (_, i) => i) }),
      `decode.batch is a list of 65, but ${knotsClause}`,
    ],
    [
      "with a knot between",
      decode({ batch: [1, 2.5] }),
      "decode.batch[1] is 2.5, but must be a whole number from 0 to 1000000000.",
    ],
    [
      "with knots that fall",
      decode({ batch: [32, 1] }),
      "decode.batch[1] is 1, but must be more than 32, the knot before it.",
    ],
    [
      "with a knot twice",
      prefill({ tokens: [128, 128] }),
      "prefill.tokens[1] is 128, but must be more than 128, the knot",
    ],
    ["with a row too few", decode({ ms: [[8, 8, 9]] }), "decode.ms must be 2 rows, one for each knot of batch."],
    [
      "with a short row",
      decode({ ms: [[8, 8, 9], [9]] }),
      "decode.ms[1] must be 3 times, one for each knot of context.",
    ],
    [
      "with a long row",
      prefill({ ms: [[12], [90, 91]] }),
      "prefill.ms[1] must be 1 times, one for each knot of context.",
    ],
    [
      "with a flat grid",
      decode({ ms: [8, 9] }),
      "decode.ms[0] is 8, but must be a list of rows, each a list of times in ms.",
    ],
    [
      "with a time of 0",
      prefill({ ms: [[0], [90]] }),
      "prefill.ms[0][0] is 0, but must be a number above 0, at most 1000000.",
    ],
    [
      "with a vast time",
      prefill({ ms: [[1], [1e7]] }),
      "prefill.ms[1][0] is 10000000, but must be a number above 0, at most",
    ],
    ["with a negative common time", { ...table, fixed_ms: -1 }, `fixed_ms is -1, but ${timeClause}`],
  ];
  it.each(cases)("%s", (_what, model, message) => {
    const sentence = refusal(withModel(model));
    expect(sentence).toContain(message);
    expect(sentence.split("\n")).toHaveLength(1);
  });

  it("as a time that is not a number, in YAML", () => {
    const text =
      "pools:\n  - id: a\n    n_gpus: 1\n    max_ctx: 4096\n    iteration_model: {type: linear, c0_ms: .nan}\n";
    expect(refusal(text, "f.yaml")).toBe(`f.yaml:5:44: pools[0].iteration_model.c0_ms is NaN, but ${timeClause}`);
  });

  it("with slots, of which it knows nothing", () => {
    expect(refusal(withModel({ type: "linear", c0_ms: 8 }, { slots: 4 }))).toContain(
      "pools[0].slots is 4, but has no meaning without gpu or profile.",
    );
  });

  it("beside both gpu and profile", () => {
    const pool = { gpu: "a100", profile: { W: 1, H: 1 } };
    expect(refusal(withModel({ type: "linear", c0_ms: 8 }, pool))).toContain(
      "profile is given too; a pool has one of them.",
    );
  });
});

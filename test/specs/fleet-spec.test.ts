import { resolveFleet } from "../../host/specs/fleet.js";
import { describe, expect, it } from "vitest";
import { checkFleet, fleetJsonSchema, parseFleet } from "../../host/specs/fleet-spec.js";
import { ITERATION_MODELS } from "../../host/specs/iteration-model-spec.js";
import { fleetText, profile, refusal } from "./fleet-text.js";

describe("parseFleet", () => {
  it("reads the Python tool's multi-model example, comments and all", () => {
    const text = `{
      "_comment": "three pools",
      "pools": [
        {"id": "llama70b", "gpu": "a100", "n_gpus": 20, "max_ctx": 8192, "_comment": "general"},
        {"id": "llama8b", "gpu": "a10g", "n_gpus": 8, "max_ctx": 4096}
      ],
      "router": "model",
      "workloads": {"llama70b": {"cdf": "data/azure_cdf.json", "lam_frac": 0.6}, "llama8b": {"cdf": "data/lmsys_cdf.json"}}
    }`;
    expect(parseFleet(text, "dir/fleet.json")).toEqual({
      file: "dir/fleet.json",
      pools: [
        { id: "llama70b", gpu: "a100", gpus: 20, maxCtx: 8192, queue: "replica", balance: "least_outstanding" },
        { id: "llama8b", gpu: "a10g", gpus: 8, maxCtx: 4096, queue: "replica", balance: "least_outstanding" },
      ],
      router: { type: "model", defaultPool: "llama70b" },
      workloads: [
        { pool: "llama70b", cdf: "data/azure_cdf.json", lamFrac: 0.6 },
        { pool: "llama8b", cdf: "data/lmsys_cdf.json", lamFrac: 0.5 },
      ],
    });
  });

  it("reads the same fleet from YAML as from JSON", () => {
    const yaml =
      "pools:\n  - {id: a, gpu: a100, n_gpus: 2, max_ctx: 4096}\n  - {id: b, gpu: h100, n_gpus: 1, max_ctx: 65536}\n";
    expect(parseFleet(yaml, "f")).toEqual(parseFleet(fleetText(), "f"));
  });

  it.each(["slots", "iterations"])("keeps the engine %s", (engine) => {
    const spec = parseFleet(fleetText({}, { engine }), "f");
    expect(spec.engine).toBe(engine);
    expect(resolveFleet(spec).engine).toBe(engine);
  });

  it("leaves the engine open where the file does", () => {
    expect(parseFleet(fleetText(), "f")).not.toHaveProperty("engine");
    expect(resolveFleet(parseFleet(fleetText(), "f"))).not.toHaveProperty("engine");
  });

  it("keeps every choice of a pool", () => {
    const choices = {
      n_gpus: undefined,
      n_replicas: 3,
      slots: 7,
      queue: "replica",
      max_queue: 0,
      balance: "two_choices",
    };
    expect(parseFleet(fleetText({ ...choices, gpu: "A100" }, { slo_ms: 250.5 }), "f")).toMatchObject({
      sloMs: 250.5,
      pools: [{ gpu: "a100", replicas: 3, slots: 7, queue: "replica", maxQueue: 0, balance: "two_choices" }, {}],
    });
  });

  it("fills in the defaults of an inline profile", () => {
    expect(parseFleet(fleetText({ gpu: undefined, profile }), "f").pools[0]!.profile).toEqual({
      name: "custom",
      W: 0.01,
      H: 0.0001,
      calibrationCtx: 8192,
      chunk: 512,
      blockSize: 16,
      totalKvBlocks: 4096,
      maxSlots: 64,
      costPerHr: 1,
      gpusPerReplica: 1,
    });
  });

  it("takes the power of an inline profile, linear unless given a steepness", () => {
    const power = { power_idle_w: 100, power_nominal_w: 300 };
    const fleet = parseFleet(fleetText({ gpu: undefined, profile: { ...profile, ...power } }), "f");
    expect(fleet.pools[0]!.profile!.power).toEqual({ idleW: 100, nominalW: 300, k: 0, x0: 0 });
  });

  it("takes pool ids that are names of models, or of members of every object", () => {
    for (const id of ["meta-llama/Llama-3.1-8B:latest", "constructor", "7b"]) {
      expect(parseFleet(fleetText({ id }, { workloads: { [id]: { workload: "azure" } } }), "f").workloads).toEqual([
        { pool: id, workload: "azure", lamFrac: 1 },
      ]);
    }
  });

  it("takes the largest fleet allowed", () => {
    const pools = Array.from({ length: 1024 }, (_, i) => ({ id: `p${i}`, profile, n_replicas: 90, max_ctx: 512 + i }));
    expect(parseFleet(JSON.stringify({ pools }, null, 2), "f.json").pools).toHaveLength(1024);
  });
});

describe("a fleet is refused with file, line, column, field, value and what is allowed", () => {
  const inlined = (over: object) => ({ gpu: undefined, profile: { ...profile, ...over } });
  const idClause = "must be text of 1 to 64 characters: letters, digits and . _ - : / @ +, a letter or digit first";
  const gpus = "must be a whole number from 1 to 1000000.";
  const cases: [what: string, text: string, message: string][] = [
    ["no pools key", "{}", "fleet.json:1:1: pools is missing; it must be a list of 1 to 1024 pools."],
    ["no pool", '{"pools": []}', "fleet.json:1:11: pools is a list of 0, but must be a list of 1 to 1024 pools."],
    ["a list as root", "[1]", "fleet.json:1:1: the file is a list of 1, but must be an object with pools."],
    [
      "a pool that is text",
      '{"pools": ["a"]}',
      'fleet.json:1:12: pools[0] is "a", but must be an object that describes a pool.',
    ],
    [
      "unknown key",
      fleetText({}, { routr: "length" }),
      "fleet.json:16:11: routr is not a known key (did you mean router?); known here: engine, slo_ms, pools, router, workloads, catalog.",
    ],
    [
      "misspelt key of a pool",
      fleetText({ n_gpu: 3 }),
      "fleet.json:8:13: pools[0].n_gpu is not a known key (did you mean n_gpus?); known here: id, gpu, profile, n_gpus,",
    ],
    [
      "misspelt key in place of the right one",
      fleetText({ max_ctx: undefined, maxctx: 1 }),
      "pools[0].maxctx is not a known key (did you mean max_ctx?)",
    ],
    ["zero GPUs", fleetText({ n_gpus: 0 }), `fleet.json:6:14: pools[0].n_gpus is 0, but ${gpus}`],
    ["negative GPUs", fleetText({ n_gpus: -4 }), `pools[0].n_gpus is -4, but ${gpus}`],
    ["half a GPU", fleetText({ n_gpus: 0.5 }), `pools[0].n_gpus is 0.5, but ${gpus}`],
    ["GPUs as text", fleetText({ n_gpus: "4" }), `pools[0].n_gpus is "4", but ${gpus}`],
    ["null GPUs", fleetText({ n_gpus: null }), `pools[0].n_gpus is null, but ${gpus}`],
    [
      "zero replicas",
      fleetText({ n_gpus: undefined, n_replicas: 0 }),
      "pools[0].n_replicas is 0, but must be a whole number from 1 to 100000.",
    ],
    [
      "neither GPUs nor replicas",
      fleetText({ n_gpus: undefined }),
      "fleet.json:3:3: pools[0].n_gpus is missing; it must be a whole number of GPUs, or else n_replicas must be given.",
    ],
    [
      "both GPUs and replicas",
      fleetText({ n_replicas: 1 }),
      "pools[0].n_replicas is 1, but n_gpus is given too; a pool has one of them.",
    ],
    [
      "GPUs that make no whole replica",
      fleetText({ ...inlined({ gpus_per_replica: 8 }), n_gpus: 12 }),
      "pools[0].n_gpus is 12, but must be a multiple of 8, the GPUs that a replica takes (gpus_per_replica).",
    ],
    [
      "unknown GPU",
      fleetText({ gpu: "h200" }),
      'fleet.json:5:11: pools[0].gpu is "h200", but must be one of a100, h100, a10g',
    ],
    [
      "neither GPU nor profile",
      fleetText({ gpu: undefined }),
      "pools[0].gpu is missing; it must be one of a100, h100, a10g, or else profile must give the constants of a replica, or iteration_model what its iterations take.",
    ],
    [
      "both GPU and profile",
      fleetText({ profile }),
      'pools[0].gpu is "a100", but profile is given too; a pool has one of them.',
    ],
    ["no id", fleetText({ id: undefined }), `pools[0].id is missing; it ${idClause}`],
    ["empty id", fleetText({ id: "" }), `pools[0].id is "", but ${idClause}`],
    ["long id", fleetText({ id: "x".repeat(65) }), `xxx...", but ${idClause}`],
    ["id with a space", fleetText({ id: "my pool" }), `pools[0].id is "my pool", but ${idClause}`],
    ["id that would be a comment", fleetText({ id: "_a" }), `pools[0].id is "_a", but ${idClause}`],
    ["reserved id", fleetText({ id: "fleet" }), "(fleet alone is reserved)"],
    ["id that is a number", fleetText({ id: 7 }), `pools[0].id is 7, but ${idClause}`],
    [
      "duplicate ids",
      fleetText({ id: "b" }),
      'fleet.json:10:10: pools[1].id is "b", but pools[0] has that id already.',
    ],
    [
      "max_ctx of zero",
      fleetText({ max_ctx: 0 }),
      "pools[0].max_ctx is 0, but must be a whole number from 1 to 2147483647.",
    ],
    ["max_ctx of 2^31", fleetText({ max_ctx: 2 ** 31 }), "pools[0].max_ctx is 2147483648, but must be"],
    [
      "a window beyond the KV memory",
      fleetText({ max_ctx: 2_000_000 }),
      "pools[0].max_ctx is 2000000, but that leaves no slot: such a request needs 125000 KV blocks of 16 tokens and a replica of A100-80GB has 65536.",
    ],
    ["the same with slots given", fleetText({ max_ctx: 2_000_000, slots: 1 }), "needs 125000 KV blocks"],
    [
      "a window beyond the bandwidth",
      fleetText({ ...inlined({ max_slots: 1 }), max_ctx: 9000 }),
      "pools[0].max_ctx is 9000, but that leaves no slot: custom serves max_slots x calibration_ctx = 8192 tokens at once.",
    ],
    [
      "a service beyond the clock",
      fleetText(inlined({ W: 1e9 })),
      "so that such a request may take longer than 1000000000 s, the most that the clock holds.",
    ],
    ["zero slots", fleetText({ slots: 0 }), "pools[0].slots is 0, but must be a whole number from 1 to 67108864."],
    [
      "too many replicas in all",
      fleetText({ n_gpus: 100_000 }),
      "fleet.json:2:11: pools must have at most 100000 replicas in all; these have 100001.",
    ],
    [
      "too many slots in all",
      fleetText({ slots: 1_000_000, n_gpus: 100 }),
      "pools must have at most 67108864 slots in all; these have 100000016.",
    ],
    [
      "unknown balance",
      fleetText({ balance: "least-queue" }),
      'pools[0].balance is "least-queue", but must be one of least_outstanding, least_queue, round_robin, two_choices, prefix_affinity (did you mean least_queue?).',
    ],
    [
      "a shared queue with a balance",
      fleetText({ queue: "shared", balance: "round_robin" }),
      'pools[0].balance is "round_robin", but a shared queue leaves nothing to balance',
    ],
    ["unknown queue", fleetText({ queue: "pool" }), 'pools[0].queue is "pool", but must be one of replica, shared.'],
    [
      "negative max_queue",
      fleetText({ max_queue: -1 }),
      "pools[0].max_queue is -1, but must be a whole number from 0 to 2147483647.",
    ],
    [
      "negative W",
      fleetText(inlined({ W: -0.1 })),
      "pools[0].profile.W is -0.1, but must be a finite number of at least 0.",
    ],
    [
      "infinite H",
      fleetText(inlined({ H: "INF" })).replace('"INF"', "1e999"),
      "pools[0].profile.H is Infinity, but must be a finite number of at least 0.",
    ],
    ["W and H of zero", fleetText(inlined({ W: 0, H: 0 })), "pools[0].profile.W is 0, but W and H must not both be 0."],
    [
      "a profile without W",
      fleetText(inlined({ W: undefined })),
      "pools[0].profile.W is missing; it must be a finite number of at least 0.",
    ],
    [
      "half a power curve",
      fleetText(inlined({ power_idle_w: 100 })),
      "pools[0].profile.power_nominal_w is missing; it must be given along with power_idle_w.",
    ],
    [
      "a steepness without powers",
      fleetText(inlined({ power_logistic_k: 1 })),
      "pools[0].profile.power_idle_w is missing; it must be given along with the other constants of power.",
    ],
    [
      "a power curve that falls",
      fleetText(inlined({ power_idle_w: 9, power_nominal_w: 8 })),
      "power_nominal_w is 8, but must be at least power_idle_w, 9.",
    ],
    [
      "unknown engine",
      fleetText({}, { engine: "iteration" }),
      'engine is "iteration", but must be one of slots, iterations (did you mean iterations?).',
    ],
    ["negative SLO", fleetText({}, { slo_ms: -1 }), "slo_ms is -1, but must be a finite number above 0."],
  ];
  it.each(cases)("%s", (_what, text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it.each([".nan", ".inf", "-.inf"])("%s in YAML", (value) => {
    const text = `pools:\n  - id: a\n    gpu: a100\n    n_gpus: ${value}\n    max_ctx: 4096\n`;
    const shown = { ".nan": "NaN", ".inf": "Infinity", "-.inf": "-Infinity" }[value]!;
    expect(refusal(text, "f.yaml")).toBe(`f.yaml:4:13: pools[0].n_gpus is ${shown}, but ${gpus}`);
  });

  it("10,000 pools", () => {
    const pools = Array.from({ length: 10_000 }, (_, i) => ({ id: `p${i}`, gpu: "a100", n_gpus: 1, max_ctx: 1 }));
    expect(refusal(JSON.stringify({ pools }, null, 1))).toBe(
      "fleet.json:2:11: pools has 10000 entries, but must be a list of 1 to 1024 pools.",
    );
  });

  it("in one line, whatever was found", () => {
    expect(refusal(fleetText({ gpu: "a\nb".repeat(100) })).split("\n")).toHaveLength(1);
  });
});

describe("workloads", () => {
  const cases: [what: string, workloads: unknown, message: string][] = [
    ["of a pool that is not there", { c: { cdf: "x" } }, "workloads.c names no pool: each key must be one of a, b."],
    ["without any entry", {}, "workloads must be an object whose keys are ids of pools, at least one."],
    ["as a list", [], "workloads is a list of 0, but must be an object whose keys are ids of pools"],
    [
      "with a share of zero",
      { a: { cdf: "x", lam_frac: 0 } },
      "workloads.a.lam_frac is 0, but must be a finite number above 0.",
    ],
    [
      "without a source",
      { a: { lam_frac: 1 } },
      "workloads.a.cdf is missing; it must be the path of a CDF, or else workload must name a built-in one.",
    ],
    [
      "with two sources",
      { a: { cdf: "x", workload: "azure" } },
      'workloads.a.workload is "azure", but cdf is given too; an entry has one of them.',
    ],
    [
      "with a split of a built-in",
      { a: { workload: "azure", input_frac: 0.5 } },
      "workloads.a.input_frac is 0.5, but has no meaning without cdf",
    ],
    [
      "with a share of input above 1",
      { a: { cdf: "x", input_frac: 1.5 } },
      "workloads.a.input_frac is 1.5, but must be a number from 0 to 1.",
    ],
  ];
  it.each(cases)("%s are refused", (_what, workloads, message) => {
    expect(refusal(fleetText({}, { workloads }))).toContain(message);
  });

  it("share the rate evenly unless told", () => {
    const workloads = { a: { cdf: "x", input_frac: 0.9 }, b: { workload: "azure" }, _c: "comment" };
    expect(parseFleet(fleetText({}, { workloads }), "f").workloads).toEqual([
      { pool: "a", cdf: "x", lamFrac: 0.5, inputFrac: 0.9 },
      { pool: "b", workload: "azure", lamFrac: 0.5 },
    ]);
  });
});

describe("checkFleet", () => {
  it("takes data in the keys of a fleet file", () => {
    expect(checkFleet(JSON.parse(fleetText()))).toEqual(parseFleet(fleetText(), ""));
  });

  it("names fields by their path", () => {
    expect(() => checkFleet({ pools: 3 })).toThrow("pools is 3, but must be a list of 1 to 1024 pools.");
  });

  it("refuses data that holds itself", () => {
    const fleet = JSON.parse(fleetText()) as Record<string, unknown>;
    fleet.router = fleet;
    expect(() => checkFleet(fleet)).toThrow(/router/);
  });
});

describe("fleetJsonSchema", () => {
  it("describes the keys of a fleet file and lets comments pass", () => {
    const schema = fleetJsonSchema() as {
      properties: Record<string, unknown>;
      required: string[];
      patternProperties: object;
    };
    expect(Object.keys(schema.properties)).toEqual(["engine", "slo_ms", "pools", "router", "workloads", "catalog"]);
    expect(schema.required).toEqual(["pools"]);
    expect(schema.patternProperties).toEqual({ "^_": {} });
  });

  it("describes how replicas batch, model by model", () => {
    const schema = fleetJsonSchema() as unknown as { properties: { engine: object; pools: { items: PoolJsonSchema } } };
    const { serving, iteration_model: model } = schema.properties.pools.items.properties;
    expect(schema.properties.engine).toMatchObject({ enum: ["slots", "iterations"] });
    expect(serving.properties.scheduler).toMatchObject({ enum: ["vllm", "vllm-v0", "sarathi", "orca", "static"] });
    expect(serving).toMatchObject({ additionalProperties: false, patternProperties: { "^_": {} } });
    expect(model.oneOf.map((one) => one.properties.type.const)).toEqual(ITERATION_MODELS);
    expect(schema.properties.pools.items.required).toEqual(["id", "max_ctx"]);
  });
});

interface PoolJsonSchema {
  properties: {
    serving: { properties: Record<string, object> };
    iteration_model: { oneOf: { properties: { type: { const: string } } }[] };
  };
  required: string[];
}

describe("a profile given inline", () => {
  it("needs W and H alone; the rest has the defaults of the Python tool's CUSTOM profile, and no price", () => {
    const text = JSON.stringify({ pools: [{ id: "a", n_gpus: 2, max_ctx: 4096, profile: { W: 0.01, H: 0.001 } }] });
    const [pool] = resolveFleet(parseFleet(text, "fleet.json")).pools;
    expect(pool).toMatchObject({ slots: 256, kvBlocks: 65536, costPerHr: 0, profile: { chunk: 512, blockSize: 16 } });
  });
});

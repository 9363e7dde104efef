import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BUILT_IN_CATALOG, parseCatalog, readCatalogFile } from "../../host/specs/catalog.js";
import { type WrittenEntry, writtenHardware, writtenModel } from "../../host/specs/catalog-writer.js";
import { findHardware, HARDWARE_NAMES, readHardwareEntry } from "../../host/specs/hardware-catalog.js";
import { inlineHardware } from "../../host/specs/hardware/hardware-fields.js";
import { InputError } from "../../host/specs/input-error.js";
import { findModel, MODEL_NAMES, readModelEntry } from "../../host/specs/model-catalog.js";
import { inlineModel } from "../../host/specs/models/model-fields.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const MINE = `
hardware:
  - name: my-gpu
    aliases: [mine, My Board]
    source: a sheet of 2026
    peak_bf16_flops: { value: 1e15, source: "measured: 1 PFLOP/s" }
    memory_bytes: 100e9
    memory_bandwidth: 4e12
models:
  - { name: tiny, layers: 2, hidden: 512, heads: 8, intermediate: 1024, vocab: 1000 }
`;
const parse = (text: string, name = "mine.yaml") => parseCatalog(text, name);
const refusal = (text: string, name?: string) => {
  try {
    parse(text, name);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("accepted");
};

describe("a catalog of one's own", () => {
  it("has GPUs and models beside those that are built in, and lists them first", () => {
    const catalog = parse(MINE);
    expect(catalog.hardware.map(({ name }) => name)).toEqual(["my-gpu", ...HARDWARE_NAMES]);
    expect(catalog.models.map(({ name }) => name)).toEqual(["tiny", ...MODEL_NAMES]);
    expect(catalog.findHardware("h100")?.name).toBe("h100-sxm");
    expect(catalog.findModel("TINY")?.facts.layers).toBe(2);
  });

  it("finds its entries by their aliases, in any case and spelling", () => {
    for (const name of ["mine", "MY_GPU", "my board", "my-board"])
      expect(parse(MINE).findHardware(name)?.name).toBe("my-gpu");
  });

  it("says where each figure comes from: its own source, else that of the entry, else the file", () => {
    const catalog = parse(MINE);
    const { sources } = catalog.findHardware("mine")!;
    expect(sources.peakBf16Flops).toBe("measured: 1 PFLOP/s");
    expect(sources.memoryBytes).toBe("a sheet of 2026");
    expect(sources.tdpW).toBe("assumption: not given");
    expect(catalog.findModel("tiny")!.sources["layers"]).toBe("mine.yaml, which says no more");
  });

  it("takes the place of a built-in entry of the same name", () => {
    const text = "hardware: [{ name: L4, peak_bf16_flops: 1e14, memory_bytes: 24e9, memory_bandwidth: 1e12 }]";
    const catalog = parse(text);
    expect(catalog.findHardware("l4")?.facts.peakBf16Flops).toBe(1e14);
    expect(catalog.hardware).toHaveLength(HARDWARE_NAMES.length);
    expect(findHardware("l4")?.facts.peakBf16Flops).toBe(121e12);
  });

  it("is read from a file", async () => {
    const folder = await temporaryFolder({ "mine.yaml": MINE });
    expect((await readCatalogFile(join(folder, "mine.yaml"))).findHardware("mine")?.name).toBe("my-gpu");
    await expect(readCatalogFile(join(folder, "none.yaml"))).rejects.toThrow("there is no such file.");
  });
});

/** The values of a written entry without their sources. */
function plain(entry: WrittenEntry): Record<string, unknown> {
  const figures = Object.entries(entry).filter(([key]) => key !== "aliases");
  return Object.fromEntries(figures.map(([key, figure]) => [key, valueOf(figure)]));
}

function valueOf(figure: WrittenEntry[string]): unknown {
  return typeof figure === "object" && "value" in figure ? figure.value : figure;
}

describe("an entry that is written", () => {
  it.each(HARDWARE_NAMES)("reads as what it was: %s", (name) => {
    const entry = findHardware(name)!;
    expect(readHardwareEntry(writtenHardware(entry), () => "", "")).toEqual(entry);
    expect(inlineHardware.parse(plain(writtenHardware(entry)))).toEqual(entry.facts);
  });

  it.each(MODEL_NAMES)("reads as what it was: %s", (name) => {
    const { facts, aliases } = findModel(name)!;
    const written = writtenModel(findModel(name)!);
    expect(readModelEntry(written, () => "", "")).toMatchObject({ facts, aliases });
    expect(inlineModel.parse(plain(written))).toEqual(facts);
  });

  it("makes a file that is read again", () => {
    const text = JSON.stringify({ hardware: BUILT_IN_CATALOG.hardware.map(writtenHardware), derived: { any: 1 } });
    expect(parse(text, "all.json").findHardware("gb300")).toEqual(findHardware("gb300"));
  });
});

describe("a catalog is refused in one sentence", () => {
  const gpu = "peak_bf16_flops: 1e14, memory_bytes: 24e9, memory_bandwidth: 1e12";
  it.each<[string, string]>([
    ["", "mine.yaml:1:1: the file must have at least one entry under hardware or models."],
    ["[]", "mine.yaml:1:1: the file is a list of 0, but must be an object with hardware, models or both."],
    [
      "hardwear: []",
      "mine.yaml:1:11: hardwear is not a known key (did you mean hardware?); known here: hardware, models, derived.",
    ],
    ["hardware: 5", "mine.yaml:1:11: hardware is 5, but must be a list of at most 1000 objects."],
    ["hardware: [5]", "mine.yaml:1:12: hardware[0] is 5, but must be an object with a name and figures."],
    [`hardware: [{ ${gpu} }]`, "mine.yaml:1:12: hardware[0].name is missing; it must be text of 1 to 64 characters."],
    [
      `hardware: [{ name: x, ${gpu}, memory_bandwith: 1 }]`,
      "mine.yaml:1:107: hardware[0].memory_bandwith is not a known key (did you mean memory_bandwidth?); known here: ",
    ],
    [
      `hardware: [{ name: x, ${gpu}, tdp_w: { value: -1, source: s } }]`,
      "mine.yaml:1:97: hardware[0].tdp_w is -1, but must be a number from 1 to 100000.",
    ],
    [
      `hardware: [{ name: x, ${gpu}, tdp_w: { value: 5 } }]`,
      "mine.yaml:1:97: hardware[0].tdp_w.source is missing; it must be text of 1 to 600 characters.",
    ],
    [
      `hardware: [{ name: x, ${gpu}, aliases: y }]`,
      'mine.yaml:1:99: hardware[0].aliases is "y", but must be a list of at most 64 names.',
    ],
    [
      `hardware: [{ name: x, ${gpu} }, { name: X, ${gpu} }]`,
      'mine.yaml:1:92: hardware[1] goes by "x", as entry 1 does already.',
    ],
    [
      "models: [{ name: x, layers: 2, hidden: 5, heads: 2, intermediate: 1, vocab: 1 }]",
      "mine.yaml:1:10: models[0].head_dim is missing; it must be given where heads, 2, does not divide hidden, 5.",
    ],
  ])("%s", (text, sentence) => {
    const message = refusal(text);
    expect(message.startsWith(sentence) ? sentence : message).toBe(sentence);
  });

  it("with more entries than a catalog may have", () => {
    expect(refusal(JSON.stringify({ models: Array.from({ length: 1001 }, () => ({})) }), "m.json")).toMatch(
      /models is a list of 1001, but must be a list of at most 1000 objects\.$/,
    );
  });
});

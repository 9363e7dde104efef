import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseFleet } from "../../host/specs/fleet-spec.js";
import { hardwareFacts } from "../../host/specs/hardware-catalog.js";
import { readFleetFile } from "../../host/specs/read-fleet-file.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const CATALOG = `
hardware: [{ name: my-gpu, peak_bf16_flops: 1e15, memory_bytes: 100e9, memory_bandwidth: 4e12 }]
models: [{ name: tiny, layers: 2, hidden: 512, heads: 8, intermediate: 1024, vocab: 1000 }]
`;
const CONFIG = {
  model_type: "llama",
  num_hidden_layers: 4,
  hidden_size: 512,
  num_attention_heads: 8,
  intermediate_size: 1024,
  vocab_size: 1000,
};

const fleet = (hardware: string, model: string, catalog?: string) =>
  JSON.stringify({
    ...(catalog === undefined ? {} : { catalog }),
    pools: [{ id: "a", n_gpus: 1, max_ctx: 4096, iteration_model: { type: "roofline", hardware, model } }],
  });

async function read(text: string, files: Record<string, string> = {}) {
  const folder = await temporaryFolder({ "fleet.json": text, "mine.yaml": CATALOG, ...files });
  const { pools } = await readFleetFile(join(folder, "fleet.json"));
  const model = pools[0]!.iterationModel;
  return model?.type === "roofline" ? model : undefined;
}

describe("a fleet file that refers to others", () => {
  it("takes hardware and models of the catalog that it names, beside it", async () => {
    const { hardware, model } = (await read(fleet("My GPU", "tiny", "mine.yaml")))!;
    expect(hardware).toMatchObject({ name: "my-gpu", peakBf16Flops: 1e15 });
    expect(model).toMatchObject({ name: "tiny", layers: 2 });
  });

  it("takes what is built in as well", async () => {
    expect((await read(fleet("h100", "tiny", "mine.yaml")))!.hardware).toEqual(hardwareFacts("h100-sxm"));
  });

  it("takes a model by the path of its config.json", async () => {
    const { model } = (await read(fleet("h100", "./model.json"), { "model.json": JSON.stringify(CONFIG) }))!;
    expect(model).toMatchObject({ name: "model", layers: 4, kvHeads: 8 });
  });

  it("is refused where they cannot be read", async () => {
    await expect(read(fleet("h100", "tiny", "none.yaml"))).rejects.toThrow("there is no such file.");
    await expect(read(fleet("h100", "./none.json"))).rejects.toThrow("there is no such file.");
    await expect(read(fleet("h100", "tiny", 5 as unknown as string))).rejects.toThrow(
      "catalog must be the path of a catalog file.",
    );
  });

  it("is refused where the catalog does not have a name", async () => {
    await expect(read(fleet("my-gpu2", "tinier", "mine.yaml"))).rejects.toThrow(/hardware is "my-gpu2", but must be/);
  });

  it("is refused with a catalog as text, beside which there is no file", () => {
    expect(() => parseFleet(fleet("h100", "tiny", "mine.yaml"), "fleet.json")).toThrow();
    expect(() => parseFleet(fleet("h100", "llama-3.1-8b", "mine.yaml"), "fleet.json")).toThrow(
      "must be left out but in a file that is read from disk",
    );
  });
});

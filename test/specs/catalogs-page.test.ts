import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCatalog } from "../../host/specs/catalog.js";
import { ARCHITECTURES } from "../../host/specs/hugging-face/architectures.js";
import { readFleetFile } from "../../host/specs/read-fleet-file.js";
import { HARDWARE_KEYS } from "../../host/specs/hardware/hardware-fields.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const page = readFileSync(new URL("../../docs/reference/catalogs.md", import.meta.url), "utf8");
const [catalog, fleet] = [...page.matchAll(/```yaml\n([^`]*)```/g)].map((block) => block[1]!);

const CONFIG = {
  model_type: "llama",
  num_hidden_layers: 4,
  hidden_size: 512,
  num_attention_heads: 8,
  intermediate_size: 1024,
  vocab_size: 1000,
};

describe("the page on catalogs", () => {
  it("shows a catalog that can be read", () => {
    const { findHardware, findModel } = parseCatalog(catalog!, "my-catalog.yaml");
    expect(findHardware("mine")?.sources.tdpW).toBe("measured");
    expect(findModel("my-model")?.facts.kvHeads).toBe(8);
  });

  it("shows a fleet that can be read beside it", async () => {
    const folder = await temporaryFolder({
      "fleet.yaml": fleet!.replace("./my-model/config.json", "./config.json"),
      "my-catalog.yaml": catalog!,
      "config.json": JSON.stringify(CONFIG),
    });
    const { pools } = await readFleetFile(join(folder, "fleet.yaml"));
    expect(pools[0]!.iterationModel).toMatchObject({ hardware: { name: "my-board" }, model: { layers: 4 } });
  });

  it("names every kind of model that is understood, and every key of hardware", () => {
    for (const name of [...Object.keys(ARCHITECTURES), ...Object.values(HARDWARE_KEYS)])
      expect(page).toContain(`\`${name}\``);
  });
});

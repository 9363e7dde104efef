import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCatalog } from "../../host/specs/catalog.js";
import { ARCHITECTURES } from "../../host/specs/hugging-face/architectures.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { parseFleet } from "../../host/specs/fleet-spec.js";
import { LINKS } from "../../host/specs/link-catalog.js";
import { OWN_LINK_KEYS, TRANSFER_KEYS } from "../../host/specs/link-spec.js";
import { readFleetFile } from "../../host/specs/read-fleet-file.js";
import { HARDWARE_KEYS } from "../../host/specs/hardware/hardware-fields.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const page = readFileSync(new URL("../../docs/reference/catalogs.md", import.meta.url), "utf8");
const [staged, catalog, fleet] = [...page.matchAll(/```yaml\n([^`]*)```/g)].map((block) => block[1]!);

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

  it("shows a fleet with a link that can be read, and says what that carries", () => {
    const { pools } = resolveFleet(parseFleet(staged!, "fleet.yaml"));
    expect(pools.map(({ stage }) => [stage!.role, stage!.link.bytesPerS])).toEqual([
      ["prefill", 80e9],
      ["decode", 40e9],
    ]);
    expect(pools[0]).toMatchObject({ powerCapW: 500, costPerHr: 12.8 });
  });

  it("names every link with what it carries, and every key of one", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    for (const { name, bytesPerS } of LINKS) {
      const row = rows.find((line) => line.includes(`\`${name}\``))!;
      const [names, figures] = row.split("|").slice(1, 3) as [string, string];
      const place = names.split(",").findIndex((cell) => cell.includes(`\`${name}\``));
      expect(Number(figures.split(",")[place])).toBe(bytesPerS / 1e9);
    }
    for (const key of [...OWN_LINK_KEYS, ...TRANSFER_KEYS]) expect(page).toContain(`\`${key}\``);
  });

  it("names every kind of model that is understood, and every key of hardware", () => {
    for (const name of [...Object.keys(ARCHITECTURES), ...Object.values(HARDWARE_KEYS)])
      expect(page).toContain(`\`${name}\``);
  });
});

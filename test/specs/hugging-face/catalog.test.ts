import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { modelFromConfig } from "../../../host/specs/hugging-face.js";
import { MODEL_NAMES, modelFacts, type ModelName } from "../../../host/specs/model-catalog.js";

/** Configurations as they are published, but for keys that say nothing of the shape. */
const CONFIGS = new URL("configs/", import.meta.url);

describe("a published configuration", () => {
  it("is here for every model of the catalog", () => {
    const names = readdirSync(CONFIGS).map((file) => file.replace(/\.json$/, ""));
    expect(names.sort()).toEqual([...MODEL_NAMES].sort());
  });

  it.each(MODEL_NAMES)("of %s gives the facts of the catalog", (name: ModelName) => {
    const config: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, CONFIGS), "utf8"));
    expect(modelFromConfig(config, { name, source: "config.json" }).facts).toEqual(modelFacts(name));
  });
});

import { describe, expect, it } from "vitest";
import { modelKeys } from "../../../host/specs/models/model-keys.js";
import { MODEL_NAMES, modelFacts, modelSchema } from "../../../host/specs/model-catalog.js";

describe("facts of a model in the keys of a fleet file", () => {
  it.each(MODEL_NAMES)("are read as the same facts: %s", (name) => {
    expect(modelSchema.parse(modelKeys(modelFacts(name)))).toEqual(modelFacts(name));
  });
});

import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { deriveJoint, renderModule } from "../../../host/workloads/builtin/derive-joint.js";
import { derivations } from "../../../host/workloads/builtin/derive-traces.js";
import { dataFolder, withoutData } from "./data-folder.js";

const module = (name: string) =>
  readFile(new URL(`../../../host/workloads/builtin/data/${name}.ts`, import.meta.url), "utf8");

describe.skipIf(withoutData("derived workloads against their traces"))("derived workloads", () => {
  it.each(derivations)("$name is what the script derives, byte for byte", async (derivation) => {
    const trace = derivation.parse(await readFile(`${dataFolder()}/${derivation.file}`, "utf8"));
    expect(renderModule(deriveJoint(derivation, trace)) === (await module(derivation.name))).toBe(true);
  });
});

it("derived workloads stay below 150 kB in all", async () => {
  const texts = await Promise.all(derivations.map(({ name }) => module(name)));
  expect(texts.join("").length).toBeLessThan(150_000);
});

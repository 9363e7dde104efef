import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hardwareFacts, type HardwareName } from "../../../host/specs/hardware-catalog.js";
import { deriveKernels } from "../../../host/specs/kernels/derive-kernels.js";
import { readTables } from "../../../host/specs/kernels/kernel-tables.js";
import { renderModule } from "../../../host/specs/kernels/render-module.js";
import { renderPage } from "../../../host/specs/kernels/render-page.js";
import { SYSTEMS } from "../../../host/specs/kernels/systems.js";
import { dataFolder, hasTables } from "./data-folder.js";

const committed = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

describe.skipIf(!hasTables)("what the script derives from the tables", async () => {
  const kernels = hasTables
    ? deriveKernels(await readTables(dataFolder), (gpu) => hardwareFacts(gpu as HardwareName))
    : [];

  it.each(SYSTEMS.map(({ gpu }) => gpu))("for %s is what was committed, byte for byte", (gpu) => {
    const figures = kernels.find((of) => of.gpu === gpu)!;
    expect(renderModule(figures)).toBe(committed(`host/specs/kernels/data/${gpu}.ts`));
  });

  it("is what docs/reference/kernels.md says, byte for byte", () => {
    expect(renderPage(kernels)).toBe(committed("docs/reference/kernels.md"));
  });
});

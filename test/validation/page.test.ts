import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { makePage } from "../../bench/validation/make-page.js";
import { loadCore } from "../../host/core/load.js";
import { describeWithRuns } from "./measured-runs.js";

describeWithRuns("docs/validation.md", () => {
  it("is what `npm run validation` writes", async () => {
    const written = await readFile(new URL("../../docs/validation.md", import.meta.url), "utf8");
    expect(makePage(await loadCore())).toBe(written);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { packageVersion } from "../../host/cli/package-version.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "version-"));
  writeFileSync(join(root, "package.json"), JSON.stringify({ version: "1.2.3" }));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test.each(["main.js", "host/cli/main.ts", "dist/host/cli/main.js"])("of the package that holds %s", (file) => {
  mkdirSync(join(root, file, ".."), { recursive: true });
  expect(packageVersion(pathToFileURL(join(root, file)))).toBe("1.2.3");
});

test("of the nearest package, where one lies in another", () => {
  mkdirSync(join(root, "node_modules/inner/src"), { recursive: true });
  writeFileSync(join(root, "node_modules/inner/package.json"), JSON.stringify({ version: "4.5.6" }));
  expect(packageVersion(pathToFileURL(join(root, "node_modules/inner/src/main.js")))).toBe("4.5.6");
});

test("is missing where no package is", () => {
  expect(() => packageVersion("file:///main.js")).toThrow("no package.json above file:///");
});

// What the build is made from, as one hash: so that "is it current?" is answered without building.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SOURCES = ["assembly", "host", "package.json", "package-lock.json", "tsconfig.json", "asconfig.json"];
const GENERATED = [join("host", "core", "wasm-base64.ts"), join("host", "reports", "html", "page-assets.ts")];
const STAMP = join("build", "inputs.sha256");
const OUTPUTS = [STAMP, ...GENERATED, "build/core.debug.wasm", "dist/index.js", "dist/host/cli/main.js", "dist/core.wasm"];

function* files(path) {
  if (GENERATED.includes(path)) return;
  try {
    for (const name of readdirSync(path).sort()) yield* files(join(path, name));
  } catch (error) {
    if (error.code !== "ENOTDIR") throw error;
    yield path;
  }
}

function hashInputs() {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of files(source)) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

export function recordInputs() {
  writeFileSync(STAMP, hashInputs());
}

export function isCurrent() {
  return OUTPUTS.every((file) => existsSync(file)) && readFileSync(STAMP, "utf8") === hashInputs();
}

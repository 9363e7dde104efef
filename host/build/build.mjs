// Builds everything that a fresh clone lacks: the core (both targets), the module that carries it, the compiled host, the bundle.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { recordInputs } from "./inputs.mjs";
import { writePageAssets } from "./page-assets.mjs";

const outDir = process.argv[2] ?? "dist";

function compile(tool, ...args) {
  const { status } = spawnSync(process.execPath, [tool, ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

for (const target of ["release", "debug"]) {
  compile("node_modules/assemblyscript/bin/asc.js", "--target", target);
}

const wasm = readFileSync("build/core.release.wasm");
writeFileSync(
  "host/core/wasm-base64.ts",
  `/** The compiled core, written by the build. */\nexport const wasmBase64 =\n  "${wasm.toString("base64")}";\n`,
);

await writePageAssets();

rmSync(outDir, { recursive: true, force: true });
mkdirSync(outDir, { recursive: true });
compile("node_modules/typescript/bin/tsc", "-p", ".", "--emitDeclarationOnly", "--outDir", outDir);
copyFileSync("build/core.release.wasm", `${outDir}/core.wasm`);

const bundle = { bundle: true, format: "esm", target: "es2022", legalComments: "eof", logLevel: "warning" };

// One self-contained module, so that the package is imported alike in Node and in a browser page without a bundler.
await build({
  ...bundle,
  entryPoints: ["host/index.ts"],
  outfile: `${outDir}/index.js`,
  platform: "neutral",
  mainFields: ["module", "main"],
  // The other one asks for `process`, which a page does not have.
  alias: { picocolors: "picocolors/picocolors.browser.js" },
  conditions: ["browser"],
  external: ["node:*"],
});

// One file for the command line too: reading one starts in half the time of reading three hundred.
const command = `${outDir}/host/cli/main.js`;
await build({
  ...bundle,
  entryPoints: ["host/cli/main.ts"],
  outfile: command,
  platform: "node",
  banner: { js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);' },
});
chmodSync(command, 0o755);

if (outDir === "dist") recordInputs();

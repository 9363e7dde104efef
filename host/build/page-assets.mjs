// The script and the style sheet of report pages, as text in a module: bundled with uPlot, so that a page needs no other file.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

/** The module that is written. */
export const PAGE_ASSETS = "host/reports/html/page-assets.ts";

const FOLDER = "host/reports/html";

async function bundled(entry, options = {}) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    charset: "ascii",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    ...options,
  });
  return outputFiles[0].text.trim();
}

/** What stands in an element is told by its hash to the policy of the page. */
function hash(text) {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** Writes {@link PAGE_ASSETS}. */
export async function writePageAssets() {
  const license = readFileSync("node_modules/uplot/LICENSE", "utf8").trim();
  const code = await bundled(`${FOLDER}/client/main.ts`, { format: "iife" });
  const script = `/*! uPlot\n${license}\n*/\n${code}`;
  if (/<\/script|<!--/i.test(script)) throw new Error("the script of report pages would end its own element");
  const style = `${await bundled("node_modules/uplot/dist/uPlot.min.css")}\n${await bundled(`${FOLDER}/page.css`)}`;
  const constants = [
    ["The script of every page.", "pageScript", script],
    ["Its hash, as a policy names it.", "pageScriptHash", hash(script)],
    ["The style sheet of every page.", "pageStyle", style],
    ["Its hash, as a policy names it.", "pageStyleHash", hash(style)],
  ];
  const lines = constants.map(([doc, name, text]) => `/** ${doc} */\nexport const ${name} = ${JSON.stringify(text)};\n`);
  writeFileSync(PAGE_ASSETS, `// Written by the build.\n\n${lines.join("\n")}`);
}

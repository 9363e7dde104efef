import { readFile } from "node:fs/promises";
import { type Core, loadCore } from "../../host/core/load.js";

/** Both builds of the core: bounds checks on in debug, off in release. The suite runs on each. */
export const BUILDS = ["release", "debug"] as const;

export type Build = (typeof BUILDS)[number];

/** A new instance of a build. */
export async function loadBuild(build: Build): Promise<Core> {
  return loadCore(await readFile(new URL(`../../build/core.${build}.wasm`, import.meta.url)));
}

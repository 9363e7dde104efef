import { existsSync, readFileSync } from "node:fs";

/** The version in the nearest package.json above a file: the compiled command lies deeper in the package than its source. */
export function packageVersion(file: string | URL): string {
  const here = new URL("package.json", file);
  if (existsSync(here)) return (JSON.parse(readFileSync(here, "utf8")) as { version: string }).version;
  const above = new URL("..", here);
  if (above.href === new URL(".", here).href) throw new Error(`no package.json above ${String(file)}`);
  return packageVersion(above);
}

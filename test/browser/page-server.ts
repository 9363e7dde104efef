import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Serves `pages` by path, and the files of a folder below `/package/`, on the loopback interface. */
export async function servePages(
  packageFolder: string,
  pages: Record<string, string>,
): Promise<{ origin: string; server: Server }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const content = path in pages ? Promise.resolve(pages[path]!) : readPackageFile(packageFolder, path);
    content.then(
      (body) => response.writeHead(200, { "content-type": TYPES[extname(path)] ?? TYPES[".html"]! }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function readPackageFile(folder: string, path: string): Promise<Buffer> {
  const inside = normalize(path).replace(/^\/package\//, "");
  if (inside.startsWith("..") || inside.startsWith("/")) throw new Error("outside of the package");
  return readFile(join(folder, inside));
}

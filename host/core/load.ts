import { instantiate } from "@assemblyscript/loader";
import { CONTRACT_VERSION } from "../../assembly/contract.js";
import type { CoreExports } from "./exports.js";
import { wasmBase64 } from "./wasm-base64.js";

/** One instance of the core. It simulates one run at a time; several instances live side by side. */
export interface Core {
  readonly exports: CoreExports;
}

let builtIn: Promise<WebAssembly.Module> | undefined;

/**
 * Makes an instance of the core.
 *
 * @param source The compiled core: a module (compile once, send it to workers), its bytes, or the URL of `vllm-sr-sim/core.wasm`. By default the
 *   core that the package carries within itself, which needs no file and no network.
 * @throws Error if the module speaks another version of the contract than this host.
 */
export async function loadCore(source?: WebAssembly.Module | BufferSource | URL): Promise<Core> {
  const { exports } = await instantiate(await compile(source));
  const core = exports as unknown as CoreExports;
  const version = core.contractVersion();
  if (version !== CONTRACT_VERSION) {
    throw new Error(
      `the core speaks version ${version} of the contract, this host version ${CONTRACT_VERSION}: rebuild`,
    );
  }
  return { exports: core };
}

/** The compiled core that the package carries, compiled once. */
export function builtInModule(): Promise<WebAssembly.Module> {
  builtIn ??= WebAssembly.compile(Uint8Array.from(atob(wasmBase64), (char) => char.charCodeAt(0)));
  return builtIn;
}

async function compile(source: WebAssembly.Module | BufferSource | URL | undefined): Promise<WebAssembly.Module> {
  if (source === undefined) return builtInModule();
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof URL) return WebAssembly.compile(await (await fetch(source)).arrayBuffer());
  return WebAssembly.compile(source);
}

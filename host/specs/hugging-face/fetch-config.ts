import { InputError } from "../input-error.js";

/** How a configuration is fetched. */
export interface FetchOptions {
  /** Token that may read the repository, for gated and private ones. */
  token?: string;
  /** Address of the site; https://huggingface.co unless given. */
  endpoint?: string;
  /** Longest wait for the whole answer, ms; 15,000 unless given. */
  timeoutMs?: number;
  /** The function that fetches; that of the platform unless given. */
  fetch?: typeof globalThis.fetch;
}

/** Address of the site where nobody names another. */
export const SITE = "https://huggingface.co";
const TIMEOUT_MS = 15_000;
/** Most bytes of a configuration; published ones have some thousand. */
const MAX_BYTES = 1024 * 1024;

/** Whether two addresses are one site, but for slashes at the end. */
export function isSameSite(one: string, other: string): boolean {
  return withoutSlashes(one) === withoutSlashes(other);
}

function withoutSlashes(address: string): string {
  return address.replace(/\/+$/, "");
}

/** An owner and a name, as huggingface.co allows them. */
const REPOSITORY = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;

/** Whether this is the id of a repository: `owner/name`. */
export function isRepositoryId(text: string): boolean {
  return REPOSITORY.test(text) && !text.includes("..") && !/\.(json|ya?ml)$/i.test(text);
}

/**
 * Text of the `config.json` on the main branch of a repository of huggingface.co. Works in Node and in browsers.
 *
 * @throws InputError where there is none, it may not be read, is too large, or the site is not reached in time.
 */
export async function fetchConfig(id: string, options: FetchOptions = {}): Promise<string> {
  const endpoint = withoutSlashes(options.endpoint ?? SITE);
  const { token, timeoutMs = TIMEOUT_MS, fetch = globalThis.fetch } = options;
  const url = `${endpoint}/${id}/raw/main/config.json`;
  try {
    const response = await fetch(url, {
      ...(token === undefined || token === "" ? {} : { headers: { authorization: `Bearer ${token}` } }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new InputError(`${id}: ${reasonOf(response.status, token)}.`);
    }
    return await textOf(response, id);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const isLate = (error as { name?: unknown }).name === "TimeoutError";
    const reason = isLate ? `no answer within ${timeoutMs / 1000} s` : causeOf(error);
    throw new InputError(
      `${id}: cannot fetch its config.json from ${endpoint}: ${reason}; give the path of a copy instead.`,
    );
  }
}

function reasonOf(status: number, token: string | undefined): string {
  if (status === 401 || status === 403) {
    const how = token ? "the token in HF_TOKEN may not read it" : "to read a gated or private one set HF_TOKEN";
    return `there is no such repository, or it is not open to everyone; ${how}`;
  }
  if (status === 404) return "there is no such repository, or it has no config.json";
  return `the site answers with status ${status} in place of its config.json`;
}

async function textOf(response: Response, id: string): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder("utf-8");
  let text = "";
  for (let bytes = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > MAX_BYTES) {
      await reader.cancel();
      throw new InputError(`${id}: its config.json is larger than ${MAX_BYTES} bytes, the most allowed.`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

function causeOf(error: unknown): string {
  const { message, cause } = error as { message?: unknown; cause?: { code?: unknown; message?: unknown } };
  for (const reason of [cause?.code, cause?.message, message]) {
    if (typeof reason === "string" && reason !== "") return reason.slice(0, 200);
  }
  return "no answer";
}

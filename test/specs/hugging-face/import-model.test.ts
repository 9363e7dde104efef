import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { importModel } from "../../../host/specs/hugging-face.js";
import { InputError } from "../../../host/specs/input-error.js";
import { temporaryFolder } from "../../cli/temporary-folder.js";

const config = {
  model_type: "llama",
  num_hidden_layers: 4,
  hidden_size: 512,
  num_attention_heads: 8,
  intermediate_size: 1024,
  vocab_size: 1000,
};
const text = JSON.stringify(config);

const refusal = async (result: Promise<unknown>) => {
  try {
    await result;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("accepted");
};
type Fetch = typeof globalThis.fetch;
const answering = (body: string, status = 200) => vi.fn<Fetch>(async () => new Response(body, { status }));

afterEach(() => vi.unstubAllEnvs());

describe("a model from a mapping", () => {
  it("has its shape", async () => {
    expect((await importModel(config)).facts.layers).toBe(4);
  });
});

describe("a model from a file", () => {
  it("bears the name of the folder of config.json, or of the file", async () => {
    const folder = await temporaryFolder({ "config.json": text, "mine.json": text });
    const own = await importModel(join(folder, "mine.json"));
    expect(own.name).toBe("mine");
    expect(own.sources["layers"]).toBe(`${join(folder, "mine.json")}: num_hidden_layers`);
    expect((await importModel(join(folder, "config.json"))).name).toBe(folder.split("/").at(-1)!.slice(0, 64));
  });

  it("is refused with file, line and column", async () => {
    const folder = await temporaryFolder({ "c.json": '{\n  "model_type": "llama",\n  "num_hidden_layers": 0\n}' });
    expect(await refusal(importModel(join(folder, "c.json")))).toBe(
      `${join(folder, "c.json")}:3:24: num_hidden_layers is 0, but must be a whole number from 1 to 1000.`,
    );
  });

  it("is refused where there is none, it is too large, or no JSON", async () => {
    const folder = await temporaryFolder({ "big.json": " ".repeat(1024 * 1024 + 1), "bad.json": "{" });
    expect(await refusal(importModel(join(folder, "none.json")))).toMatch(/there is no such file\.$/);
    expect(await refusal(importModel(join(folder, "big.json")))).toMatch(/larger than 1048576 bytes/);
    expect(await refusal(importModel(join(folder, "bad.json")))).toMatch(/bad\.json:1:2: not valid JSON/);
  });

  it("is refused where the name is neither a file of JSON nor a repository", async () => {
    for (const source of ["", "model", "a/b/c", "../x", "a/../b", "a/b.yaml"])
      expect(await refusal(importModel(source))).toMatch(
        /is neither the path of a \.json file nor the id of a repository, owner\/name\.$/,
      );
  });
});

describe("a model from a repository", () => {
  it("is read from config.json of its main branch", async () => {
    const fetch = answering(text);
    const model = await importModel("owner/model-x", { fetch, token: "" });
    expect(model.name).toBe("model-x");
    expect(model.source).toBe("config.json of owner/model-x");
    const [url, request] = fetch.mock.calls[0]!;
    expect(url).toBe("https://huggingface.co/owner/model-x/raw/main/config.json");
    expect(request).not.toHaveProperty("headers");
  });

  it("is read with the token, from the address in the environment", async () => {
    vi.stubEnv("HF_TOKEN", "hf_secret");
    vi.stubEnv("HF_ENDPOINT", "https://mirror.example/");
    const fetch = answering(text);
    await importModel("owner/model-x", { fetch });
    const [url, request] = fetch.mock.calls[0]!;
    expect(url).toBe("https://mirror.example/owner/model-x/raw/main/config.json");
    expect(request?.headers).toEqual({ authorization: "Bearer hf_secret" });
  });

  it.each([
    ["https://elsewhere.example", undefined],
    ["https://huggingface.co.elsewhere.example", undefined],
    ["http://huggingface.co", undefined],
    ["https://mirror.example", "Bearer hf_secret"],
    ["https://huggingface.co/", "Bearer hf_secret"],
  ])("is read from %s, named by the caller, with the token of the environment: %s", async (endpoint, authorization) => {
    vi.stubEnv("HF_TOKEN", "hf_secret");
    vi.stubEnv("HF_ENDPOINT", "https://mirror.example/");
    const fetch = answering(text);
    await importModel("owner/model-x", { fetch, endpoint });
    const [url, request] = fetch.mock.calls[0]!;
    expect(url instanceof Request ? url.url : String(url)).toMatch(endpoint);
    expect(new Headers(request?.headers).get("authorization") ?? undefined).toBe(authorization);
  });

  it("is read from an address that the caller names with the token that the caller gives", async () => {
    vi.stubEnv("HF_TOKEN", "hf_secret");
    const fetch = answering(text);
    await importModel("owner/model-x", { fetch, endpoint: "https://elsewhere.example", token: "own" });
    expect(fetch.mock.calls[0]![1]?.headers).toEqual({ authorization: "Bearer own" });
  });

  it.each([
    [
      401,
      "owner/x: there is no such repository, or it is not open to everyone; to read a gated or private one set HF_TOKEN.",
    ],
    [404, "owner/x: there is no such repository, or it has no config.json."],
    [503, "owner/x: the site answers with status 503 in place of its config.json."],
  ])("is refused where the site answers %i", async (status, sentence) => {
    expect(await refusal(importModel("owner/x", { fetch: answering("", status), token: "" }))).toBe(sentence);
  });

  it("never shows the token", async () => {
    const message = await refusal(importModel("owner/x", { fetch: answering("", 403), token: "hf_secret" }));
    expect(message).toMatch(/the token in HF_TOKEN may not read it\.$/);
    expect(message).not.toContain("hf_secret");
  });

  it("is refused where the site is not reached, or not in time", async () => {
    const broken = vi.fn<Fetch>(async () => {
      throw new TypeError("fetch failed", { cause: { code: "ENOTFOUND" } });
    });
    expect(await refusal(importModel("owner/x", { fetch: broken }))).toBe(
      "owner/x: cannot fetch its config.json from https://huggingface.co: ENOTFOUND; give the path of a copy instead.",
    );
    const silent: Fetch = (_url, request) =>
      new Promise((_, reject) => {
        request!.signal!.addEventListener("abort", () => reject(request!.signal!.reason as Error));
      });
    expect(await refusal(importModel("owner/x", { fetch: silent, timeoutMs: 20 }))).toMatch(/no answer within 0\.02 s/);
  });

  it("is refused where its configuration has no end", async () => {
    const endless = vi.fn<Fetch>(
      async () =>
        new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(32)) })),
    );
    expect(await refusal(importModel("owner/x", { fetch: endless }))).toBe(
      "owner/x: its config.json is larger than 1048576 bytes, the most allowed.",
    );
  });

  it("is refused where its configuration is no JSON", async () => {
    expect(await refusal(importModel("owner/x", { fetch: answering("<html>") }))).toMatch(
      /^owner\/x\/config\.json:1:1: not valid JSON/,
    );
  });
});

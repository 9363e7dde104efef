import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dataFolder, withoutData } from "../../builtin/data-folder.js";
import { lengthsAt, type NumberDistribution } from "../../../../host/workloads/traces/servegen/client.js";
import { readServeGen } from "../../../../host/workloads/traces/servegen/read-folder.js";
import { serveGenSource } from "../../../../host/workloads/traces/servegen/servegen-source.js";
import { InputError } from "../../../../host/specs/input-error.js";

describe("readServeGen", () => {
  let folder = "";
  const windows = "0,1,1,Poisson,1,1\n600,0,0,,0,0\n";
  const dataset = JSON.stringify({ 0: { input_tokens: "{5: 1.0}", output_tokens: "{6: 1.0}" } });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "servegen-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);

  test("reads plain and zipped files, clients by number", async () => {
    write("chunk-10-trace.csv", windows);
    write("chunk-10-dataset.json.gz", gzipSync(dataset));
    write("chunk-9-trace.csv.gz", gzipSync(windows));
    write("chunk-9-dataset.json", dataset);
    write("README.md", "not for us");
    const { clients, clientsWithoutLengths, clientsWithoutRates } = await readServeGen(folder);
    expect(clients.map(({ id }) => id)).toEqual([9, 10]);
    expect(clients.map((client) => client.windows.length)).toEqual([2, 2]);
    expect(clients.map((client) => client.lengths[0]!.input.values[0])).toEqual([5, 5]);
    expect([clientsWithoutLengths, clientsWithoutRates]).toEqual([[], []]);
  });

  test("tells of clients that lack a file", async () => {
    write("chunk-1-trace.csv", windows);
    write("chunk-2-dataset.json", dataset);
    write("chunk-3-trace.csv", windows);
    write("chunk-3-dataset.json", JSON.stringify({ 0: { input_tokens: "{}", output_tokens: "{}" } }));
    const { clients, clientsWithoutLengths, clientsWithoutRates } = await readServeGen(folder);
    expect(clients.map(({ id }) => id)).toEqual([1, 3]);
    expect(clientsWithoutLengths).toEqual([1, 3]);
    expect(clientsWithoutRates).toEqual([2]);
  });

  test("refuses a folder that is none, is missing, or has a file twice", async () => {
    await expect(readServeGen(folder)).rejects.toThrow(/is no ServeGen folder; it holds no chunk-N-trace.csv/);
    await expect(readServeGen(join(folder, "none"))).rejects.toThrow(/none: no such file or directory/);
    write("chunk-1-trace.csv", windows);
    await expect(readServeGen(join(folder, "chunk-1-trace.csv"))).rejects.toThrow(/is not a directory/);
    write("chunk-1-trace.csv.gz", gzipSync(windows));
    await expect(readServeGen(folder)).rejects.toThrow(/one of them must go/);
    await expect(readServeGen(folder)).rejects.toBeInstanceOf(InputError);
  });

  test("names the file and line of a mistake, and refuses a directory in the place of a file", async () => {
    write("chunk-1-trace.csv", "0,1,1,Poisson,1,1\n600,x,0,,0,0\n");
    await expect(readServeGen(folder)).rejects.toThrow(`${folder}/chunk-1-trace.csv:2: rate is "x"`);
    write("chunk-1-trace.csv", windows);
    mkdirSync(join(folder, "chunk-1-dataset.json"));
    await expect(readServeGen(folder)).rejects.toThrow(/is a directory/);
  });
});

function mean({ values, cumulative }: NumberDistribution): number {
  return values.reduce((sum, value, i) => sum + value * (cumulative[i]! - (i === 0 ? 0 : cumulative[i - 1]!)), 0);
}

describe.skipIf(withoutData("test/workloads/traces/servegen"))("the published folders", () => {
  test.each([
    ["reason/deepseek-r1", 73, 144, 1_383_669, 0],
    ["multimodal/mm-image", 35, 144, 818_610, 0],
    ["language/m-large", 162, 2016, 236_892_826, 162],
  ])("%s: %d clients of %d windows, %d requests expected", async (path, clients, windows, requests, withoutLengths) => {
    const folder = await readServeGen(`${dataFolder()}/servegen/${path}`);
    expect(folder.clients).toHaveLength(clients);
    expect(folder.clients.every((client) => client.windows.length === windows)).toBe(true);
    const expected = folder.clients
      .flatMap((client) => client.windows)
      .reduce((sum, { rateRps }) => sum + rateRps * 600, 0);
    expect(Math.round(expected)).toBe(requests);
    expect(expected).toBeCloseTo(requests, 3);
    expect(folder.clientsWithoutLengths).toHaveLength(withoutLengths);
  });

  test.each([
    ["reason/deepseek-r1", 1_383_669],
    ["multimodal/mm-image", 818_610],
  ])("%s generates about the requests and lengths that it says", async (path, requests) => {
    const { clients } = await readServeGen(`${dataFolder()}/servegen/${path}`);
    let input = 0;
    let output = 0;
    for (const client of clients) {
      for (const { startS, rateRps } of client.windows) {
        if (rateRps === 0) continue;
        const lengths = lengthsAt(client.lengths, startS)!;
        const attached = lengths.attachments.reduce((sum, { count, tokens }) => sum + mean(count) * mean(tokens), 0);
        input += rateRps * 600 * (mean(lengths.input) + attached);
        output += rateRps * 600 * mean(lengths.output);
      }
    }
    const source = serveGenSource(clients, { seed: 42 });
    let count = 0;
    for await (const chunk of source.chunks()) count += chunk.count;
    const report = source.report();
    // Bursty clients make the total vary by about 0.3 % from seed to seed.
    expect(count / requests).toBeCloseTo(1, 1.5);
    expect(report.inputTokens / count / (input / requests)).toBeCloseTo(1, 1.5);
    expect(report.outputTokens / count / (output / requests)).toBeCloseTo(1, 1.5);
  });
});

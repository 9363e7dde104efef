import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import type * as Library from "../host/index.js";
import { runProgram } from "./cli/program.js";
import { inPieces, smallFleet, traceText } from "./planners/small-fleet.js";

/** The package as it is published: `npm test` builds it first. */
const BUNDLE = new URL("../dist/index.js", import.meta.url);
const library = (await import(BUNDLE.href)) as typeof Library;

describe("the package", () => {
  test("imports nothing of Node before it is asked to", async () => {
    const { metafile } = await build({
      entryPoints: [fileURLToPath(BUNDLE)],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "neutral",
      external: ["node:*"],
    });
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    expect(imports.filter(({ kind }) => kind !== "dynamic-import")).toEqual([]);
    expect(imports.every(({ path }) => path.startsWith("node:"))).toBe(true);
  });

  test("replays as the command does", async () => {
    const command = ["replay", "azure-conv", "--rate", "20", "--n", "3000", "--fleet", "examples/fleet.json", "--json"];
    const { stdout } = await runProgram(command);
    const result = await library.replayTrace({
      trace: "azure-conv",
      rateRps: 20,
      count: 3000,
      fleet: "examples/fleet.json",
    });
    expect(result).toEqual(JSON.parse(stdout));
  });

  test("replays bytes through an object, and writes every request, without a file", async () => {
    const csv = new library.PerRequestCsv(["short", "long"]);
    let text = new TextDecoder().decode(library.PerRequestCsv.header());
    const { requests } = await library.replayTrace({
      trace: inPieces(traceText([[0, 512, 10]])),
      fleet: smallFleet(),
      onResults: (rows) => void (text += new TextDecoder().decode(csv.encode(rows))),
    });
    expect(requests.completed).toBe(1);
    expect(text.split("\n")[1]).toBe("0,512,10,short,0,completed,0,0.01,0.01,0.11,0");
  });

  test("reports mistakes as InputError", async () => {
    const mistake = library.replayTrace({ trace: "no-such.csv", fleet: smallFleet() });
    await expect(mistake).rejects.toBeInstanceOf(library.InputError);
  });

  test("runs in a core of the caller's, again and again", async () => {
    const core = await library.loadCore(await library.builtInModule());
    const run = () => library.replayTrace({ core, trace: "azure-code", count: 500, fleet: "examples/fleet.json" });
    expect(await run()).toEqual(await run());
  });

  test("lists its workloads, each of which can be drawn from", async () => {
    for (const { name, nativeRateRps } of library.builtinWorkloads) {
      const rate = nativeRateRps === undefined ? { rateRps: 1 } : {};
      const { trace } = await library.replayTrace({ trace: name, count: 10, fleet: "examples/fleet.json", ...rate });
      expect(trace).toMatchObject({ name, rows: 10 });
    }
  });
});

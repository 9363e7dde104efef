import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../host/specs/input-error.js";
import { builtinWorkloads, getBuiltinCdf, getBuiltinWorkload } from "../../../host/workloads/builtin/catalog.js";
import { parseCdf } from "../../../host/workloads/cdf.js";
import { dataFolder, withoutData } from "./data-folder.js";

const NAMES = ["azure-conv", "azure-code", "mooncake-conversation", "azure", "lmsys", "lmsys_multiturn", "agent_heavy"];
const CDFS = ["azure", "lmsys", "lmsys_multiturn", "agent_heavy"];

describe("builtinWorkloads", () => {
  it("are these", () => {
    expect(builtinWorkloads.map(({ name }) => name)).toEqual(NAMES);
  });

  it.each(builtinWorkloads)("$name says where it comes from and under which licence", (workload) => {
    expect(workload.source).toMatch(/ @ [0-9a-f]{12}/);
    expect(workload.licence).toMatch(/Apache-2\.0|CC-BY-4\.0/);
    expect(workload.samples).toBeGreaterThan(8000);
    expect(workload.kind === "joint").toBe(workload.changes !== undefined);
  });

  it("name the authors of the traces that want credit", () => {
    for (const { name, source } of builtinWorkloads)
      if (name.startsWith("azure")) expect(source).toMatch(/Patel et al\./);
  });

  it("have the rates and spans of their traces", () => {
    const of = (name: string) => builtinWorkloads.find((workload) => workload.name === name)!;
    expect(of("azure-conv")).toMatchObject({ samples: 14_176, periodS: 2400, nativeRateRps: 14_176 / 2400 });
    expect(of("azure-code")).toMatchObject({ samples: 8819, periodS: 3436, nativeRateRps: 8819 / 3436 });
    expect(of("mooncake-conversation")).toMatchObject({ samples: 12_031, periodS: 3540, nativeRateRps: 12_031 / 3540 });
    expect(of("azure").nativeRateRps).toBeUndefined();
  });

  it("say plainly what lmsys_multiturn and agent_heavy are", () => {
    const description = (name: string) => builtinWorkloads.find((workload) => workload.name === name)!.description;
    expect(description("lmsys_multiturn")).toMatch(/single-turn/);
    expect(description("agent_heavy")).toMatch(/^Synthetic/);
  });
});

describe("getBuiltinWorkload", () => {
  it.each(NAMES)("%s is a model that the core accepts", (name) => {
    const { lengths, profile, nativeRateRps, categories } = getBuiltinWorkload(name);
    const { windowCell, cumulative } = lengths;
    expect(windowCell.at(-1)).toBe(cumulative.length);
    for (let window = 0; window + 1 < windowCell.length; window++) {
      let below = 0;
      for (let cell = windowCell[window]!; cell < windowCell[window + 1]!; cell++) {
        expect(cumulative[cell]).toBeGreaterThan(below);
        below = cumulative[cell]!;
      }
      expect(below).toBe(1);
    }
    for (let cell = 0; cell < cumulative.length; cell++) {
      const ordered =
        lengths.inputLow[cell]! >= 1 &&
        lengths.inputLow[cell]! <= lengths.inputHigh[cell]! &&
        lengths.outputLow[cell]! >= 1 &&
        lengths.outputLow[cell]! <= lengths.outputHigh[cell]!;
      if (!ordered) expect.fail(`cell ${cell}`);
    }
    expect(categories!.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
    expect(profile === undefined).toBe(nativeRateRps === undefined);
  });

  it.each(["azure-conv", "azure-code", "mooncake-conversation"])("%s repeats rate and lengths together", (name) => {
    const { lengths, profile } = getBuiltinWorkload(name);
    const period = builtinWorkloads.find((workload) => workload.name === name)!.periodS;
    expect(profile!.stepS * profile!.relativeRate.length).toBe(period);
    expect(lengths.windowS * (lengths.windowCell.length - 1)).toBeCloseTo(period!, 9);
    expect(profile!.relativeRate.reduce((sum, rate) => sum + rate) / profile!.relativeRate.length).toBeCloseTo(1, 12);
  });

  it("decodes once", () => {
    expect(getBuiltinWorkload("azure-conv")).toBe(getBuiltinWorkload("azure-conv"));
  });

  it.each(["azure_conv", "../azure", "", "__proto__", "constructor"])("refuses %j and lists what there is", (name) => {
    expect(() => getBuiltinWorkload(name)).toThrow(InputError);
    expect(() => getBuiltinWorkload(name)).toThrow(
      `workload ${JSON.stringify(name)}: no such built-in; there are ${NAMES.join(", ")}.`,
    );
  });
});

describe("getBuiltinCdf", () => {
  it("has the edges of the reference", () => {
    expect(getBuiltinCdf("agent_heavy").map(([tokens]) => tokens)).toEqual([
      64, 128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576, 32768, 49152, 65536,
    ]);
  });

  it("has figures of the reference's table", () => {
    expect(getBuiltinCdf("azure")[3]).toEqual([512, 0.2886287032109278]);
    expect(getBuiltinCdf("lmsys")[9]).toEqual([4096, 0.9837422332946185]);
    expect(getBuiltinCdf("agent_heavy")[2]).toEqual([256, 0.00007]);
  });

  it("has no joint workloads", () => {
    expect(() => getBuiltinCdf("azure-conv")).toThrow(
      'workload "azure-conv": no such CDF; there are azure, lmsys, lmsys_multiturn, agent_heavy.',
    );
  });
});

describe.skipIf(withoutData("bundled CDFs against their files"))("bundled CDFs", () => {
  it.each(CDFS)("%s has the figures of its file", async (name) => {
    const file = `${dataFolder()}/vllm-sr-sim/cdf/${name}_cdf.json`;
    expect(getBuiltinCdf(name)).toEqual(parseCdf(await readFile(file, "utf8"), file));
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../../host/core/load.js";
import { getBuiltinWorkload } from "../../../host/workloads/builtin/catalog.js";
import { lengthLawOf } from "../../../host/workloads/length-law/law-of-model.js";
import { loadBuild } from "../../core/wasm-builds.js";
import { drawRequests } from "../../theory/draws.js";

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

const COUNT = 1_000_000;

describe("the core draws what the law says", () => {
  it.each(["azure-conv", "azure-code", "azure", "lmsys"])("%s: means within four standard errors", (name) => {
    const model = getBuiltinWorkload(name);
    const law = lengthLawOf(model);
    // Many rounds of the workload's own time, so that all of its windows are met alike.
    const rateRps = 20;
    const { inputTokens, outputTokens } = drawRequests(
      core,
      {
        process: { type: "poisson" },
        rateRps,
        lengths: model.lengths,
        ...(model.profile ? { profile: model.profile } : {}),
      },
      COUNT,
      5,
    );
    const f = (input: number, output: number) => Math.ceil(input / 512) + output * (8 + (input + output) / 1000);
    let [sum, square] = [0, 0];
    for (let i = 0; i < COUNT; i++) {
      const value = f(inputTokens[i]!, outputTokens[i]!);
      sum += value;
      square += value * value;
    }
    const mean = sum / COUNT;
    const standardError = Math.sqrt((square / COUNT - mean * mean) / COUNT);
    const expected = law.mean(f, 0, Infinity, { chunk: 512 });
    expect(Math.abs(mean - expected) / standardError).toBeLessThan(4);
  });
});

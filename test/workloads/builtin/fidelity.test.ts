import { beforeAll, describe, expect, it } from "vitest";
import { withoutData } from "./data-folder.js";
import { DRAWS, measureFidelity, renderFidelity, type Comparison, type Fidelity } from "./fidelity.js";

describe.skipIf(withoutData("fidelity of the derived workloads"))("derived workloads", () => {
  let all: Fidelity[] = [];
  beforeAll(async () => void (all = await measureFidelity()));

  const of = (name: string) => all.find((workload) => workload.name === name)!;
  const figure = (name: string, figure: string): Comparison => of(name).figures.find((row) => row.figure === figure)!;

  describe.each(["azure-conv", "azure-code", "mooncake-conversation"])("%s", (name) => {
    // Relative tolerance, to which three standard errors of the mean over the draws are added.
    it.each([
      ["mean rate, requests/s", 0.005],
      ["CV of gaps", 0.03],
      ["index of dispersion, 1 s", 0.045],
      ["index of dispersion, 10 s", 0.04],
      ["index of dispersion, 60 s", 0.04],
      ["peak rate over 10 s, requests/s", 0.05],
      ["input mean, tokens", 0.003],
      ["input p50, tokens", 0.005],
      ["input p90, tokens", 0.01],
      ["input p95, tokens", 0.005],
      ["input p99, tokens", 0.005],
      ["output mean, tokens", 0.005],
      ["output p50, tokens", 0.005],
      ["output p90, tokens", 0.005],
      ["output p95, tokens", 0.01],
      ["output p99, tokens", 0.01],
      ["output share", 0.01],
    ])("reproduces the trace's %s", (name_, tolerance) => {
      const { trace, model, deviation } = figure(name, name_);
      expect(Math.abs(model - trace)).toBeLessThan(tolerance * trace + (3 * deviation) / Math.sqrt(DRAWS));
    });

    it("reproduces the trace's correlation of input and output", () => {
      const { trace, model } = figure(name, "correlation of input and output");
      expect(Math.abs(model - trace)).toBeLessThan(0.01);
    });

    it("waits as long as the trace, within two deviations", () => {
      const { trace, model, deviation } = of(name).wait;
      expect(Math.abs(model - trace)).toBeLessThan(2 * deviation);
    });
  });

  it("azure-conv has short outputs in busy minutes, as the trace has", () => {
    const { trace, model } = figure("azure-conv", "correlation of rate and mean output, per minute");
    expect(trace).toBeCloseTo(-0.898, 3);
    expect(model).toBeLessThan(-0.85);
  });

  it("azure-conv waits nowhere near as long as with its lengths shuffled", () => {
    const { model, shuffled } = of("azure-conv").wait;
    expect(shuffled).toBeGreaterThan(5 * model);
  });

  it("mooncake-conversation has short inputs in busy minutes, if less so than the trace", () => {
    const { trace, model } = figure("mooncake-conversation", "correlation of rate and mean input, per minute");
    expect(trace).toBeLessThan(-0.55);
    expect(model).toBeLessThan(-0.35);
  });

  it("are as close as their page says (vitest -u writes it)", async () => {
    await expect(renderFidelity(all)).toMatchFileSnapshot("../../../host/workloads/builtin/FIDELITY.md");
  });
});

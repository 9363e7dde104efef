import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { replayTrace } from "../../host/planners/replay-trace.js";
import { serviceTimeS } from "../../host/profiles/service-time.js";
import { requireEngine, resolveFleet, type Fleet } from "../../host/specs/fleet.js";
import { parseFleet } from "../../host/specs/fleet-spec.js";
import { readFleetFile } from "../../host/specs/read-fleet-file.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const example = (name: string) => readFleetFile(join(root, "examples", name));
const fleets = readdirSync(join(root, "examples")).filter((name) => /\.(json|ya?ml)$/.test(name));

const trace = join(
  process.env.VLLM_SR_SIM_DATA ?? join(root, "../shared/data"),
  "azure-llm-2023/AzureLLMInferenceTrace_conv.first2400s.csv",
);

/** Share of each pool's slots that is busy on average where the conversations of the trace come at `rateRps`, by Little's law. */
function utilisation(fleet: Fleet, rateRps: number): number[] {
  const rows = readFileSync(trace, "utf8").trimEnd().split(/\r?\n/).slice(1);
  const byWindow = [...fleet.pools].sort((a, b) => a.maxCtx - b.maxCtx);
  const busyS = new Map(fleet.pools.map((pool) => [pool, 0]));
  for (const row of rows) {
    const [, input, output] = row.split(",").map(Number) as [number, number, number];
    const pool = byWindow.find((candidate) => input + output <= candidate.maxCtx)!;
    busyS.set(pool, busyS.get(pool)! + serviceTimeS(pool.profile, pool.slots, input, output));
  }
  return fleet.pools.map((pool) => (busyS.get(pool)! / rows.length) * (rateRps / (pool.replicas * pool.slots)));
}

describe("the examples", () => {
  it("are all there", () => {
    expect(fleets.sort()).toEqual([
      "disaggregated.yaml",
      "fleet.json",
      "fleet.yaml",
      "h100.yaml",
      "iterations.yaml",
      "models.json",
      "overloaded.json",
      "three-pools.json",
    ]);
  });

  it.each(fleets)("%s parses and resolves", async (name) => {
    const fleet = resolveFleet(await example(name));
    expect(fleet.gpus).toBeGreaterThan(0);
  });

  it.each(fleets)("%s runs under both engines, but for those that know no slots", async (name) => {
    const fleet = resolveFleet(await example(name));
    if (!["h100.yaml", "disaggregated.yaml"].includes(name)) requireEngine(fleet, "slots");
    requireEngine(fleet, "iterations");
  });

  it("iterations.yaml has what it says in its comments", async () => {
    const fleet = resolveFleet(await example("iterations.yaml"));
    expect(fleet).toMatchObject({ engine: "iterations", replicas: 6, gpus: 6 });
    const { serving, iterationModel, costPerHr } = fleet.pools[0]!;
    expect(costPerHr).toBeCloseTo(6 * 2.21, 12);
    expect(serving).toMatchObject({ scheduler: "vllm", maxNumSeqs: 256, maxNumBatchedTokens: 2048, chunk: null });
    const bytesOfToken = 2 * 32 * 8 * 128 * 2; // keys and values; layers, KV heads, head size, bytes
    expect(serving.numBlocks * serving.blockSize * bytesOfToken).toBeLessThan(54e9);
    if (iterationModel.type !== "affine") throw new Error("the model is not linear");
    const flops = 0.6 * 312e12;
    const [fixed, one] = iterationModel.knots;
    expect((one!.compute - fixed!.compute) / ((2 * 8.03e9) / flops)).toBeCloseTo(1, 2);
    expect(iterationModel.computePerContext / (bytesOfToken / 2.039e12)).toBeCloseTo(1, 2);
    expect(iterationModel.computePerWork / ((4 * 32 * 32 * 128) / flops)).toBeCloseTo(1, 2);
  });

  it("disaggregated.yaml has what it says in its comments", async () => {
    const [pre, dec] = resolveFleet(await example("disaggregated.yaml")).pools.map(({ stage }) => stage!);
    expect(pre).toMatchObject({ kv: { tokenBytes: 327_680 }, link: { name: "ib-ndr", nics: 4, bytesPerS: 160e9 } });
    expect(dec).toMatchObject({ role: "decode", link: { name: "ib-hdr", nics: 4, bytesPerS: 80e9 } });
  });

  it("disaggregated.yaml is the same without what it says may be left out", () => {
    const text = readFileSync(join(root, "examples/disaggregated.yaml"), "utf8");
    const lines = text.split("\n");
    const may = lines.filter(
      (line) => !/^ +(decode_pool|first_token|cost_per_hr|nics|mode|sharing|handover):/.test(line),
    );
    expect(may).toHaveLength(lines.length - 7);
    const fleetOf = (kept: readonly string[]) => resolveFleet(parseFleet(kept.join("\n"), "fleet.yaml"));
    expect(fleetOf(may)).toEqual(fleetOf(lines));
  });

  it("disaggregated.yaml hands every request over", async () => {
    const fleet = await example("disaggregated.yaml");
    const { requests } = await replayTrace({ trace: "azure-conv", count: 300, rateRps: 4, fleet });
    expect(requests).toMatchObject({ arrived: 300, completed: 300, handed_over: 300, taken_over: 300 });
  });

  it("fleet.yaml is fleet.json but for the choices it shows", async () => {
    const json = resolveFleet(await example("fleet.json"));
    const [short, long] = json.pools as [Fleet["pools"][0], Fleet["pools"][0]];
    expect(resolveFleet(await example("fleet.yaml"))).toEqual({
      ...json,
      engine: "slots",
      pools: [
        { ...short, balance: "two_choices" },
        { ...long, maxQueue: 1000 },
      ],
    });
  });

  describe.skipIf(!existsSync(trace))(
    "with the Azure conversations at 20 requests/s (skipped without the traces)",
    () => {
      it("fleet.json is busy with 60 to 75 % of its slots", async () => {
        const fleet = resolveFleet(await example("fleet.json"));
        const shares = utilisation(fleet, 20);
        const busy = fleet.pools.reduce((sum, pool, i) => sum + shares[i]! * pool.replicas * pool.slots, 0);
        expect(busy / fleet.slots).toBeGreaterThan(0.6);
        expect(busy / fleet.slots).toBeLessThan(0.75);
        expect(Math.max(...shares)).toBeLessThan(0.75);
      });

      it("overloaded.json is overloaded", async () => {
        expect(Math.max(...utilisation(resolveFleet(await example("overloaded.json")), 20))).toBeGreaterThan(1.2);
      });
    },
  );
});

import { describe, expect, it } from "vitest";
import { MAX_SECONDS } from "../../assembly/contract.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { parseFleet } from "../../host/specs/fleet-spec.js";
import { MAX_SERVICE_S } from "../../host/specs/pool-capacity.js";
import { fleetText, profile } from "./fleet-text.js";

describe("resolveFleet", () => {
  it("works out replicas, GPUs, slots, KV blocks and cost of each pool and of the fleet", () => {
    const fleet = resolveFleet(parseFleet(fleetText({}, { slo_ms: 500, router: "spillover" }), "f"));
    expect(fleet.pools).toMatchObject([
      { id: "a", replicas: 2, gpus: 2, slots: 256, maxCtx: 4096, kvBlocks: 65536, costPerHr: 4.42 },
      { id: "b", replicas: 1, gpus: 1, slots: 16, maxCtx: 65536, kvBlocks: 65536, costPerHr: 4.02 },
    ]);
    expect(fleet).toMatchObject({ sloMs: 500, replicas: 3, gpus: 3, slots: 528 });
    expect(fleet.costPerHr).toBeCloseTo(8.44, 12);
    expect(fleet.router).toEqual({ type: "spillover", threshold: 4096, spillThreshold: 0.85 });
  });

  it("counts the GPUs of each replica, in number and in dollars", () => {
    const inline = { gpu: undefined, profile: { ...profile, gpus_per_replica: 8 } };
    const byGpus = resolveFleet(parseFleet(fleetText({ ...inline, n_gpus: 24 }), "f")).pools[0]!;
    expect(byGpus).toMatchObject({ replicas: 3, gpus: 24, costPerHr: 24 });
    const byReplicas = resolveFleet(parseFleet(fleetText({ ...inline, n_gpus: undefined, n_replicas: 3 }), "f"))
      .pools[0]!;
    expect(byReplicas).toEqual(byGpus);
  });

  it("lets the slots of the file stand in for those of the profile", () => {
    expect(resolveFleet(parseFleet(fleetText({ slots: 9 }), "f")).pools[0]!.slots).toBe(9);
  });

  it("gives plain data", () => {
    const fleet = resolveFleet(parseFleet(fleetText({ max_queue: 3 }), "f"));
    expect(structuredClone(fleet)).toEqual(fleet);
  });
});

it("the longest service that a spec allows is one that the core's clock holds", () => {
  expect(MAX_SERVICE_S).toBeLessThanOrEqual(MAX_SECONDS);
});

import { describe, expect, it } from "vitest";
import { powerOfFleetW, type PoolLoad } from "../../../host/planners/energy/fleet-power.js";
import { poolReplicaPowerW } from "../../../host/profiles/pool-power.js";
import { checkFleet, type FleetInput } from "../../../host/specs/fleet-spec.js";
import { resolveFleet, type Pool } from "../../../host/specs/fleet.js";

type PoolFields = Partial<FleetInput["pools"][number]>;

function poolOf(fields: PoolFields = {}): Pool {
  const model = { type: "roofline", hardware: "h100-sxm", model: "llama-3.1-70b", tp: 4 } as const;
  const pool = { id: "p", max_ctx: 8192, n_replicas: 3, iteration_model: model, ...fields };
  return resolveFleet(checkFleet({ pools: [pool] })).pools[0]!;
}

const DECODING: PoolLoad = { prefillShare: 0, decodeShare: 1, batch: 32, context: 1000 };
const PREFILLING: PoolLoad = { prefillShare: 1, decodeShare: 0, promptTokens: 2048 };
const IDLE: PoolLoad = { prefillShare: 0, decodeShare: 0 };

describe("power of a fleet", () => {
  it("is provisioned by the cap of each GPU, or else its board's power", () => {
    const pools = [poolOf(), poolOf({ power_cap_w: 350 })];
    expect(powerOfFleetW(pools, [DECODING, DECODING])!.provisionedW).toBe(12 * 700 + 12 * 350);
  });

  it("is drawn as by replicas that decode all of the time", () => {
    const pool = poolOf();
    const expected = 3 * poolReplicaPowerW(pool, 32, 1000)!.watts;
    expect(powerOfFleetW([pool], [DECODING])!.meanW).toBeCloseTo(expected, 6);
  });

  it("is idle power without a load, and in between with some", () => {
    const at = (share: number) => powerOfFleetW([poolOf()], [{ ...DECODING, decodeShare: share }])!.meanW;
    expect(powerOfFleetW([poolOf()], [IDLE])!.meanW).toBeCloseTo(12 * 105, 6);
    expect(at(0.25)).toBeCloseTo(0.75 * 12 * 105 + 0.25 * at(1), 6);
  });

  it("is more for prompts than for decodes", () => {
    const of = (load: PoolLoad) => powerOfFleetW([poolOf()], [load])!.meanW;
    expect(of(PREFILLING)).toBeGreaterThan(of(DECODING));
  });

  it.each([PREFILLING, DECODING])("is never beyond what is provisioned, at any cap: %#", (load) => {
    for (const cap of [120, 200, 350, 500, 700]) {
      const { provisionedW, meanW } = powerOfFleetW([poolOf({ power_cap_w: cap })], [load])!;
      expect(provisionedW).toBe(12 * cap);
      expect(meanW).toBeLessThanOrEqual(provisionedW * (1 + 1e-12));
    }
  });

  it("is not known where that of a pool is not", () => {
    const linear = poolOf({ iteration_model: { type: "linear", c0_ms: 10 } });
    expect(powerOfFleetW([poolOf(), linear], [IDLE, IDLE])).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { MS } from "./building.js";
import { SCHEDULES } from "./schedules.js";
import { simulateIterations } from "./simulate.js";

describe.each(Object.entries(SCHEDULES))("%s", (_, schedule) => {
  const { requests, pools } = simulateIterations(schedule.one);

  it("request by request", () => {
    expect(requests.map((row) => row.startTick / MS)).toEqual(schedule.startMs);
    expect(requests.map((row) => row.firstTokenTick / MS)).toEqual(schedule.firstTokenMs);
    expect(requests.map((row) => row.endTick / MS)).toEqual(schedule.endMs);
    if (schedule.waitMs) expect(requests.map((row) => row.waitTick / MS)).toEqual(schedule.waitMs);
  });

  it("in sum", () => {
    expect(pools[0]).toMatchObject(schedule.totals ?? {});
  });

  it("token by token", () => {
    const gaps = [...pools[0]!.itlGaps].flatMap(([gap, count]) => Array.from({ length: count }, () => gap / MS));
    expect(gaps).toHaveLength(pools[0]!.itlCount);
    if (schedule.gapsMs) expect(gaps.sort((a, b) => a - b)).toEqual(schedule.gapsMs);
  });
});

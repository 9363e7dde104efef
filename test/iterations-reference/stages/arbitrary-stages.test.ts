/** The generator is worth what it meets: each situation that the rules of staged fleets tell apart must come up often. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { CorePrefillStage } from "../../../host/core/run-spec.js";
import type { IterationsCase } from "../case.js";
import { lanesOf } from "../pool-state.js";
import { type IterationsResult, simulateIterations } from "../simulate.js";
import { arbitraryStagedCase } from "./arbitrary-stages.js";

const CASES = 800;

interface Met {
  one: IterationsCase;
  stages: CorePrefillStage[];
  result: IterationsResult;
  /** Seen while it ran. */
  seen: { intake: boolean; outbox: boolean; blocked: boolean; waitsForSeat: boolean; crowdedLink: boolean };
}

function meet(one: IterationsCase): Met {
  const seen = { intake: false, outbox: false, blocked: false, waitsForSeat: false, crowdedLink: false };
  const result = simulateIterations(one, (pools) => {
    for (const lane of pools.flatMap(lanesOf)) {
      seen.intake ||= lane.intake.length > 1;
      seen.blocked ||= lane.state === "idle" && lane.queue.length > 0;
      seen.waitsForSeat ||= lane.landed.length > 0 && lane.running.length === lane.seats;
    }
    for (const { outbox, link } of pools.flatMap(({ replicas }) => replicas)) {
      seen.outbox ||= outbox.length > 0;
      seen.crowdedLink ||= (link?.underWay.length ?? 0) > 2;
    }
  });
  const stages = one.pools.flatMap(({ stage }) => (stage?.role === "prefill" ? [stage] : []));
  return { one, stages, result, seen };
}

let met: Met[];

beforeAll(() => {
  met = fc.sample(arbitraryStagedCase(), { seed: 7, numRuns: CASES }).map(meet);
});

const shareOf = (holds: (met: Met) => boolean) => met.filter(holds).length / CASES;

const anyPool = (holds: (pool: IterationsResult["pools"][number]) => boolean) => (met: Met) =>
  met.result.pools.some(holds);

const situations: Record<string, (met: Met) => boolean> = {
  "hand-overs": anyPool(({ handedOver }) => handedOver > 0),
  "many hand-overs": anyPool(({ handedOver }) => handedOver > 15),
  "spilled requests": anyPool(({ spilled }) => spilled > 0),
  "kept requests": anyPool(({ kept }) => kept > 0),
  "kept and handed over": anyPool(({ kept, handedOver }) => kept > 0 && handedOver > 0),
  "waiting for memory of the decode side": anyPool(({ grantSum }) => grantSum > 0),
  "waiting for a link": anyPool(({ linkWaitSum }) => linkWaitSum > 0),
  "several on a shared link": ({ seen }) => seen.crowdedLink,
  "an intake of several": ({ seen }) => seen.intake,
  "an outbox": ({ seen }) => seen.outbox,
  "a lane that held blocks keep idle": ({ seen }) => seen.blocked,
  "landed requests without a seat": ({ seen }) => seen.waitsForSeat,
  "preemption in a decode lane": ({ one, result }) =>
    result.pools.some(({ preemptions }, pool) => preemptions > 0 && one.pools[pool]!.stage?.role === "decode"),
  "preemption in a prefill lane": ({ one, result }) =>
    result.pools.some(({ preemptions }, pool) => preemptions > 0 && one.pools[pool]!.stage?.role === "prefill"),
  "preemption of who asked": ({ one, result }) =>
    result.pools.some(({ preemptions }, pool) => {
      const { stage } = one.pools[pool]!;
      return preemptions > 0 && stage?.role === "prefill" && stage.handover === "push" && stage.mode === "layerwise";
    }),
  "cached prefixes in a prefill pool": ({ one, result }) =>
    result.pools.some(({ cachedTokens }, pool) => cachedTokens > 0 && one.pools[pool]!.stage?.role === "prefill"),
  "a horizon amid transfers": ({ result }) =>
    result.requests.some(({ decodePool, transfer }) => decodePool >= 0 && transfer === Infinity),
  "a request of one token": ({ one, result }) =>
    result.requests.some(({ transfer }, i) => transfer === null && one.requests[i]!.output === 1),
  "a request of one token that crosses": ({ one, result }) =>
    result.requests.some(({ transfer }, i) => transfer !== null && one.requests[i]!.output === 1),
  compression: ({ one, result }) => result.requests.some(({ input }, i) => input !== one.requests[i]!.input),
  "two prefill pools of one decode pool": ({ stages }) =>
    stages.length === 2 && stages[0]!.decodePool === stages[1]!.decodePool,
  "a mixed pool beside": ({ one }) => one.pools.some(({ stage }) => stage === undefined),
  "a full queue": ({ result }) => result.requests.some(({ status }) => status === "queue_full"),
  "a closed loop": ({ one }) => one.closedLoop !== undefined,
  "pipeline stages at both sides": ({ one }) =>
    one.pools.every(({ stage, serving }) => stage === undefined || serving!.pp > 1),
};

describe("random staged cases meet", () => {
  it.each(Object.keys(situations))("%s", (name) => {
    expect(shareOf(situations[name]!)).toBeGreaterThan(0.015);
  });

  const ways = ["pull-serial", "push-serial", "push-layerwise", "reserve-serial", "reserve-layerwise"];
  const settings = ways.flatMap((way) =>
    ["fifo", ...(way.endsWith("serial") ? ["shared"] : [])].flatMap((sharing) =>
      ["prefill", "decode"].map((first) => `${way}-${sharing}-${first}`),
    ),
  );
  it.each(settings)("hand-overs by %s", (setting) => {
    const taken = ({ stages, result }: Met) =>
      result.pools.some(({ handedOver }) => handedOver > 0) &&
      stages.some(({ handover, mode, sharing, firstToken }) => {
        return setting === `${handover}-${mode}-${sharing}-${firstToken}`;
      });
    expect(shareOf(taken)).toBeGreaterThan(0.01);
  });
});

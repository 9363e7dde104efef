/** Staged runs that were worked out by hand. Iterations of 1 ms; a token takes 0.1 ms over a link. */
import { describe, expect, it } from "vitest";
import type { CorePrefillStage } from "../../../host/core/run-spec.js";
import { caseOf, MS, pool, request } from "../building.js";
import type { RequestOutcome } from "../outcome.js";
import { simulateIterations } from "../simulate.js";
import { decodePool, prefillPool } from "./building-stages.js";
import { NAMED_STAGED_CASES } from "./named-stages.js";

/** A request of ten prompt tokens and four output tokens. */
const one = [request(0, 10, 4)];

function outcome(stage: Partial<CorePrefillStage>): RequestOutcome {
  return simulateIterations(caseOf([prefillPool({ stage }), decodePool()], one)).requests[0]!;
}

describe("one request, serial", () => {
  it("emits its first token at the prefill side, crosses, and goes on", () => {
    // Prompt to 1 ms, transfer to 2 ms, landing at 2.5 ms, tokens at 3.5, 4.5 and 5.5 ms.
    expect(outcome({ linkLatencyS: 0.0005 })).toMatchObject({
      ttft: 1 * MS,
      transfer: 1.5 * MS,
      handover: 2.5 * MS,
      e2e: 5.5 * MS,
      tpot: 1.5 * MS,
      pool: 0,
      replica: 0,
      decodePool: 1,
      decodeReplica: 0,
    });
  });

  it("sends one token less, and recomputes it, where the decode side emits the first", () => {
    expect(outcome({ linkLatencyS: 0.0005, firstToken: "decode" })).toMatchObject({
      ttft: 3.4 * MS,
      transfer: 1.4 * MS,
      handover: 2.4 * MS,
      e2e: 6.4 * MS,
      tpot: 1 * MS,
    });
  });

  it("is as long for whoever asks", () => {
    const pulled = outcome({});
    expect(outcome({ handover: "push" })).toEqual(pulled);
    expect(outcome({ handover: "reserve" })).toEqual(pulled);
  });

  it("takes a tick over links without limit", () => {
    expect(outcome({ linkBytesPerS: Infinity })).toMatchObject({ transfer: 1, handover: 1 * MS + 1 });
  });

  it("counts the window of windowed layers alone", () => {
    const kv = { tokenBytes: 500, windowBytes: 2000, window: 3 };
    expect(outcome({ kv })).toMatchObject({ transfer: 1.1 * MS });
  });
});

describe("one request, layerwise", () => {
  const layerwise = (linkBytesPerS: number, changes: Partial<CorePrefillStage> = {}) =>
    outcome({ handover: "push", mode: "layerwise", linkBytesPerS, ...changes });

  it("shows the last layer alone if layers are sent faster than computed", () => {
    expect(layerwise(2e7)).toMatchObject({ transfer: 0.125 * MS, ttft: 1 * MS, handover: 1.125 * MS });
  });

  it("waits for the link from the first layer on if not", () => {
    // The first layer is computed at 0.25 ms; all take 2 ms from then on.
    expect(layerwise(5e6)).toMatchObject({ transfer: 1.25 * MS });
  });

  it("asks as well before the prompt where memory is reserved", () => {
    expect(layerwise(5e6, { handover: "reserve" })).toMatchObject({ transfer: 1.25 * MS });
  });

  it("is serial for whom memory is granted after the prompt", () => {
    // Memory for one: the second is granted when the first has emitted its last token at 1 + 0.125 + 3 ms.
    const stage = { handover: "push", mode: "layerwise", linkBytesPerS: 2e7 } as const;
    const decode = decodePool({ pool: { kvBlocks: 14, maxCtx: 14 } });
    const { requests, pools } = simulateIterations(
      caseOf([prefillPool({ stage }), decode], [...one, request(0, 10, 4)]),
    );
    expect(requests.map(({ transfer }) => transfer)).toEqual([0.125 * MS, (3.125 + 0.5) * MS]);
    expect(pools[0]).toMatchObject({ grantSum: 3.125 * MS, linkWaitSum: 0 });
  });
});

describe("two requests over one link", () => {
  const two = [request(0, 10, 2), request(0, 10, 2)];

  it("go one after the other", () => {
    const { requests, pools } = simulateIterations(caseOf([prefillPool(), decodePool()], two));
    expect(requests.map(({ transfer }) => transfer)).toEqual([1 * MS, 2 * MS]);
    const carried = { transfers: 2, linkBytes: 20_000, transferSum: 3 * MS, grantSum: 0, linkWaitSum: 1 * MS };
    expect(pools[0]).toMatchObject({ ...carried, handedOver: 2, completed: 0 });
    expect(pools[1]).toMatchObject({ ...carried, takenOver: 2, completed: 2 });
  });

  it("share it", () => {
    // Both need 2 ms. The end of the first leaves nothing of the second, which ends a tick later.
    const { requests } = simulateIterations(caseOf([prefillPool({ stage: { sharing: "shared" } }), decodePool()], two));
    expect(requests.map(({ transfer }) => transfer)).toEqual([2 * MS, 2 * MS + 1]);
  });

  it("share it while both are there", () => {
    // Prompts end at 1 and 1.5 ms in two replicas. The link of the decode side is theirs together from 1.5 ms on: half of the first is left and takes
    // until 2.5 ms, the other half of the second until 3 ms.
    const pools = [
      prefillPool({ stage: { sharing: "shared", linkBytesPerS: 1e9 }, pool: { replicas: 2 } }),
      decodePool({ stage: { linkBytesPerS: 1e7 } }),
    ];
    const { requests, pools: totals } = simulateIterations(caseOf(pools, [request(0, 10, 2), request(0.5, 10, 2)]));
    expect(requests.map(({ transfer }) => transfer)).toEqual([1.5 * MS, 1.5 * MS]);
    expect(totals[1]).toMatchObject({ linkWaitSum: 1 * MS });
  });

  it("over links of their own do not meet", () => {
    const replicas = { pool: { replicas: 2 } };
    const { requests } = simulateIterations(caseOf([prefillPool(replicas), decodePool(replicas)], two));
    expect(requests.map(({ transfer }) => transfer)).toEqual([1 * MS, 1 * MS]);
  });

  it("take a link for no longer than its own bandwidth asks for", () => {
    // 10,000 bytes take the prefill link for 0.25 ms and a decode link for 1 ms: the second sets out for the other decode replica a quarter of a ms later.
    const pools = [
      prefillPool({ stage: { linkBytesPerS: 4e7 } }),
      decodePool({ stage: { linkBytesPerS: 1e7 }, pool: { replicas: 2 } }),
    ];
    const { requests, pools: totals } = simulateIterations(caseOf(pools, two));
    expect(requests.map(({ transfer }) => transfer)).toEqual([1 * MS, 1.25 * MS]);
    expect(totals[1]).toMatchObject({ linkWaitSum: 0.25 * MS });
  });

  it("meet at the link of the decode side", () => {
    const pools = [prefillPool({ pool: { replicas: 2 } }), decodePool({ stage: { linkBytesPerS: 1e7 } })];
    const { requests } = simulateIterations(caseOf(pools, two));
    expect(requests.map(({ transfer }) => transfer)).toEqual([1 * MS, 2 * MS]);
  });
});

describe("memory and seats of the decode side", () => {
  it("of one seat are asked for one by one where the decode side pulls", () => {
    // The second is granted when the first is complete, at 3 ms; its transfer begins then.
    const decode = decodePool({ pool: { slots: 1 } });
    const { requests, pools } = simulateIterations(
      caseOf([prefillPool(), decode], [request(0, 10, 2), request(0, 10, 2)]),
    );
    expect(requests.map(({ transfer }) => transfer)).toEqual([1 * MS, 3 * MS]);
    expect(pools[0]).toMatchObject({ grantSum: 2 * MS, linkWaitSum: 0 });
  });

  it("hold back arrivals where they are reserved", () => {
    const decode = decodePool({ pool: { kvBlocks: 14, maxCtx: 14 } });
    const stage = { handover: "reserve" } as const;
    const { requests } = simulateIterations(
      caseOf([prefillPool({ stage }), decode], [request(0, 10, 2), request(0, 10, 2)]),
    );
    // The first is complete at 3 ms, the second starts then.
    expect(requests.map(({ waitTick }) => waitTick)).toEqual([0, 3 * MS]);
    expect(requests.map(({ e2e }) => e2e)).toEqual([3 * MS, 6 * MS]);
  });

  it("are granted to pushed requests without a seat, which wait after landing", () => {
    const stage = { handover: "push", linkBytesPerS: Infinity } as const;
    const { requests } = simulateIterations(
      caseOf([prefillPool({ stage }), decodePool({ pool: { slots: 1 } })], [request(0, 10, 3), request(0, 10, 2)]),
    );
    // Without limit both land a tick after 1 ms; the second runs when the first has emitted two more tokens.
    expect(requests.map(({ transfer, handover }) => [transfer, handover])).toEqual([
      [1, 1 * MS + 1],
      [1, 3 * MS + 1],
    ]);
  });

  it("missing, prompts fill the memory of the prefill side and hold up others", () => {
    // Each side holds one request. The second prompt begins when the first has crossed, at 2 ms, the third when the second has: it is granted memory
    // when the first is complete, at 5 ms, and lands at 6 ms.
    const stage = { handover: "push" } as const;
    const tight = { kvBlocks: 14, maxCtx: 14 };
    const { requests } = simulateIterations(
      caseOf([prefillPool({ stage, pool: tight }), decodePool({ pool: tight })], [...one, ...one, ...one]),
    );
    expect(requests.map(({ startTick }) => startTick)).toEqual([0, 2 * MS, 6 * MS]);
  });
});

it("a request that has not landed is load of the replica that prefilled it", () => {
  // The first crosses from 1 to 2 ms.
  const run = (ms: number) => {
    const pools = [prefillPool({ pool: { replicas: 2 } }), decodePool()];
    return simulateIterations(caseOf(pools, [...one, request(ms, 10, 4)])).requests[1]!.replica;
  };
  expect([run(1.5), run(2.5)]).toEqual([1, 0]);
});

it("a request that finds no room is kept", () => {
  const decode = decodePool({ pool: { slots: 1 } });
  const { requests, pools } = simulateIterations(
    caseOf([prefillPool({ stage: { keepDecodes: true } }), decode], [request(0, 10, 4), request(0, 10, 4)]),
  );
  expect(requests.map(({ e2e }) => e2e)).toEqual([5 * MS, 4 * MS]);
  expect(requests[1]).toMatchObject({ decodePool: -1, decodeReplica: -1, transfer: null, handover: null });
  expect(pools[0]).toMatchObject({ handedOver: 1, kept: 1, completed: 1 });
});

it("a kept request emits its first token where it is", () => {
  const decode = decodePool({ pool: { slots: 1 } });
  const stage = { keepDecodes: true, firstToken: "decode" } as const;
  const { requests } = simulateIterations(
    caseOf([prefillPool({ stage }), decode], [request(0, 10, 4), request(0, 10, 1), request(0, 10, 2)]),
  );
  expect(requests.map(({ ttft }) => ttft)).toEqual([2.9 * MS, 1 * MS, 1 * MS]);
  expect(requests.map(({ e2e }) => e2e)).toEqual([5.9 * MS, 1 * MS, 2 * MS]);
});

it("requests spill once so many prompt tokens are pending", () => {
  const requests = [0, 0.1, 0.2, 1.5].map((ms) => request(ms, 10, 2));
  const stage = { spillPromptTokens: 15 };
  const result = simulateIterations(caseOf([prefillPool({ stage }), decodePool()], requests));
  // The third finds 20 pending, and is prefilled at the decode side at once; the last finds 10.
  expect(result.requests.map(({ decodePool: at, transfer }) => [at, transfer !== null])).toEqual([
    [1, true],
    [1, true],
    [1, false],
    [1, true],
  ]);
  expect(result.requests[2]).toMatchObject({ waitTick: 0, ttft: 1 * MS, e2e: 2 * MS, handover: null });
  expect(result.pools[0]).toMatchObject({ spilled: 1, handedOver: 3 });
  expect(result.pools[1]).toMatchObject({ takenOver: 4, completed: 4 });
});

it("requests spill only where they would be granted at once", () => {
  // The second finds ten prompt tokens pending; ten of 14 blocks, or of 20, are granted to the first.
  const stage = { spillPromptTokens: 5, handover: "push", mode: "layerwise" } as const;
  const run = (kvBlocks: number) => {
    const pools = [prefillPool({ stage }), decodePool({ pool: { kvBlocks, maxCtx: 14 } })];
    return simulateIterations(caseOf(pools, [request(0, 10, 4), request(0.1, 10, 4)])).pools[0]!.spilled;
  };
  expect([run(14), run(20)]).toEqual([0, 1]);
});

it("a request of one token is complete with its prompt, unless the decode side emits it", () => {
  const run = (firstToken: "prefill" | "decode") =>
    simulateIterations(caseOf([prefillPool({ stage: { firstToken } }), decodePool()], [request(0, 10, 1)])).requests[0];
  expect(run("prefill")).toMatchObject({ e2e: 1 * MS, decodePool: -1, transfer: null, handover: null });
  expect(run("decode")).toMatchObject({ e2e: 2.9 * MS, decodePool: 1, transfer: 0.9 * MS, handover: 1.9 * MS });
});

it("a request too long for the decode pool is too long for the prefill pool", () => {
  const short = decodePool({ pool: { maxCtx: 13 } });
  const status = (pools: Parameters<typeof caseOf>[0]) => simulateIterations(caseOf(pools, one)).requests[0]!.status;
  expect(status([prefillPool(), short])).toBe("too_long_for_every_pool");
  expect(status([prefillPool(), short, pool()])).toBe("completed");
});

it("blocks that are asked for at the start of an iteration are taken by the lower lane", () => {
  const preemptions = Object.values(NAMED_STAGED_CASES).map((one) => simulateIterations(one).requests[0]!.preemptions);
  expect(preemptions).toEqual([0, 1]);
});

it("who completes with the prompt leaves before what others asked for is given up", () => {
  // 16 of 20 blocks are reserved. The last needs 8, free when the third and the second are complete, at 1 ms: then replica 1 is empty, as the fourth has left
  // it too, while the first still runs in replica 0.
  const stage = { handover: "reserve" } as const;
  const prefill = prefillPool({ stage, serving: { chunk: 5 }, pool: { replicas: 2 } });
  const lengths = [
    [10, 2],
    [2, 1],
    [2, 1],
    [2, 1],
    [8, 1],
  ] as const;
  const requests = lengths.map(([input, output]) => request(0, input, output));
  const decode = decodePool({ pool: { kvBlocks: 20, maxCtx: 20 } });
  const rows = simulateIterations(caseOf([prefill, decode], requests)).requests;
  expect(rows.map(({ replica }) => replica)).toEqual([0, 1, 0, 1, 1]);
  expect(rows[4]!.startTick).toBe(1 * MS);
});

describe("a decode lane that blocks keep from running", () => {
  it("starts when blocks that were granted are given up", () => {
    // 8 blocks, tokens of prompts one by one. The first lands at 1.025 ms and emits a token at 2.025 and 3.025 ms; the second asks at 1.5 ms and is granted
    // five, so that the first is preempted at 3.025 ms. The second is complete at 6.5 ms, and the first emits its last three tokens from then on.
    const stage = { handover: "push", mode: "layerwise" } as const;
    const decode = decodePool({ pool: { kvBlocks: 8, maxCtx: 8 } });
    const { requests } = simulateIterations(
      caseOf([prefillPool({ stage, serving: { chunk: 1 } }), decode], [request(0, 1, 6), request(1.5, 5, 1)]),
    );
    expect(requests.map(({ preemptions }) => preemptions)).toEqual([1, 0]);
    expect(requests.map(({ endTick }) => endTick)).toEqual([9.5 * MS, 6.5 * MS]);
  });

  it("gives a seat to who landed when the only one who runs is preempted", () => {
    // One seat, 8 blocks. The first lands at 1.1 ms; the second holds 4 of them from 2 ms on. At 5.1 ms the first has used up its four, is preempted, and
    // waits for the second, which emits two more tokens until 7.1 ms.
    const stage = { handover: "push" } as const;
    const decode = decodePool({ pool: { slots: 1, kvBlocks: 8, maxCtx: 8 } });
    const { requests } = simulateIterations(
      caseOf([prefillPool({ stage }), decode], [request(0, 1, 7), request(1, 4, 3)]),
    );
    expect(requests.map(({ preemptions }) => preemptions)).toEqual([1, 0]);
    expect(requests.map(({ endTick }) => endTick)).toEqual([9.1 * MS, 6.1 * MS]);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { STATUS_COMPLETED, STATUS_QUEUE_FULL } from "../../../assembly/contract.js";
import { rankOf } from "../../../host/core/distribution.js";
import {
  absoluteObjective,
  type LatencyObjective,
  slowdownObjective,
  SPLITWISE_SLOWDOWNS,
} from "../../../host/planners/disagg/latency-objective.js";
import { type JudgedRows, RequestJudge } from "../../../host/planners/disagg/request-judge.js";
import { UncontendedReference } from "../../../host/planners/disagg/uncontended-reference.js";
import { fleetOf } from "../../../host/planners/sizing/replica-option.js";

/** 10 ms an iteration and 0.1 ms a token, 512 tokens in one at most. */
const POOL = fleetOf([
  {
    id: "one",
    n_replicas: 1,
    max_ctx: 4096,
    serving: { max_num_batched_tokens: 512 },
    iteration_model: { type: "linear", c0_ms: 10, c1_ms: 0.1 },
  },
]).pools[0]!;

interface Row {
  ttftMs: number;
  tpotMs: number;
  output?: number;
  input?: number;
  /** Absent: it was not handed over. */
  handoverMs?: number;
  isRejected?: boolean;
}

const TICKS = 1e6;

/** Settled requests of a staged run; `tpotMs` is over the gaps. */
function rowsOf(rows: readonly Row[]): JudgedRows {
  const output = rows.map((row) => row.output ?? 11);
  return {
    count: rows.length,
    inputTokens: Uint32Array.from(rows, ({ input = 100 }) => input),
    outputTokens: Uint32Array.from(output),
    status: Uint8Array.from(rows, ({ isRejected }) => (isRejected ? STATUS_QUEUE_FULL : STATUS_COMPLETED)),
    ttft: Float64Array.from(rows, ({ ttftMs, isRejected }) => (isRejected ? Infinity : ttftMs * TICKS)),
    tpot: Float64Array.from(rows, ({ tpotMs }, i) => (output[i] === 1 ? -1 : tpotMs * TICKS)),
    e2e: Float64Array.from(rows, ({ ttftMs, tpotMs, isRejected }, i) =>
      isRejected ? Infinity : (ttftMs + tpotMs * (output[i]! - 1)) * TICKS,
    ),
    staged: {
      decodePool: new Int32Array(rows.length),
      decodeReplica: new Int32Array(rows.length),
      transfer: new Float64Array(rows.length),
      handover: Float64Array.from(rows, ({ handoverMs }) => (handoverMs === undefined ? -1 : handoverMs * TICKS)),
    },
  };
}

function judged(objective: LatencyObjective, rows: readonly Row[], firstToken: "prefill" | "decode" = "prefill") {
  const judge = new RequestJudge(objective, rows.length, 0, firstToken);
  judge.take(rowsOf(rows));
  return judge;
}

const LIMITS = { ttft: 100, tpot: 10 };
const GOOD: Row = { ttftMs: 50, tpotMs: 5 };
const repeated = (row: Row, times: number) => Array.from({ length: times }, () => row);

describe("limits in ms", () => {
  test("are kept as long as the P99 of each is, wherever the misses lie", () => {
    const late = { ttftMs: 101, tpotMs: 5 };
    const slow = { ttftMs: 50, tpotMs: 11 };
    expect(judged(absoluteObjective(LIMITS), [...repeated(GOOD, 98), late, slow]).isLost).toBe(false);
    expect(judged(absoluteObjective(LIMITS), [...repeated(GOOD, 98), late, late]).isLost).toBe(true);
  });

  test("are lost exactly where the percentile exceeds its limit", () => {
    const ttfts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(ttfts, (values) => {
        const judge = judged(
          absoluteObjective(LIMITS),
          values.map((ttftMs) => ({ ttftMs, tpotMs: 1 })),
        );
        const p99 = [...values].sort((a, b) => a - b)[rankOf(0.99, values.length) - 1]!;
        expect(judge.isLost).toBe(p99 > LIMITS.ttft);
        expect(judge.percentile("ttft", 0.99)).toBe(p99);
      }),
    );
  });

  test("are to be kept together by the share that was asked for", () => {
    const rows = [
      ...repeated(GOOD, 90),
      ...repeated({ ttftMs: 101, tpotMs: 5 }, 5),
      ...repeated({ ttftMs: 1, tpotMs: 11 }, 5),
    ];
    expect(judged(absoluteObjective(LIMITS, { attainment: 0.9 }), rows).isLost).toBe(false);
    expect(judged(absoluteObjective(LIMITS, { attainment: 0.91 }), rows).isLost).toBe(true);
  });

  test("joint and marginal shares differ where misses do not meet", () => {
    const judge = judged(absoluteObjective(LIMITS), [
      GOOD,
      { ttftMs: 101, tpotMs: 5 },
      { ttftMs: 5, tpotMs: 11 },
      GOOD,
    ]);
    expect(judge.shareWithin(LIMITS)).toBe(0.5);
    expect(judge.shareWithin({ ttft: LIMITS.ttft })).toBe(0.75);
    expect(judge.shareWithin({ tpot: LIMITS.tpot })).toBe(0.75);
  });

  test("are exceeded by who was turned away, and kept by who has no gap between tokens", () => {
    const judge = judged(absoluteObjective(LIMITS), [
      { ...GOOD, isRejected: true },
      { ttftMs: 50, tpotMs: 99, output: 1 },
    ]);
    expect(judge.shareWithin({ ttft: LIMITS.ttft })).toBe(0.5);
    expect(judge.shareWithin({ tpot: LIMITS.tpot })).toBe(0.5);
    expect(judge.percentile("ttft", 0.99)).toBeNull();
  });

  test("a run that is lost stays lost, whatever follows", () => {
    const judge = new RequestJudge(absoluteObjective(LIMITS), 100, 0);
    judge.take(rowsOf(repeated({ ttftMs: 101, tpotMs: 1 }, 2)));
    expect(judge.isLost).toBe(true);
    judge.take(rowsOf(repeated(GOOD, 98)));
    expect(judge.isLost).toBe(true);
    expect(judge.percentile("ttft", 0.99)).toBe(101);
  });

  test("the warm-up is not measured", () => {
    const judge = new RequestJudge(absoluteObjective(LIMITS), 100, 0.25);
    judge.take(rowsOf([...repeated({ ttftMs: 999, tpotMs: 1 }, 25), ...repeated(GOOD, 75)]));
    expect([judge.measured, judge.isLost]).toEqual([75, false]);
  });
});

describe("the first token", () => {
  const row = { ttftMs: 50, tpotMs: 5, handoverMs: 30 };
  const ttft = (firstToken: "prefill" | "decode", ttftAt?: "prefill" | "user") =>
    judged(absoluteObjective(LIMITS, ttftAt === undefined ? {} : { ttftAt }), [row], firstToken).percentile(
      "ttft",
      0.5,
    );

  test("counts when it is emitted unless asked otherwise", () => {
    expect([ttft("prefill"), ttft("decode")]).toEqual([50, 50]);
  });

  test("is at the end of the prompt before the hand-over, and at the user after it", () => {
    expect([ttft("prefill", "prefill"), ttft("prefill", "user")]).toEqual([50, 80]);
    expect([ttft("decode", "prefill"), ttft("decode", "user")]).toEqual([20, 50]);
  });

  test("is one and the same of who was not handed over", () => {
    const objective = absoluteObjective(LIMITS, { ttftAt: "user" });
    expect(judged(objective, [{ ttftMs: 50, tpotMs: 5 }]).percentile("ttft", 0.5)).toBe(50);
  });
});

test("time per output token is over the gaps or over all tokens: twice as much of two tokens", () => {
  const rows = [{ ttftMs: 50, tpotMs: 12, output: 2 }];
  expect(judged(absoluteObjective(LIMITS), rows).percentile("tpot", 0.5)).toBe(12);
  expect(judged(absoluteObjective(LIMITS, { tpotOver: "n" }), rows).percentile("tpot", 0.5)).toBe(6);
});

describe("slowdowns", () => {
  const reference = UncontendedReference.of("one", POOL);

  test("are against the same request alone", () => {
    const { ttftMs, tbtMs } = reference.times(100);
    const judge = judged(slowdownObjective(reference, { tpotOver: "n-1" }), [
      { ttftMs: 2 * ttftMs, tpotMs: 3 * tbtMs, output: 11 },
    ]);
    expect(judge.percentile("ttft", 0.5)).toBeCloseTo(2, 9);
    expect(judge.percentile("tpot", 0.5)).toBeCloseTo(3, 9);
    expect(judge.percentile("e2e", 0.5)).toBeCloseTo((2 * ttftMs + 30 * tbtMs) / (ttftMs + 10 * tbtMs), 9);
    expect(judge.percentileMs("ttft", 0.5)).toBeCloseTo(2 * ttftMs, 9);
  });

  test("have nine limits, each of which can be what is missed", () => {
    const objective = slowdownObjective(reference);
    expect(objective.conditions).toHaveLength(9);
    const alone = reference.times(100);
    const times = (factor: number): Row => ({ ttftMs: factor * alone.ttftMs, tpotMs: alone.tbtMs });
    const [[half, most]] = SPLITWISE_SLOWDOWNS.ttft as [readonly [number, number]];
    expect([half, most]).toEqual([0.5, 2]);
    expect(
      judged(objective, [...repeated(times(1), 50), ...repeated(times(2.5), 40), ...repeated(times(1), 10)]).isLost,
    ).toBe(false);
    const slow = judged(objective, [...repeated(times(1), 40), ...repeated(times(2.5), 60)]);
    expect(slow.missed[0]).toBe(60);
    expect(slow.isLost).toBe(true);
  });
});

describe("a lone request", () => {
  test("is prefilled in the chunks of its machine, then decoded a token an iteration", () => {
    const one = UncontendedReference.of("one", POOL);
    expect(one.times(512).ttftMs).toBeCloseTo(10 + 51.2, 9);
    expect(one.times(1024).ttftMs).toBeCloseTo(2 * (10 + 51.2), 9);
    expect(one.times(600).ttftMs).toBeCloseTo(2 * 10 + 60, 9);
    expect(one.times(600).tbtMs).toBeCloseTo(10.1, 9);
  });
});

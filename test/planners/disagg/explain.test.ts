import { describe, expect, test } from "vitest";
import { explainDisagg, type DisaggExplanation } from "../../../host/planners/disagg/explain.js";
import type { PoolInput } from "../../../host/planners/sizing/replica-option.js";
import { fifoLinkWaitS, sharedLinkS, transferMoments } from "../../../host/queueing/kv-transfer.js";
import { crossoverRps, interOp, oneDevice, prefillTtft } from "../../../host/queueing/prefill-phase.js";
import { disaggExplainReport } from "../../../host/reports/disagg-explain-report.js";
import { InputError } from "../../../host/specs/input-error.js";
import type { LengthNodes } from "../../../host/workloads/length-law/node-list.js";

const all = (input: readonly number[], output: readonly number[], weight: readonly number[]): LengthNodes => ({
  input: Float64Array.from(input),
  output: Float64Array.from(output),
  weight: Float64Array.from(weight),
});
const EQUAL = all([2048], [200], [1]);

interface Change {
  prefill?: Record<string, unknown>;
  decode?: Record<string, unknown>;
  rateRps?: number;
  lengths?: LengthNodes;
}

/** Pools of Llama-3.1-70B on H100, four GPUs a replica. */
function explain({ prefill, decode, rateRps = 10, lengths = EQUAL }: Change = {}): DisaggExplanation {
  const iteration_model = { type: "roofline", hardware: "h100-sxm", model: "llama-3.1-70b", tp: 4 };
  const common = { n_replicas: 2, max_ctx: 8192, iteration_model };
  const link = { type: "ib-hdr", nics: 1, efficiency: 1, latency_us: 0 };
  return explainDisagg({
    prefill: { id: "p", role: "prefill", ...common, link, ...prefill } as PoolInput,
    decode: { id: "d", role: "decode", ...common, ...decode } as PoolInput,
    rateRps,
    lengths,
  });
}

/** Times without a roofline: 10 ms and 0.1 ms a token. */
const linear = { iteration_model: { type: "linear", c0_ms: 10, c1_ms: 0.1, c2_ms: 0, c3_ms: 0 } };
const withoutRoofline = {
  prefill: { ...linear, link: { bandwidth_GBps: 10, efficiency: 1, latency_us: 0, kv_bytes_per_token: 1e5 } },
  decode: linear,
};

describe("the prefill phase", () => {
  test("compares every way to cut the model over as many GPUs, and one device", () => {
    const { alternatives } = explain().prefill;
    expect(alternatives.map(({ tp, pp }) => [tp, pp])).toEqual([
      [1, 1],
      [1, 4],
      [2, 2],
      [4, 1],
    ]);
    expect(alternatives.map((one) => one.is_pool)).toEqual([false, false, false, true]);
    // 141 GB of weights.
    expect(alternatives.map(({ fits }) => fits)).toEqual([false, true, true, true]);
  });

  test("gives each as many requests as it has GPUs, and the closed form of its own roofline", () => {
    const { alternatives, mean_execution_s: own } = explain({ rateRps: 12 }).prefill;
    for (const { pp, gpus, execution_s, bottleneck_s, speed_up, rate_rps, rho, mean_ttft_s } of alternatives) {
      expect(rate_rps).toBeCloseTo((12 * gpus) / 8, 12);
      expect(bottleneck_s).toBeCloseTo(execution_s / pp, 12);
      expect(speed_up).toBeCloseTo(alternatives[0]!.execution_s / execution_s, 12);
      const exact = prefillTtft(interOp(oneDevice(execution_s), pp), rate_rps);
      expect([rho, mean_ttft_s]).toEqual([exact.rho, exact.rho < 1 ? exact.meanS : null]);
    }
    expect(alternatives.at(-1)!.execution_s).toBe(own);
    // Four GPUs are between two and four times as fast as one.
    expect(alternatives.at(-1)!.speed_up).toBeGreaterThan(2);
    expect(alternatives.at(-1)!.speed_up).toBeLessThan(4);
  });

  test("says up to which rate each way is best, and which is now", () => {
    const low = explain({ rateRps: 0.1 }).prefill;
    expect(low.best.map(({ tp }) => tp)).toEqual([4, 2, 1]);
    expect(low.best_now).toMatchObject({ tp: 4, pp: 1, from_rps: 0 });
    for (const { from_rps, to_rps } of low.best) {
      const middle = explain({ rateRps: from_rps + to_rps }).prefill;
      const kept = middle.alternatives.filter(({ fits, mean_ttft_s }) => fits && mean_ttft_s !== null);
      const least = kept.reduce((best, one) => (one.mean_ttft_s! < best.mean_ttft_s! ? one : best));
      expect(middle.best_now).toMatchObject({ tp: least.tp, pp: least.pp });
    }
    const [first, second] = [low.alternatives[3]!, low.alternatives[2]!];
    const unit = ({ execution_s, pp }: typeof first) => interOp(oneDevice(execution_s), pp);
    expect(low.best[0]!.to_rps).toBe(crossoverRps(unit(first), unit(second)));
  });

  test("says that none keeps up", () => {
    const { best_now, alternatives } = explain({ rateRps: 1000 }).prefill;
    expect(best_now).toBeNull();
    expect(alternatives.every(({ mean_ttft_s, p99_ttft_s }) => mean_ttft_s === null && p99_ttft_s === null)).toBe(true);
  });

  test("compares two GPUs where a replica has one", () => {
    const iteration_model = { type: "roofline", hardware: "h100-sxm", model: "llama-3.1-8b" };
    const { alternatives, compared_gpus } = explain({
      prefill: { iteration_model },
      decode: { iteration_model },
    }).prefill;
    expect(compared_gpus).toBe(2);
    expect(alternatives.map(({ tp, pp, is_pool }) => [tp, pp, is_pool])).toEqual([
      [1, 1, true],
      [1, 2, false],
      [2, 1, false],
    ]);
  });

  test("knows a pool without a roofline at its own size alone", () => {
    const { alternatives, mean_execution_s, best } = explain(withoutRoofline).prefill;
    expect(alternatives.map(({ tp, pp }) => [tp, pp])).toEqual([
      [1, 1],
      [1, 2],
    ]);
    expect(mean_execution_s).toBeCloseTo(0.01 + 2048 * 1e-4, 12);
    expect(best).toHaveLength(1);
  });

  test("waits longer where prompts differ", () => {
    const lengths = all([1000, 3000], [10, 10], [1, 1]);
    const { alternatives, execution_cv2 } = explain({ ...withoutRoofline, rateRps: 4, lengths }).prefill;
    // 110 and 310 ms.
    expect(execution_cv2).toBeCloseTo((0.1 / 0.21) ** 2, 12);
    const { mean_wait_s, mean_ttft_of_lengths_s: spread } = alternatives[0]!;
    expect(spread! - 0.21).toBeCloseTo(mean_wait_s! * (1 + execution_cv2), 12);
    expect(alternatives[1]!.mean_ttft_of_lengths_s).toBeNull();
  });

  test("cuts prompts that are longer than the budget of an iteration", () => {
    const serving = { max_num_batched_tokens: 512 };
    const { mean_execution_s } = explain({
      ...withoutRoofline,
      prefill: { ...withoutRoofline.prefill, serving },
    }).prefill;
    expect(mean_execution_s).toBeCloseTo(4 * 0.01 + 2048 * 1e-4, 12);
  });

  test("says what a batch of two would gain", () => {
    const { gain_of_two } = explain({ ...withoutRoofline, lengths: all([100], [2], [1]) }).prefill;
    expect(gain_of_two).toBeCloseTo((2 * 0.02) / 0.03, 12);
  });

  test("is slower under a power cap", () => {
    const capped = explain({ prefill: { power_cap_w: 400 } }).prefill;
    const free = explain().prefill;
    capped.alternatives.forEach((one, i) => {
      expect(one.execution_s).toBeGreaterThan(free.alternatives[i]!.execution_s);
    });
  });
});

describe("the link", () => {
  test("has the bytes of the model and the time that they take", () => {
    const { link } = explain();
    expect(link!.mean_bytes).toBe(2048 * 327_680);
    expect(link!.serial_s).toBeCloseTo(0.0268, 4);
    expect(link!.handed_over_share).toBe(1);
  });

  test("has the latency that is usual in each mode, unless one is given", () => {
    const link = { ...withoutRoofline.prefill.link, latency_us: undefined };
    const ofUsual = explain({ ...withoutRoofline, prefill: { ...withoutRoofline.prefill, link } }).link!;
    const ofNone = explain(withoutRoofline).link!;
    expect(ofUsual.latency_s).toBe(50e-6);
    expect(ofUsual.serial_s - ofNone.serial_s).toBeCloseTo(50e-6, 12);
    expect(ofUsual.layerwise_s - ofNone.layerwise_s).toBeCloseTo(5e-3, 12);
  });

  test("waits as M/G/1 in line, and by processor sharing", () => {
    const lengths = all([500, 4000], [10, 10], [3, 1]);
    const { link } = explain({ ...withoutRoofline, rateRps: 60, lengths });
    const moments = transferMoments([5e7, 4e8], [3, 1], 1e10);
    for (const side of link!.sides) {
      expect(side.rate_rps).toBe(30);
      expect(side.occupied_s).toBeCloseTo(moments.meanS, 12);
      expect(side.rho).toBeCloseTo(30 * moments.meanS, 12);
      expect(side.fifo_wait_s).toBeCloseTo(fifoLinkWaitS(30, moments), 12);
      expect(side.shared_wait_s).toBeCloseTo(sharedLinkS(30, moments.meanS) - moments.meanS, 12);
      expect(side.saturation_of_side_rps).toBeCloseTo(2 / moments.meanS, 9);
    }
  });

  test("is that of the slower side where transfers go one after the other, and its own where they share", () => {
    const slow = { link: { bandwidth_GBps: 5, efficiency: 1 } };
    for (const sharing of ["fifo", "shared"]) {
      const { link: given } = withoutRoofline.prefill;
      const { link } = explain({
        prefill: { ...withoutRoofline.prefill, link: { ...given, sharing } },
        decode: { ...linear, ...slow },
      });
      const [before, after] = link!.sides;
      expect(before!.occupied_s).toBeCloseTo(sharing === "fifo" ? 0.04096 : 0.02048, 12);
      expect(after!.occupied_s).toBeCloseTo(0.04096, 12);
    }
  });

  test("says which side is busier, and that it cannot keep up", () => {
    const { link } = explain({ prefill: { n_replicas: 8 }, decode: { n_replicas: 1 }, rateRps: 100 });
    expect(link!.narrow).toBe("decode");
    const after = link!.sides[1]!;
    expect(after.rho).toBeGreaterThan(1);
    expect([after.fifo_wait_s, after.shared_wait_s]).toEqual([null, null]);
  });

  test("carries what is handed over: no request of one token, unless the decode side emits it", () => {
    const lengths = all([1000, 2000], [1, 50], [3, 1]);
    const onPrefill = explain({ lengths }).link!;
    expect(onPrefill.handed_over_share).toBe(0.25);
    expect(onPrefill.mean_bytes).toBe(2000 * 327_680);
    const onDecode = explain({ lengths, prefill: { first_token: "decode" } }).link!;
    expect(onDecode.handed_over_share).toBe(1);
    expect(onDecode.mean_bytes).toBe((999 * 0.75 + 1999 * 0.25) * 327_680);
    const none = explain({ lengths: all([1000], [1], [1]) });
    expect([none.link, none.handover_factor]).toEqual([null, null]);
  });

  test("has a factor in the place of the constant 1.80", () => {
    const { handover_factor, prefill, link } = explain();
    expect(handover_factor).toBeCloseTo(1 + link!.serial_s / prefill.mean_execution_s, 12);
  });

  test("without a limit never waits and is never full", () => {
    const { link } = explain({ prefill: { link: { type: "none" } } });
    for (const side of link!.sides) {
      expect(side).toMatchObject({ bytes_per_s: null, rho: 0, saturation_rps: null, fifo_wait_s: 0, shared_wait_s: 0 });
    }
  });
});

test("is plain data", () => {
  const explanation = explain();
  expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
});

test.each([0, -1, NaN, Infinity])("refuses a rate of %d", (rateRps) => {
  expect(() => explain({ rateRps })).toThrow(InputError);
});

test("refuses a pool that does both, and no lengths", () => {
  const mixed = { role: "mixed", link: undefined };
  expect(() => explain({ prefill: mixed, decode: { role: "mixed" } })).toThrow(
    'The pool "p": role is mixed, but must be prefill.',
  );
  expect(() => explain({ lengths: all([], [], []) })).toThrow("lengths has no request");
});

describe("the report", () => {
  const lines = (explanation: DisaggExplanation) => disaggExplainReport(explanation).split("\n");

  test("has lines of at most 100 characters, a row a way and a row a side", () => {
    for (const explanation of [explain(), explain({ rateRps: 1000 }), explain(withoutRoofline)]) {
      const page = lines(explanation);
      // eslint-disable-next-line no-control-regex
      for (const one of page) expect(one.replace(/\u001b\[\d+m/g, "").length).toBeLessThanOrEqual(100);
    }
    const page = lines(explain()).join("\n");
    for (const start of ["one device", "PP4", "TP2 PP2", "TP4 *", "prefill: ib-hdr", "decode: ib-hdr"]) {
      expect(page).toMatch(new RegExp(`^${start.replace("*", "\\*")} `, "m"));
    }
    expect(page).toContain("does not fit");
    expect(page).toContain("now TP4");
  });

  test("says where nothing is handed over, and where nothing keeps up", () => {
    expect(lines(explain({ lengths: all([10], [1], [1]) })).join(" ")).toContain("nothing is handed over to d");
    expect(lines(explain({ rateRps: 1000 })).join(" ")).toContain("at this rate none keeps up");
  });
});

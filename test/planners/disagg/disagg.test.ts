import { describe, expect, test } from "vitest";
import { disagg, type DisaggOptions } from "../../../host/planners/disagg.js";
import { openDisagg } from "../../../host/planners/disagg/disagg-question.js";
import { cheapestPair } from "../../../host/planners/disagg/cheapest-pair.js";
import { FleetSizing, tryKind } from "../../../host/planners/disagg/fleet-sizing.js";
import { replicaOptions } from "../../../host/planners/sizing/replica-options.js";
import { replay } from "../../../host/planners/replay.js";
import { resolveFleet } from "../../../host/specs/fleet.js";
import { checkFleet } from "../../../host/specs/fleet-spec.js";
import { fixedLengths } from "../capacity-fixtures.js";
import { PYTHON_KEYS } from "./python-keys.js";
import { CORE, EVEN, linear, smallQuestion } from "./small-question.js";

describe("an answer", () => {
  test("has the keys of the Python tool first, and more beside them", async () => {
    const { best, pareto } = await disagg(EVEN);
    for (const point of [best!, ...pareto]) {
      expect(Object.keys(point).slice(0, 9)).toEqual(PYTHON_KEYS);
      expect(point).toMatchObject({ method: "simulate", slo_met: true });
    }
  });

  // Each decode replica serves 16 requests for a second: 20 requests/s need two, and one prefill replica has 100.
  test("is what arithmetic says where it can be worked out", async () => {
    const { best, check } = await disagg(EVEN);
    expect(best).toMatchObject({
      n_prefill: 1,
      n_decode: 2,
      total_gpus: 3,
      system_rate: 32,
      cost_per_hr: 3,
      is_confirmed: true,
    });
    expect(check).toMatchObject({ holds: true, verdict: "stable", has_fresh_requests: true });
    expect(check!.tpot_ms.p50).toBeCloseTo(10, 0);
    expect(check!.use.decode.seats).toBeCloseTo(20 / 32, 1);
    expect(best!.goodput_rps).toBeGreaterThan(20);
    expect(best!.goodput_rps).toBeLessThan(33);
  });

  test("is the same to the last bit each time, whatever instance it runs in", async () => {
    const { core, ...anew } = EVEN;
    expect(core).toBe(CORE);
    expect(await disagg(anew)).toEqual(await disagg(EVEN));
  });

  test("is a fleet that replay takes, and finds the same of", async () => {
    const { fleet, check } = await disagg(EVEN);
    const run = await replay({
      fleet: resolveFleet(checkFleet(fleet)),
      requests: {
        drawn: { model: fixedLengths(512, 101), process: { type: "poisson" }, rateRps: 20, count: check!.requests },
      },
      seed: check!.seed,
      warmup: 0.25,
      core: CORE,
    });
    expect(run.ttft_ms.p99).toBe(check!.ttft_ms.p99);
    expect(run.handover_ms).toEqual(check!.handover_ms);
  });

  test("holds for other requests: with fewer on either side it does not", async () => {
    const question = await openDisagg(smallQuestion(2, 60));
    const { best } = await disagg(smallQuestion(2, 60));
    const { n_prefill: prefill, n_decode: decode } = best!;
    const [pair] = question.pairs;
    for (const counts of [
      { prefill: prefill - 1, decode },
      { prefill, decode: decode - 1 },
    ]) {
      if (counts.prefill === 0 || counts.decode === 0) continue;
      const point = await tryKind(question, pair!, { counts, rateRps: question.rateRps, load: question.load });
      expect(point.isEnough).toBe(false);
    }
  });

  test("of a trace is found and checked with the requests that it has", async () => {
    const { best, check, search } = await disagg(smallQuestion(2, 60));
    expect(best!.is_confirmed).toBe(false);
    expect(check).toMatchObject({ has_fresh_requests: false, holds: true, requests: 1500 });
    expect(search.requests_to_confirm).toBeNull();
  });

  test("leaves out what is longer than the window, and says how many", async () => {
    const { requests, lengths } = await disagg(smallQuestion(2, 30, { maxCtx: 2048 }));
    expect(requests.too_long_share).toBeGreaterThan(0.1);
    expect(lengths.mean_isl).toBeLessThan(2048);
  });

  test("takes lengths that are given in place of those of the requests", async () => {
    const { lengths } = await disagg({ ...EVEN, meanIsl: 256, meanOsl: 51 });
    expect(lengths).toEqual({ mean_isl: 256, mean_osl: 51, from: "given" });
  });

  test("is a number wherever it is one", async () => {
    const text = JSON.stringify(await disagg({ ...EVEN, comparesColocated: true, explain: true }));
    expect(JSON.parse(text)).toEqual(JSON.parse(text.replaceAll(/NaN|Infinity/g, "")));
    expect(text).not.toContain("undefined");
  });
});

describe("an overloaded decode pool", () => {
  // A full batch of 256 takes 35.6 ms, so that a replica serves 35.96 requests/s. The first 300 of 45 a second find a batch that is still growing: nobody waits.
  const short: DisaggOptions = {
    ...EVEN,
    workload: fixedLengths(64, 201),
    rateRps: 45,
    decode: linear("decode", { ms: 10, tokenMs: 0.1, seats: 256 }),
    sloTpotMs: 40,
    requests: 300,
  };
  const one = { prefill: 1, decode: 1 };

  test("that passes with a few requests is called overloaded all the same", async () => {
    const question = await openDisagg(short);
    const trial = { counts: one, rateRps: 45, load: question.load };
    const point = await tryKind(question, question.pairs[0]!, trial);
    expect(point.judge.isLost).toBe(false);
    expect(point).toMatchObject({ verdict: "overloaded", isEnough: false });
  });

  test("is not what is recommended", async () => {
    const { best } = await disagg(short);
    expect(best).toMatchObject({ n_decode: 2, system_rate: expect.closeTo(71.9, 1) as number });
  });

  test("that is overloaded by little is seen to be by a run that has the time to fill up, whatever the limits", async () => {
    const question = await openDisagg({ ...short, sloTtftMs: 1e6, sloTpotMs: 1e6, requests: 8000 });
    const trial = { counts: one, rateRps: 38, load: question.load };
    expect(question.pairs[0]!.mostRps(one)).toBeGreaterThan(38);
    const point = await tryKind(question, question.pairs[0]!, trial);
    expect(point.judge.isLost).toBe(false);
    expect(point).toMatchObject({ verdict: "overloaded", isEnough: false });
    expect(point.bottlenecks).toContainEqual(expect.objectContaining({ pool: "decode", what: "decoding" }));
  });
});

describe("an answer that misses with other requests", () => {
  const edge: DisaggOptions = {
    workload: "azure",
    rateRps: 20,
    comparesColocated: false,
    core: CORE,
    prefill: replicaOptions({ gpus: ["h100"] }),
    decode: replicaOptions({ gpus: ["h100"] }),
    sloTpotMs: 5,
    maxDecode: 10,
    requests: 1500,
  };

  test("gives way to one that keeps the objective with those, and others still", async () => {
    const question = await openDisagg(edge);
    const first = await cheapestPair([new FleetSizing(question, question.pairs[0]!, "cost")]);
    const { best, check } = await disagg(edge);
    expect(best!.n_decode).toBeGreaterThan(first!.counts.decode);
    expect(best!.is_confirmed).toBe(true);
    expect(check).toMatchObject({ holds: true, has_fresh_requests: true });
    expect(check!.seed).toBeGreaterThan(44);
  });
});

describe("what breaks first", () => {
  const broken = async (more: Partial<DisaggOptions>) => (await disagg({ ...EVEN, ...more })).breaks_first!;

  test("is prefill where prompts are slow", async () => {
    const found = await broken({
      prefill: linear("prefill", { ms: 1, tokenMs: 0.06 }),
      decode: linear("decode", { seats: 256 }),
    });
    expect(found).toMatchObject({ resource: "prefill", missed: ["P99 of TTFT"] });
    expect(found.at_rps).toBeGreaterThan(found.goodput_rps);
  });

  test("is the seats of the decode side where these are few", async () => {
    expect((await broken({})).resource).toBe("decode-seats");
  });

  test("is its memory where that is small", async () => {
    const { resource } = await broken({ decode: linear("decode", { seats: 256, blocks: 520 }) });
    expect(resource).toBe("decode-memory");
  });

  // Iterations have grown longer over many steps of the rate, the wait for memory within the last.
  test("is its memory where the wait for that has just leapt, though a batch slows down too", async () => {
    const { breaks_first: found } = await disagg(
      smallQuestion(6, 10, {
        attainment: 0.9,
        sloTpotMs: 60,
        prefill: linear("prefill", { ms: 5, tokenMs: 0.01, seats: 64 }),
        decode: linear("decode", { ms: 8, tokenMs: 0.6, seats: 256, blocks: 2500 }),
        handover: { link: { type: "none", latency_us: 0, kv_bytes_per_token: 100_000 } },
      }),
    );
    expect(found).toMatchObject({ resource: "decode-memory", missed: ["share that keeps both limits"] });
  });

  test("is its speed where a batch slows down", async () => {
    const { resource } = await broken({ decode: linear("decode", { ms: 5, tokenMs: 0.5, seats: 256 }) });
    expect(resource).toBe("decode-speed");
  });

  // 51.2 MB a request: 25 of them a second fill the link.
  test("is the link where it is narrow", async () => {
    const link = { bandwidth_GBps: 1.28, efficiency: 1, kv_bytes_per_token: 100_000 };
    const { resource, use } = await broken({
      rateRps: 10,
      decode: linear("decode", { seats: 256 }),
      handover: { link },
    });
    expect(resource).toBe("link");
    expect(use.prefill.link!).toBeGreaterThan(0.8);
  });
});
